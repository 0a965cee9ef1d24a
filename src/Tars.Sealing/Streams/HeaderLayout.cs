namespace Tars.Sealing.Streams;

/// <summary>Places, lengths and limits of the header (docs/formats/sealed-file.md).</summary>
internal static class HeaderLayout
{
    internal const int SmallestExponent = 14;
    internal const int LargestExponent = 20;
    internal const int LongestContentType = 127;
    internal const int MostRecipients = 32;

    internal const int ExponentOffset = 8;
    internal const int ContentTypeOffset = 10;
    internal const int SaltLength = 32;
    internal const int CommitmentLength = 32;
    internal const int MacLength = 32;

    /// <summary>Nonce, wrapped data key and tag.</summary>
    internal const int WrappingLength = Aes256Gcm.NonceLength + FileKeys.Length + Aes256Gcm.TagLength;

    /// <summary>Length of the longest header: what a reader must have at most to see all of it.</summary>
    internal const int Longest = ContentTypeOffset + LongestContentType + SaltLength + CommitmentLength
        + 1 + (MostRecipients * (1 + KeyVersion.LongestKeyId + 4 + WrappingLength)) + MacLength;

    /// <summary>Length of a header.</summary>
    internal static int LengthOf(string contentType, IReadOnlyList<KeyEncryptionKey> recipients) =>
        ContentTypeOffset + contentType.Length + SaltLength + CommitmentLength
        + 1 + recipients.Sum(recipient => 1 + recipient.Name.KeyId.Length + sizeof(uint) + WrappingLength) + MacLength;

    /// <summary>Most chunks of one file.</summary>
    internal const long MostChunks = 1L << 32;

    /// <summary><c>TARSEAL</c> and the format version.</summary>
    internal static ReadOnlySpan<byte> Magic => "TARSEAL\u0001"u8;
}
