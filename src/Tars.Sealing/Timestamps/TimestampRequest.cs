using System.Formats.Asn1;
using System.Security.Cryptography;

namespace Tars.Sealing.Timestamps;

/// <summary>What is sent to a timestamp authority: the SHA-256 of the bytes and a number drawn for this request. Source: RFC 3161 section 2.4.1.</summary>
/// <param name="Sha256">32 bytes: the digest that is to be stamped.</param>
/// <param name="Nonce">A positive number, big endian, drawn for this request; the answer repeats it.</param>
public sealed record TimestampRequest(ReadOnlyMemory<byte> Sha256, ReadOnlyMemory<byte> Nonce)
{
    /// <summary>The media type of a request.</summary>
    public const string ContentType = "application/timestamp-query";

    /// <summary>The media type of an answer.</summary>
    public const string AnswerContentType = "application/timestamp-reply";

    /// <summary>The longest answer and the longest token that are read, in bytes.</summary>
    public const int LongestAnswer = TimestampToken.LongestToken;

    /// <summary>The policy that the authority is to apply, an object identifier; null leaves it to the authority.</summary>
    public string? PolicyOid { get; init; }

    private const int NonceLength = 16;

    /// <summary>A request for bytes, with a random number of its own.</summary>
    /// <param name="content">What is to be stamped: an envelope's payload.</param>
    public static TimestampRequest For(ReadOnlySpan<byte> content)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(NonceLength);
        // Positive, and without a leading zero byte.
        nonce[0] = (byte)((nonce[0] & 0x7f) | 0x40);
        return new TimestampRequest(SHA256.HashData(content), nonce);
    }

    /// <summary>The request in DER. It asks for the authority's certificate.</summary>
    public byte[] ToDer()
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteInteger(1);
            using (writer.PushSequence())
            {
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(CmsOids.Sha256);
                    writer.WriteNull();
                }

                writer.WriteOctetString(Sha256.Span);
            }

            if (PolicyOid is not null)
            {
                writer.WriteObjectIdentifier(PolicyOid);
            }

            writer.WriteInteger(Nonce.Span);
            writer.WriteBoolean(true);
        }

        return writer.Encode();
    }
}
