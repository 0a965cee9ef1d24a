using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// The index of one segment: a record for each full block, in a file that is derived from the lines and may be deleted at any time. Its records are
/// found whole by their own digest; whether they tell the truth of the lines shows when the tree's root is computed from them.
/// </summary>
internal static class BlockIndex
{
    /// <summary>The file of a segment's index.</summary>
    public static string PathOf(LogLayout layout, long segment) => Path.Combine(layout.Index, segment.ToString("D20", CultureInfo.InvariantCulture) + ".blocks");

    /// <summary>The records that are whole and follow each other without a gap from the segment's beginning on.</summary>
    /// <param name="layout">The log.</param>
    /// <param name="segment">The segment's first line.</param>
    /// <param name="length">The segment's bytes: blocks past it are left out.</param>
    /// <returns>Records one behind the other; empty when there is no index.</returns>
    public static byte[] Read(LogLayout layout, long segment, long length)
    {
        byte[] all;
        try
        {
            all = File.ReadAllBytes(PathOf(layout, segment));
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return [];
        }

        long offset = 0;
        int count = 0;
        while ((count + 1) * BlockRecord.Length <= all.Length
            && BlockRecord.TryRead(all.AsSpan(count * BlockRecord.Length, BlockRecord.Length), out BlockRecord block)
            && block.First == segment + ((long)count * LogLayout.BlockLines)
            && block.Offset == offset && block.End > offset && block.End <= length)
        {
            (offset, count) = (block.End, count + 1);
        }

        return all.Length == count * BlockRecord.Length ? all : all[..(count * BlockRecord.Length)];
    }
}

/// <summary>Writes the index of one segment. Nothing is flushed: what a crash takes is made anew from the lines.</summary>
internal sealed class BlockIndexWriter : IDisposable
{
    private readonly SafeFileHandle _handle;
    private readonly long _segment;

    public BlockIndexWriter(LogLayout layout, long segment)
    {
        Directory.CreateDirectory(layout.Index);
        _segment = segment;
        _handle = File.OpenHandle(BlockIndex.PathOf(layout, segment), FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Puts a record into its place.</summary>
    public void Write(long first, ReadOnlySpan<byte> record) =>
        RandomAccess.Write(_handle, record, (first - _segment) / LogLayout.BlockLines * BlockRecord.Length);

    /// <summary>Forgets every record from a block on.</summary>
    public void Trim(long first) => RandomAccess.SetLength(_handle, (first - _segment) / LogLayout.BlockLines * BlockRecord.Length);

    public void Dispose() => _handle.Dispose();
}
