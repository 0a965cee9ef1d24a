using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// Single records of a segment's index, each read by itself: who looks for one line reads a dozen records, and not the thousands of a large segment. A record
/// that is not whole, or not in its place, ends the search without an answer: then the whole index is read, as far as it is sound.
/// </summary>
internal sealed class BlockSearch : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _segment;
    private readonly long _length;
    private readonly int _count;

    private BlockSearch(SafeFileHandle handle, long segment, long length) =>
        (_handle, _segment, _length, _count) = (handle, segment, length, (int)(RandomAccess.GetLength(handle) / BlockRecord.Length));

    /// <summary>Opens the index of a segment; null when there is none.</summary>
    /// <param name="layout">The log.</param>
    /// <param name="segment">The segment's first line.</param>
    /// <param name="length">The segment's bytes.</param>
    public static BlockSearch? Open(LogLayout layout, long segment, long length)
    {
        try
        {
            return new BlockSearch(
                File.OpenHandle(BlockIndex.PathOf(layout, segment), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.RandomAccess), segment, length);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>The block that a line is in; null when the index does not say so soundly.</summary>
    public BlockRecord? Of(long sequence) => (sequence - _segment) / LogLayout.BlockLines is var number && number < _count ? Read((int)number) : null;

    /// <summary>The block that an id is in, if the segment has it and the block is not the index's last; null when the index does not say so soundly.</summary>
    public BlockRecord? Of(Guid id)
    {
        int low = 0, high = _count;
        BlockRecord? found = null;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Read(middle) is not { } block)
            {
                return null;
            }

            if (EventIds.Compare(block.FirstId, id) <= 0)
            {
                (found, low) = (block, middle + 1);
            }
            else
            {
                high = middle;
            }
        }

        return low < _count ? found : null; // past the last block there may be lines that the index does not know
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    private BlockRecord? Read(int number)
    {
        Span<byte> record = stackalloc byte[BlockRecord.Length];
        return RandomAccess.Read(_handle, record, (long)number * BlockRecord.Length) == record.Length
            && BlockRecord.TryRead(record, out BlockRecord block)
            && block.First == _segment + ((long)number * LogLayout.BlockLines)
            && block.Offset >= 0 && block.End > block.Offset && block.End <= _length
            ? block
            : null;
    }
}
