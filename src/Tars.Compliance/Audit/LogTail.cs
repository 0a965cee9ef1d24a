using System.Text.Json;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>
/// The end of a log, as far as one process has read or written it: all that has to be known to append the next line. Used by one thread at a time,
/// and changed only while the log's lock is held.
/// </summary>
internal sealed class LogTail : IDisposable
{
    private readonly Func<string, LogFile> _open;
    private BlockIndexWriter? _index;
    private TreeHash? _last;

    /// <summary>A log without lines.</summary>
    /// <param name="layout">Where it lies.</param>
    /// <param name="open">Opens a segment.</param>
    public LogTail(LogLayout layout, Func<string, LogFile> open) => (Layout, _open) = (layout, open);

    public LogLayout Layout { get; }

    /// <summary>The sequence of the next line.</summary>
    public long Next { get; private set; }

    /// <summary>The hash of the line before it; null when that line was not read, so that the next one read tells it.</summary>
    public TreeHash? LastHash => _last;

    /// <summary>The time of the last line; the beginning of time when there is none.</summary>
    public DateTimeOffset LastTime { get; private set; }

    /// <summary>Full blocks.</summary>
    public CompactRange Tree { get; } = new();

    /// <summary>The block that the next line belongs to.</summary>
    public BlockBuilder Block { get; } = new();

    /// <summary>The last segment's first line.</summary>
    public long Segment { get; private set; }

    /// <summary>When the segment's first line was written; null while it has none, or its first line was not read.</summary>
    public DateTimeOffset? SegmentBegan { get; private set; }

    /// <summary>Bytes of the segment's lines.</summary>
    public long Length { get; set; }

    /// <summary>Whether all of them are known to be on the disk.</summary>
    public bool IsDurable { get; set; }

    /// <summary>The last segment's file.</summary>
    public LogFile File { get; private set; } = null!;

    /// <summary>Ids of events.</summary>
    public EventIds Ids;

    private Guid _lastId;

    /// <summary>Root of the tree over all lines so far.</summary>
    public TreeHash Root()
    {
        CompactRange all = Tree.Clone();
        all.Append(Block.Lines);
        return all.Root();
    }

    /// <summary>Opens a segment, whose first line is the next line.</summary>
    public void OpenSegment(long segment)
    {
        string path = Layout.Segment(segment);
        bool isNew = !System.IO.File.Exists(path);
        LogFile file = _open(path);
        if (isNew)
        {
            DurableFile.FlushDirectory(Layout.Segments);
        }

        CloseFiles();
        (File, Segment, Length, IsDurable, SegmentBegan) = (file, segment, 0, false, null);
        _index = new BlockIndexWriter(Layout, segment);
        Block.Begin(Next, 0);
    }

    /// <summary>Sets the hash that the first line names as the one before it.</summary>
    public void Follow(TreeHash last) => _last = last;

    /// <summary>Takes a full block, or whatever stands for lines that are not read, into account.</summary>
    /// <param name="subtree">Its subtree.</param>
    /// <param name="lastHash">The hash of its last line; null when not known.</param>
    public void Skip(Subtree subtree, TreeHash? lastHash = null)
    {
        Tree.Append(subtree);
        Next = Tree.End;
        _last = lastHash;
    }

    /// <summary>Goes on in the segment after blocks that were skipped.</summary>
    /// <param name="offset">Where it goes on in its segment.</param>
    /// <param name="began">When its first line was written.</param>
    /// <param name="trim">Whether index records from there on are forgotten: the lines are read and make them anew.</param>
    public void SkipTo(long offset, DateTimeOffset began, bool trim)
    {
        (Length, SegmentBegan) = (offset, began);
        Block.Begin(Next, offset);
        if (trim)
        {
            _index!.Trim(Next);
        }
    }

