using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.CanonicalJson;
using Tars.Sealing.Signatures;

namespace Tars.Sealing.Envelopes;

/// <summary>One signature in an envelope.</summary>
/// <param name="KeyId">Which key made it, as it says itself: a hint for finding the key, nothing more.</param>
/// <param name="Signature">The signature's bytes.</param>
public sealed record EnvelopeSignature(string KeyId, ReadOnlyMemory<byte> Signature);

/// <summary>
/// Bytes with the signatures over them, and over what kind of bytes they are. Source: DSSE v1, secure-systems-lab/dsse, protocol.md and
/// envelope.md; described in docs/formats/envelope.md.
/// </summary>
/// <param name="PayloadType">Media type of the payload.</param>
/// <param name="Payload">The signed bytes, exactly.</param>
/// <param name="Signatures">At least one.</param>
public sealed record Envelope(string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<EnvelopeSignature> Signatures)
{
    /// <summary>The payload type of in-toto statements.</summary>
    public const string StatementType = "application/vnd.in-toto+json";

    /// <summary>What follows the name of the first output in the name of an envelope's file.</summary>
    public const string FileSuffix = ".dsse.json";

    /// <summary>The most bytes of an envelope that is read.</summary>
    public const int LongestEnvelope = 16 << 20;

    /// <summary>The most signatures of an envelope that is read.</summary>
    public const int MostSignatures = 16;

    /// <summary>Signs bytes with each of the signers, in their order.</summary>
    /// <param name="payloadType">Media type of the payload.</param>
    /// <param name="payload">The bytes.</param>
    /// <param name="signers">At least one; at most <see cref="MostSignatures"/>; no key twice.</param>
    /// <exception cref="ArgumentException">There is no signer, or there are too many, or one twice.</exception>
    public static Envelope Sign(string payloadType, ReadOnlyMemory<byte> payload, IReadOnlyList<ISigner> signers)
    {
        ArgumentNullException.ThrowIfNull(signers);
        if (signers.Count is 0 or > MostSignatures || signers.DistinctBy(signer => signer.PublicKey.KeyId).Count() != signers.Count)
        {
            throw new ArgumentException($"{signers.Count} signers; 1 to {MostSignatures} different ones are expected", nameof(signers));
        }

        byte[] digest = SHA256.HashData(Preauthentication(payloadType, payload.Span));
        return new Envelope(payloadType, payload, [.. signers.Select(signer => new EnvelopeSignature(signer.PublicKey.KeyId, signer.SignDigest(digest)))]);
    }

    /// <summary>What is signed: <c>DSSEv1 SP len(type) SP type SP len(payload) SP payload</c>.</summary>
    public byte[] Preauthentication() => Preauthentication(PayloadType, Payload.Span);

    /// <summary>The file: canonical JSON with a final line feed.</summary>
    public byte[] ToUtf8()
    {
        JsonTree tree = JsonTree.Of(
            ("payload", JsonTree.Of(Convert.ToBase64String(Payload.Span))),
            ("payloadType", JsonTree.Of(PayloadType)),
            ("signatures", JsonTree.Of(Signatures.Select(signature => (JsonTree)JsonTree.Of(
                ("keyid", JsonTree.Of(signature.KeyId)),
                ("sig", JsonTree.Of(Convert.ToBase64String(signature.Signature.Span))))))));
        return [.. CanonicalJsonWriter.Write(tree), (byte)'\n'];
    }

    internal static byte[] Preauthentication(string payloadType, ReadOnlySpan<byte> payload) =>
    [
        .. Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"DSSEv1 {Encoding.UTF8.GetByteCount(payloadType)} {payloadType} {payload.Length} ")),
        .. payload,
    ];
}
