namespace Tars.Sealing.Streams;

/// <summary>How a file is sealed.</summary>
/// <param name="ContentType">Media type of the plaintext, readable without a key: 1 to 127 visible ASCII characters.</param>
/// <param name="ChunkSize">Plaintext bytes per chunk: a power of two from 16 KiB to 1 MiB.</param>
public sealed record SealOptions(string ContentType = SealOptions.UnknownContent, int ChunkSize = 1 << 16)
{
    /// <summary>The content type of bytes of which nothing is known.</summary>
    public const string UnknownContent = "application/octet-stream";

    /// <exception cref="ArgumentException">The header cannot hold it, or there is no recipient, or one twice.</exception>
    internal void Check(IReadOnlyList<KeyEncryptionKey> recipients)
    {
        if (ContentType.Length is 0 or > HeaderLayout.LongestContentType || !KeyVersion.IsVisible(ContentType))
        {
            throw new ArgumentException($"\"{ContentType}\" is no content type; 1 to {HeaderLayout.LongestContentType} visible ASCII characters are expected");
        }

        if (!int.IsPow2(ChunkSize) || ChunkSize is < 1 << HeaderLayout.SmallestExponent or > 1 << HeaderLayout.LargestExponent)
        {
            throw new ArgumentException($"{ChunkSize} is no chunk size; a power of two from {1 << HeaderLayout.SmallestExponent} to {1 << HeaderLayout.LargestExponent} bytes is expected");
        }

        ArgumentNullException.ThrowIfNull(recipients);
        if (recipients.Count is 0 or > HeaderLayout.MostRecipients)
        {
            throw new ArgumentException($"{recipients.Count} recipients; 1 to {HeaderLayout.MostRecipients} are expected", nameof(recipients));
        }

        if (recipients.GroupBy(recipient => recipient.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw new ArgumentException($"recipient {twice.Key} is given twice", nameof(recipients));
        }
    }
}