    /// <summary>Takes a line that was read.</summary>
    /// <param name="prefixed">The line with a byte before it.</param>
    /// <param name="end">Where the next line begins.</param>
    /// <exception cref="AuditLogException">It is not the line that belongs there.</exception>
    public void Accept(Span<byte> prefixed, long end)
    {
        ReadOnlySpan<byte> text = prefixed[1..];
        if (!EventLine.TryRead(prefixed, out EventLine line, out string? refusal))
        {
            throw Damage(refusal);
        }

        Guid id = LineTokens.IdOf(text);
        refusal = line.Sequence != Next ? $"the line says that it is {line.Sequence}"
            : line.ActualHash != line.CurrentHash ? "its hash is another than it says: the line was changed"
            : _last is { } last && line.PreviousHash != last ? "it names another line than the one before it as its predecessor"
            : line.Timestamp < LastTime ? "it is earlier than the line before"
            : EventIds.Compare(id, _lastId) <= 0 ? "its event id is not greater than that of the line before"
            : null;
        if (refusal is not null)
        {
            throw Damage(refusal);
        }

        try
        {
            Put(line.CurrentHash, line.Timestamp, id, LineTokens.Of(text), end);
        }
        catch (JsonException exception)
        {
            throw Damage($"it is no JSON: {exception.Message}");
        }
    }

    /// <summary>Takes a line into account that stands, or will stand, at the end.</summary>
    public void Put(TreeHash hash, DateTimeOffset time, Guid id, in EventTokens tokens, long end)
    {
        SegmentBegan ??= time;
        Block.Add(hash, time, id, tokens);
        (_last, LastTime, _lastId) = (hash, time, id);
        Next++;
        Length = end;
        IsDurable = false;
        if (Block.IsFull)
        {
            _index!.Write(Next - LogLayout.BlockLines, Block.Finish(end));
            Tree.Append(Block.Lines);
            Block.Begin(Next, end);
        }
    }

    /// <summary>
    /// Reads what others have appended since. What a writer that died left unfinished is moved aside; the lock is held, so nobody is still writing it.
    /// </summary>
    /// <returns>What was moved; null when nothing was.</returns>
    public TornTail? CatchUp()
    {
        TornTail? torn = null;
        while (true)
        {
            torn = ReadOn(isLast: true) ?? torn;
            if (Next % LogLayout.BlockLines != 0 || Next == Segment)
            {
                return torn;
            }

            if (System.IO.File.Exists(Layout.RemovedSegment(Next)) && !System.IO.File.Exists(Layout.Segment(Next)))
            {
                throw new AuditLogException(Layout.Root, "segments that this process has not read yet were removed meanwhile", "open the log again");
            }

            if (!System.IO.File.Exists(Layout.Segment(Next)))
            {
                return torn;
            }

            OpenSegment(Next);
        }
    }

    /// <summary>Reads what the segment holds past what is known of it.</summary>
    /// <param name="isLast">Whether a writer may have died in it.</param>
    /// <param name="reached">Called after each line.</param>
    /// <returns>What was moved aside; null when nothing was.</returns>
    public TornTail? ReadOn(bool isLast, Action<LogTail>? reached = null)
    {
        long there = File.Length;
        if (there == Length)
        {
            return null;
        }

        if (there < Length)
        {
            throw FrozenLog.Damage(File.Path, $"lines were cut off: the file has {there} bytes and had {Length}", there, Next);
        }

        LineScanner scanner = new(File, Length);
        while (scanner.TryNext(out Span<byte> prefixed))
        {
            Accept(prefixed, scanner.Offset);
            reached?.Invoke(this);
        }

        Ids.Follow(_lastId);
        return Length == there ? null
            : isLast ? MoveTorn(there)
            : throw Damage("the line is not whole, and another segment follows");
    }

    /// <summary>Flushes lines that others may have left in the system's memory.</summary>
    public void Flush()
    {
        if (!IsDurable)
        {
            File.Flush();
            IsDurable = true;
        }
    }

    public void Dispose() => CloseFiles();

    private TornTail MoveTorn(long there)
    {
        EpochNote epoch = EpochKey.ReadNote(Layout, EpochKey.Newest(Layout)).Epoch;
        Checkpoint signed = CheckpointFile.ReadNewest(Layout, epoch).Checkpoint;
        if (signed.Size > Next)
        {
            throw Damage($"the line is not whole, and a checkpoint over {signed.Size} lines was signed");
        }

        LineEnd end = LineEnd.Of(File.Read, Length, there - Length, Next, _last);
        return end.IsTorn
            ? TornTail.Move(Layout, File, Segment, Length)
            : throw Damage($"what follows is no beginning of line {Next}, as a crash would leave it: {end.Found}");
    }

    private AuditLogException Damage(string reason) => FrozenLog.Damage(File.Path, reason, Length, Next);

    private void CloseFiles()
    {
        File?.Dispose();
        _index?.Dispose();
        _index = null;
    }
}
