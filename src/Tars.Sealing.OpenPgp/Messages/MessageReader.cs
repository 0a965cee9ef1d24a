using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>Reads one message: through encryption, compression and signature to its content.</summary>
internal sealed class MessageReader(OpenPgpKeyRing keys, Stream output, long? limit)
{
    private const int DepthLimit = 4;
    private const int PieceBytes = 1 << 16;

    private string? _recipient;
    private OutsideStream? _outside;
    private long? _exceeded;

    // What is written without compression is never refused for its size, unless the caller says so.
    private long Limit => limit ?? Math.Max(OpenPgpMessage.DefaultLimit, OpenPgpMessage.DefaultRatio * (_outside?.BytesRead ?? 0));

    public OpenPgpOpening Read(Stream message, ReadOnlySpan<byte> passphrase)
    {
        OpenPgpOpening answer;
        try
        {
            using OutsideStream outside = new(message);
            _outside = outside;
            using Stream decoded = outside.IsBinary ? outside : new ArmoredInputStream(outside);
            answer = ReadPart(new PgpObjectFactory(decoded), passphrase, 0);
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            return _exceeded is { } most ? new OpenPgpOpening.TooLarge(most) : new OpenPgpOpening.Tampered($"the message is malformed or cut off: {failure.Message}");
        }

        return answer;
    }

    private OpenPgpOpening ReadPart(PgpObjectFactory factory, ReadOnlySpan<byte> passphrase, int depth)
    {
        if (depth > DepthLimit)
        {
            return new OpenPgpOpening.Refused($"the message is nested more than {DepthLimit} deep");
        }

        PgpOnePassSignatureList? announced = null;
        while (factory.NextPgpObject() is { } part)
        {
            switch (part)
            {
                case PgpMarker:
                    break;
                case PgpEncryptedDataList encrypted when _recipient is null:
                    return AtEnd(ReadEncrypted(encrypted, passphrase, depth), factory);
                case PgpCompressedData compressed:
                    Stream packed = compressed.GetInputStream();
                    OpenPgpOpening unpacked = ReadPart(new PgpObjectFactory(new DecompressedStream(compressed.GetDataStream(), () => Limit, most => _exceeded = most)), passphrase, depth + 1);
                    Drain(packed);
                    return AtEnd(unpacked, factory);
                case PgpOnePassSignatureList list:
                    announced = list;
                    break;
                case PgpLiteralData literal:
                    return AtEnd(ReadContent(literal, announced, factory), factory);
                default:
                    return new OpenPgpOpening.Refused($"a message with {part.GetType().Name.Replace("Pgp", "", StringComparison.Ordinal)} here is not read");
            }
        }

        return new OpenPgpOpening.Tampered("the message has no content");
    }

    private OpenPgpOpening ReadEncrypted(PgpEncryptedDataList list, ReadOnlySpan<byte> passphrase, int depth)
    {
        List<string> ids = [];
        OpenPgpException? locked = null;
        foreach (PgpPublicKeyEncryptedData to in list.GetEncryptedDataObjects().OfType<PgpPublicKeyEncryptedData>())
        {
            ids.Add(OpenPgpKey.HexOf(to.KeyId));
            foreach (SecretPart secret in SecretsFor(to.KeyId))
            {
                PgpPrivateKey privateKey;
                try
                {
                    privateKey = secret.Unlock(passphrase);
                }
                catch (OpenPgpException failure)
                {
                    locked ??= failure; // another recipient's key may open it
                    continue;
                }

                Stream clear;
                try
                {
                    clear = to.GetDataStream(privateKey);
                }
                catch (Exception failure) when (to.KeyId == 0 && BcFailures.IsMalformedInput(failure))
                {
                    continue; // a hidden recipient: it is another key's
                }

                if (!to.IsIntegrityProtected())
                {
                    return new OpenPgpOpening.Refused("the message has no integrity protection, so anyone could have changed it");
                }

                _recipient = OpenPgpKey.HexOf(secret.KeyId);
                OpenPgpOpening inner = ReadPart(new PgpObjectFactory(clear), passphrase, depth + 1);
                Drain(clear);
                return inner is OpenPgpOpening.Opened && !to.Verify()
                    ? new OpenPgpOpening.Tampered("the integrity check at the end of the message failed")
                    : inner;
            }
        }

        return locked is not null ? throw new OpenPgpException(locked.Place, locked.Reason, locked)
            : ids.Count == 0 ? new OpenPgpOpening.Refused("the message is encrypted with a password, not to a key")
            : new OpenPgpOpening.NoKey(ids);
    }

    private IEnumerable<SecretPart> SecretsFor(long keyId) => keyId == 0
        ? keys.Keys.SelectMany(key => key.Parts).Where(part => part.Key.IsEncryptionKey).Select(part => part.Secret).OfType<SecretPart>()
        : keys.Find(keyId)?.Part.Secret is { } secret ? [secret] : [];

    private OpenPgpOpening ReadContent(PgpLiteralData literal, PgpOnePassSignatureList? announced, PgpObjectFactory factory)
    {
        // Of several nested signatures the innermost, announced last, is the one over the content alone.
        PgpOnePassSignature? check = announced is { IsEmpty: false } ? announced[announced.Count - 1] : null;
        (OpenPgpKey Key, Subkey Part)? signer = check is null ? null : keys.Find(check.KeyId);
        if (signer is not null)
        {
            check!.InitVerify(signer.Value.Part.Key);
        }

        using Stream content = literal.GetDataStream();
        byte[] piece = new byte[PieceBytes];
        long written = 0;
        int length;
        while ((length = content.Read(piece, 0, piece.Length)) > 0)
        {
            written += length;
            if (written > Limit)
            {
                return new OpenPgpOpening.TooLarge(Limit);
            }

            Write(piece.AsSpan(0, length));
            if (signer is not null)
            {
                check!.Update(piece, 0, length);
            }
        }

        System.Security.Cryptography.CryptographicOperations.ZeroMemory(piece);
        return new OpenPgpOpening.Opened(_recipient, Judge(check, signer, factory), literal.FileName);
    }

    private void Write(ReadOnlySpan<byte> piece)
    {
        try
        {
            output.Write(piece);
        }
        catch (IOException failure)
        {
            // Not to be taken for a message that is cut off.
            throw new OpenPgpException("the output", $"cannot be written: {failure.Message}", failure) { IsEnvironment = true };
        }
    }

    private static OpenPgpSignatureVerdict Judge(PgpOnePassSignature? check, (OpenPgpKey Key, Subkey Part)? signer, PgpObjectFactory factory)
    {
        if (check is null)
        {
            return new OpenPgpSignatureVerdict.Unsigned();
        }

        if (factory.NextPgpObject() is not PgpSignatureList { IsEmpty: false } signatures)
        {
            return new OpenPgpSignatureVerdict.Malformed("the message announces a signature and has none");
        }

        return SignatureJudgement.Of(signatures[0], signer, signature => check.Verify(signature));
    }

    // A signature says nothing of what follows it: a message that is opened ends where it ends.
    private static OpenPgpOpening AtEnd(OpenPgpOpening opening, PgpObjectFactory factory)
    {
        if (opening is not OpenPgpOpening.Opened)
        {
            return opening;
        }

        PgpObject? next = factory.NextPgpObject();
        while (next is PgpMarker)
        {
            next = factory.NextPgpObject();
        }

        return next is null ? opening : new OpenPgpOpening.Tampered("something follows the end of the message");
    }

    private static void Drain(Stream stream)
    {
        byte[] rest = new byte[PieceBytes];
        while (stream.Read(rest, 0, rest.Length) > 0)
        {
        }
    }
}
