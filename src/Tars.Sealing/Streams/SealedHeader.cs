using Microsoft.Win32.SafeHandles;

namespace Tars.Sealing.Streams;

/// <summary>
/// The header of a sealed file, well-formed. Whether it is genuine is known only to whoever holds a key it names: see
/// <see cref="FileSealing"/> and <see cref="StreamSealing"/>.
/// </summary>
public sealed class SealedHeader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly IReadOnlyList<Range> _recipients;
    private readonly int _fixedLength;

    internal SealedHeader(ReadOnlyMemory<byte> bytes, string contentType, int fixedLength, IReadOnlyList<KeyVersion> names, IReadOnlyList<Range> recipients)
    {
        _bytes = bytes;
        _fixedLength = fixedLength;
        _recipients = recipients;
        ContentType = contentType;
        Recipients = names;
    }

    /// <summary>No header is longer, in bytes.</summary>
    public const int LongestLength = HeaderLayout.Longest;

    /// <summary>Media type of the plaintext.</summary>
    public string ContentType { get; }

    /// <summary>Plaintext bytes per chunk: a power of two from 16 KiB to 1 MiB.</summary>
    public int ChunkSize => 1 << _bytes.Span[HeaderLayout.ExponentOffset];

    /// <summary>The keys that open the file, in the header's order: at least one, no two alike.</summary>
    public IReadOnlyList<KeyVersion> Recipients { get; }

    /// <summary>Length of the header in bytes: where the first chunk begins.</summary>
    public int Length => _bytes.Length;

    internal ReadOnlyMemory<byte> Memory => _bytes;

    internal ReadOnlySpan<byte> Bytes => _bytes.Span;

    internal ReadOnlySpan<byte> FixedPart => Bytes[.._fixedLength];

    internal ReadOnlySpan<byte> Uncommitted => Bytes[..(_fixedLength - HeaderLayout.CommitmentLength)];

    internal ReadOnlySpan<byte> Commitment => FixedPart[^HeaderLayout.CommitmentLength..];

    internal int CommitmentOffset => _fixedLength - HeaderLayout.CommitmentLength;

    internal ReadOnlySpan<byte> Authenticated => Bytes[..MacOffset];

    internal ReadOnlySpan<byte> Mac => Bytes[MacOffset..];

    internal int MacOffset => Length - HeaderLayout.MacLength;

    /// <summary>One recipient as it is written: key id, version, wrapping.</summary>
    internal ReadOnlySpan<byte> Recipient(int index) => Bytes[_recipients[index]];

    internal int RecipientOffset(int index) => _recipients[index].Start.Value;

    /// <summary>Reads the header at the beginning of a stream's content without a key.</summary>
    /// <param name="beginning">The first <see cref="LongestLength"/> bytes, or all when there are fewer.</param>
    /// <returns>The header, or <see cref="OpenResult.Malformed"/> with the place and the expectation; exactly one is not null.</returns>
    public static (SealedHeader? Header, OpenResult.Malformed? Malformed) Read(ReadOnlyMemory<byte> beginning) => HeaderReader.Read(beginning);

    /// <summary>Reads the header of a file without a key.</summary>
    /// <returns>The header, or <see cref="OpenResult.Malformed"/> with the place and the expectation; exactly one is not null.</returns>
    /// <exception cref="SealedFileException">The file cannot be read.</exception>
    public static (SealedHeader? Header, OpenResult.Malformed? Malformed) Read(string path)
    {
        try
        {
            using SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            return HeaderReader.Read(file);
        }
        catch (Exception exception) when (SealedFileException.IsTheSystems(exception))
        {
            throw new SealedFileException(path, exception);
        }
    }
}
