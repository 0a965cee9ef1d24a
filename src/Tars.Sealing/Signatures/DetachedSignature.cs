using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.CanonicalJson;

namespace Tars.Sealing.Signatures;

/// <summary>One line of a <c>.sig</c> file.</summary>
/// <param name="Algorithm">How it was signed.</param>
/// <param name="KeyId">The key it names: 64 lower-case hexadecimal digits.</param>
/// <param name="Signature">The signature's bytes.</param>
public sealed record DetachedSignature(SignatureAlgorithm Algorithm, string KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// A <c>.sig</c> file: the signatures over exactly the bytes of the file beside it. Described in docs/formats/signature.md.
/// </summary>
/// <param name="Signatures">At least one; no key twice.</param>
public sealed record DetachedSignatures(IReadOnlyList<DetachedSignature> Signatures)
{
    /// <summary>What follows the signed file's name in the name of the signature's.</summary>
    public const string FileSuffix = ".sig";

    /// <summary>The first line.</summary>
    public const string FirstLine = "tars-signature 1";

    /// <summary>The most bytes of a <c>.sig</c> file that is read.</summary>
    public const int LongestFile = 16 << 10;

    private const int MostSignatures = 8;

    // What an envelope signs begins so: a file that does cannot be signed, or its signature would also be one of an envelope.
    private static ReadOnlySpan<byte> EnvelopeStart => "DSSEv1 "u8;

    /// <summary>Signs the bytes of a stream from where it stands to its end.</summary>
    /// <exception cref="ArgumentException">There is no signer, or the bytes begin as what an envelope signs does.</exception>
    public static async Task<DetachedSignatures> SignAsync(Stream content, IReadOnlyList<ISigner> signers, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(signers);
        ArgumentOutOfRangeException.ThrowIfZero(signers.Count);
        if (await DigestAsync(content, cancellationToken) is not { } digest)
        {
            throw new ArgumentException("bytes that begin with \"DSSEv1 \" are what an envelope signs; they cannot be signed as a file", nameof(content));
        }

        return new DetachedSignatures([.. signers.Select(signer => new DetachedSignature(signer.PublicKey.Algorithm, signer.PublicKey.KeyId, signer.SignDigest(digest)))]);
    }

    /// <summary>The SHA-256 of a stream from where it stands to its end; null when its bytes begin as what an envelope signs does.</summary>
    public static async Task<byte[]?> DigestAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        bool first = true;
        for (int read; (read = await content.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken)) > 0; first = false)
        {
            if (first && buffer.AsSpan(0, read).StartsWith(EnvelopeStart))
            {
                return null;
            }

            hash.AppendData(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    /// <summary>The file's text.</summary>
    public override string ToString() => string.Concat([
        FirstLine + "\n",
        .. Signatures.Select(signature => $"{AlgorithmPolicy.NameOf(signature.Algorithm)} {signature.KeyId} {Convert.ToBase64String(signature.Signature.Span)}\n"),
    ]);

    /// <summary>Reads a <c>.sig</c> file. False: it is another kind of file, or damaged.</summary>
    /// <param name="content">The file's bytes.</param>
    /// <param name="signatures">The signatures; nothing is verified yet.</param>
    /// <param name="line">The line, from 1, that is wrong.</param>
    /// <param name="reason">What is wrong.</param>
    public static bool TryParse(ReadOnlySpan<byte> content, [NotNullWhen(true)] out DetachedSignatures? signatures, out int line, [NotNullWhen(false)] out string? reason)
    {
        signatures = null;
        line = 1;
        reason = content.Length > LongestFile || !Ascii.IsValid(content) ? $"at most {LongestFile} bytes of ASCII are expected" : null;
        string[] lines = reason is null ? Encoding.ASCII.GetString(content).Split('\n') : [];
        if (reason is null && lines[0] != FirstLine)
        {
            reason = $"the first line is not \"{FirstLine}\"";
        }

        List<DetachedSignature> all = [];
        for (int i = 1; reason is null && i < lines.Length - 1; i++)
        {
            line = i + 1;
            reason = Add(all, lines[i]);
        }

        reason ??= lines[^1].Length > 0 ? "the last line does not end with a line feed" : null;
        reason ??= all.Count is 0 or > MostSignatures ? $"1 to {MostSignatures} signatures are expected" : null;
        signatures = reason is null ? new DetachedSignatures(all) : null;
        return reason is null;
    }

    private static string? Add(List<DetachedSignature> all, string line)
    {
        string[] parts = line.Split(' ');
        if (parts.Length != 3)
        {
            return "an algorithm, a key id and a signature are expected, one space between them";
        }

        if (!AlgorithmPolicy.TryParse(parts[0], out SignatureAlgorithm algorithm))
        {
            return $"the algorithm \"{parts[0]}\" is not permitted";
        }

        if (!Digest.IsSha256(parts[1]) || all.Any(other => other.KeyId == parts[1]))
        {
            return "a key id of 64 lower-case hexadecimal digits is expected, each once";
        }

        if (Base64Text.Decode(parts[2]) is not { Length: > 0 } signature)
        {
            return "the signature is not standard Base64 with padding";
        }

        all.Add(new DetachedSignature(algorithm, parts[1], signature));
        return null;
    }
}
