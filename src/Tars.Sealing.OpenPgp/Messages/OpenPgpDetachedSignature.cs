using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.Messages;

/// <summary>Signatures in a file of their own, beside what they sign.</summary>
public static class OpenPgpDetachedSignature
{
    private const int PieceBytes = 1 << 16;

    /// <summary>The largest signature file that is read, in bytes.</summary>
    private const int SizeLimit = 1 << 20;

    /// <summary>Signs <paramref name="data"/>.</summary>
    /// <param name="data">Read to its end.</param>
    /// <param name="signer">The unlocked key.</param>
    /// <param name="time">When, as the signature will claim.</param>
    /// <param name="armor">Whether the signature is ASCII armoured.</param>
    /// <returns>The signature file.</returns>
    public static byte[] Sign(Stream data, OpenPgpSigner signer, DateTimeOffset time, bool armor)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(signer);
        PgpSignatureGenerator generator = signer.Begin(time);
        ReadPieces(data, piece => generator.Update(piece.Span));
        using MemoryStream file = new();
        if (armor)
        {
            using ArmoredOutputStream text = ArmorText.Over(file);
            generator.Generate().Encode(text);
        }
        else
        {
            generator.Generate().Encode(file);
        }

        return file.ToArray();
    }

    /// <summary>Checks a detached signature. Where the file holds several, the best verdict counts: a bad one does not spoil a good one.</summary>
    /// <param name="data">What was signed; read to its end, once.</param>
    /// <param name="signature">The signature file, armoured or not.</param>
    /// <param name="keys">The keys at hand.</param>
    public static OpenPgpSignatureVerdict Verify(Stream data, Stream signature, OpenPgpKeyRing keys)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(signature);
        ArgumentNullException.ThrowIfNull(keys);
        List<PgpSignature> signatures;
        try
        {
            signatures = ReadSignatures(signature);
            foreach (PgpSignature each in signatures)
            {
                if (keys.Find(each.KeyId) is { } signer)
                {
                    each.InitVerify(signer.Part.Key);
                }
            }
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            return new OpenPgpSignatureVerdict.Malformed($"the signature cannot be read: {failure.Message}");
        }

        PgpSignature[] known = [.. signatures.Where(each => keys.Find(each.KeyId) is not null)];
        ReadPieces(data, piece =>
        {
            foreach (PgpSignature each in known)
            {
                each.Update(piece.Span);
            }
        });
        OpenPgpSignatureVerdict[] verdicts = [.. signatures.Select(each => SignatureJudgement.Of(each, keys.Find(each.KeyId), Verifies))];
        return verdicts.FirstOrDefault(verdict => verdict is OpenPgpSignatureVerdict.Good)
            ?? verdicts.FirstOrDefault(verdict => verdict is not OpenPgpSignatureVerdict.UnknownKey)
            ?? verdicts.FirstOrDefault()
            ?? new OpenPgpSignatureVerdict.Unsigned();
    }

    private static bool Verifies(PgpSignature signature)
    {
        try
        {
            return signature.Verify();
        }
        catch (Exception failure) when (BcFailures.IsMalformedInput(failure))
        {
            return false; // numbers that are no signature of this algorithm
        }
    }

    private static List<PgpSignature> ReadSignatures(Stream file)
    {
        byte[] bytes = new byte[SizeLimit + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        if (length > SizeLimit)
        {
            throw new FormatException($"it is larger than {SizeLimit} bytes");
        }

        using MemoryStream bounded = new(bytes, 0, length, writable: false);
        using Stream decoded = PgpUtilities.GetDecoderStream(bounded);
        PgpObjectFactory factory = new(decoded);
        List<PgpSignature> found = [];
        while (factory.NextPgpObject() is { } part)
        {
            if (part is PgpSignatureList list)
            {
                for (int i = 0; i < list.Count; i++)
                {
                    found.Add(list[i]);
                }
            }
            else if (part is not PgpMarker)
            {
                throw new FormatException("it holds more than signatures");
            }
        }

        return found;
    }

    private static void ReadPieces(Stream data, Action<ReadOnlyMemory<byte>> use)
    {
        byte[] piece = new byte[PieceBytes];
        int length;
        while ((length = data.Read(piece)) > 0)
        {
            use(piece.AsMemory(0, length));
        }
    }
}
