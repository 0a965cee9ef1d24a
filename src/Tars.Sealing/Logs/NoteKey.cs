using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Logs;

/// <summary>
/// An ECDSA P-256 key with the name it signs notes under. A log signs with signature type 2 of C2SP signed-note, whose key id is the beginning of the
/// SHA-256 of the SubjectPublicKeyInfo; a witness cosigns with a type of its own, because C2SP's cosignatures exist for Ed25519 and ML-DSA only and
/// neither is in the platform's library. Described in docs/formats/audit-log.md.
/// </summary>
public sealed class NoteKey
{
    private const string CosignatureType = "ecdsa-p256-cosignature/v1";
    private readonly PublicKey _key;

    /// <summary>Names a key.</summary>
    /// <param name="name">The log's origin, or the witness's name: not empty, without white space and plus signs.</param>
    /// <param name="key">An ECDSA P-256 key.</param>
    /// <exception cref="ArgumentException">The name has another form, or the key another algorithm.</exception>
    public NoteKey(string name, PublicKey key)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(key);
        if (!NoteSignature.IsName(name))
        {
            throw new ArgumentException($"'{name}' names no key: it must not be empty nor hold white space or a plus sign", nameof(name));
        }

        if (key.Algorithm != SignatureAlgorithm.EcdsaP256Sha256)
        {
            throw new ArgumentException($"a note is signed with ECDSA P-256, not with {key.Algorithm}", nameof(key));
        }

        (Name, _key) = (name, key);
        KeyId = BinaryPrimitives.ReadUInt32BigEndian(SHA256.HashData(key.SubjectPublicKeyInfo));
        CosignatureKeyId = BinaryPrimitives.ReadUInt32BigEndian(
            SHA256.HashData([.. Encoding.UTF8.GetBytes($"{name}\n"), 0xff, .. Encoding.ASCII.GetBytes(CosignatureType), .. key.SubjectPublicKeyInfo]));
    }

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The key.</summary>
    public PublicKey Key => _key;

    /// <summary>The id in lines that sign.</summary>
    public uint KeyId { get; }

    /// <summary>The id in lines that cosign.</summary>
    public uint CosignatureKeyId { get; }

    /// <summary>Signs a note's text.</summary>
    /// <param name="text">Ends with a line feed.</param>
    /// <param name="key">The private half.</param>
    public NoteSignature Sign(string text, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        byte[] signature = key.SignData(Encoding.UTF8.GetBytes(text), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        return new NoteSignature(Name, KeyId, signature);
    }

    /// <summary>Cosigns a note's text: says that at this time it was the largest tree that the witness had seen of its log, and consistent with all before.</summary>
    /// <param name="text">A checkpoint's text.</param>
    /// <param name="time">Now. Whole seconds count.</param>
    /// <param name="key">The private half.</param>
    public NoteSignature Cosign(string text, DateTimeOffset time, ECDsa key)
    {
        ArgumentNullException.ThrowIfNull(key);
        long seconds = time.ToUnixTimeSeconds();
        byte[] signature = key.SignData(CosignedBytes(text, seconds), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        byte[] stamped = new byte[sizeof(long) + signature.Length];
        BinaryPrimitives.WriteInt64BigEndian(stamped, seconds);
        signature.CopyTo(stamped.AsSpan(sizeof(long)));
        return new NoteSignature(Name, CosignatureKeyId, stamped);
    }

    /// <summary>What this key says of a note: verified, not verified, or nothing because no line bears its name and id.</summary>
    public NoteVerdict Verify(SignedNote note)
    {
        ArgumentNullException.ThrowIfNull(note);
        NoteSignature? line = note.Signatures.FirstOrDefault(signature => signature.Name == Name && signature.KeyId == KeyId);
        return line is null ? NoteVerdict.Unsigned
            : _key.VerifyDigest(SHA256.HashData(note.SignedBytes()), line.Signature.Span) ? NoteVerdict.Verified
            : NoteVerdict.Wrong;
    }

    /// <summary>What this key says of a note as a witness, and the time that it gives.</summary>
    public NoteVerdict VerifyCosignature(SignedNote note, out DateTimeOffset time)
    {
        ArgumentNullException.ThrowIfNull(note);
        time = default;
        NoteSignature? line = note.Signatures.FirstOrDefault(signature => signature.Name == Name && signature.KeyId == CosignatureKeyId);
        if (line is null)
        {
            return NoteVerdict.Unsigned;
        }

        if (line.Signature.Length <= sizeof(long))
        {
            return NoteVerdict.Wrong;
        }

        long seconds = BinaryPrimitives.ReadInt64BigEndian(line.Signature.Span);
        if (seconds < 0 || seconds > DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            || !_key.VerifyDigest(SHA256.HashData(CosignedBytes(note.Text, seconds)), line.Signature.Span[sizeof(long)..]))
        {
            return NoteVerdict.Wrong;
        }

        time = DateTimeOffset.FromUnixTimeSeconds(seconds);
        return NoteVerdict.Verified;
    }

    private static byte[] CosignedBytes(string text, long seconds) =>
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"cosignature/v1\ntime {seconds}\n{text}"));
}

/// <summary>What a key says of a note.</summary>
public enum NoteVerdict
{
    /// <summary>No line bears the key's name and id.</summary>
    Unsigned,

    /// <summary>A line does and its signature is the key's.</summary>
    Verified,

    /// <summary>A line does and its signature is not the key's: the note is to be refused as a whole.</summary>
    Wrong,
}
