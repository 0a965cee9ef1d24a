using Microsoft.Win32.SafeHandles;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// Reads events of a log, whether or not it is open for appending elsewhere. Uses the index where there is one and reads lines where there is none.
/// It shows complete lines; the last of them may not have been flushed to the disk yet. Lines that retention has removed are not found.
/// </summary>
public sealed class AuditQuery
{
    private readonly LogLayout _layout;

    /// <summary>Reads a log.</summary>
    /// <param name="folder">Its folder.</param>
    /// <exception cref="AuditLogException">It is no log.</exception>
    public AuditQuery(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        _layout = new LogLayout(Path.GetFullPath(folder));
        if (!File.Exists(_layout.Epoch(1)))
        {
            throw new AuditLogException(_layout.Root, "there is no audit log", "make one with `tars audit init`");
        }
    }

    /// <summary>The log's name, once for all time.</summary>
    /// <exception cref="AuditLogException">The note of its first epoch cannot be read.</exception>
    public string Origin => EpochKey.ReadNote(_layout, 1).Epoch.Origin;

    /// <summary>The events that fit, in the log's order, read while they are asked for.</summary>
    /// <exception cref="AuditLogException">While reading: a line is not what it was.</exception>
    public IEnumerable<AuditRecord> Find(AuditFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        IReadOnlyList<ulong> tokens = filter.Tokens();
        foreach (long start in _layout.SegmentStarts())
        {
            using SegmentReader segment = new(_layout, start);
            foreach (AuditRecord record in segment.Find(filter, tokens))
            {
                yield return record;
            }
        }
    }

    /// <summary>The event of an id; null when the log has none.</summary>
    /// <param name="eventId">The id.</param>
    public AuditRecord? Find(Guid eventId)
    {
        IReadOnlyList<long> starts = _layout.SegmentStarts();
        int low = 0, high = starts.Count;
        while (high - low > 1)
        {
            int middle = (low + high) / 2;
            (low, high) = FirstId(starts[middle]) is { } first && EventIds.Compare(first, eventId) <= 0 ? (middle, high) : (low, middle);
        }

        if (starts.Count == 0)
        {
            return null;
        }

        using SegmentReader segment = new(_layout, starts[low]);
        return segment.Find(eventId);
    }

    /// <summary>The event at a place; null when the log has none there.</summary>
    /// <param name="sequence">From 0.</param>
    public AuditRecord? At(long sequence)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sequence);
        return At(_layout.SegmentStarts(), sequence);
    }

    /// <summary>The log's tree, for proofs over the lines that are there now.</summary>
    public AuditTree Tree() => new(_layout);

    /// <summary>The id of a segment's first line, without reading more of it; null while it has no line.</summary>
    private Guid? FirstId(long segment)
    {
        const int Head = 128;
        string path = _layout.Segment(segment);
        try
        {
            using SafeFileHandle handle = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            Span<byte> head = stackalloc byte[Head];
            return RandomAccess.Read(handle, head, 0) == Head && head.StartsWith("{\"sequence\":"u8) ? LineTokens.IdOf(head) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AuditLogException(path, $"the segment cannot be read: {exception.Message}", sequence: segment, inner: exception);
        }
    }

    private AuditRecord? At(IReadOnlyList<long> starts, long sequence)
    {
        for (int i = starts.Count - 1; i >= 0; i--)
        {
            if (starts[i] <= sequence)
            {
                using SegmentReader segment = new(_layout, starts[i]);
                return segment.At(sequence);
            }
        }

        return null;
    }
}
