using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Signs checkpoints, ends segments and epochs. Used under the log's lock, when every line is on the disk.</summary>
internal sealed class LogSigner : IDisposable
{
    private readonly LogLayout _layout;
    private readonly AuditLogOptions _options;
    private readonly LogTail _tail;
    private EpochKey _epoch;

    public LogSigner(LogLayout layout, AuditLogOptions options, EpochKey epoch, LogTail tail)
    {
        (_layout, _options, _epoch, _tail) = (layout, options, epoch, tail);
        SignedSize = CheckpointFile.ReadNewest(layout, epoch.Note).Checkpoint.Size;
    }

    /// <summary>The size of the newest checkpoint that this process has seen.</summary>
    public long SignedSize { get; private set; }

    /// <summary>When the key's time is over.</summary>
    public DateTimeOffset EpochEnds => _epoch.Note.Begins + _options.EpochLifetime;

    /// <summary>When the current epoch began. No line of it is older.</summary>
    public DateTimeOffset EpochBegins => _epoch.Note.Begins;

    /// <summary>Whether the next line belongs into a new segment.</summary>
    public bool IsSegmentOver(DateTimeOffset now) => _tail.Next % LogLayout.BlockLines == 0 && _tail.Next > _tail.Segment
        && (_tail.Length >= _options.SegmentBytes || now - _tail.SegmentBegan >= _options.SegmentAge);

    /// <summary>Whether the key's time is over, and no other process has changed it.</summary>
    public bool IsEpochOver(DateTimeOffset now)
    {
        if (now < EpochEnds)
        {
            return false;
        }

        Refresh();
        return now >= EpochEnds;
    }

    /// <summary>Signs a checkpoint over all lines. When the newest one says the same, that one is taken.</summary>
    public SignedNote Sign()
    {
        Refresh();
        (SignedNote there, Checkpoint newest) = CheckpointFile.ReadNewest(_layout, _epoch.Note);
        Checkpoint now = new(_epoch.Note.Origin, _tail.Next, _tail.Root());
        if (newest.Size > now.Size || (newest.Size == now.Size && newest.Root != now.Root))
        {
            throw FrozenLog.Damage(
                _layout.Checkpoint, $"a checkpoint over {newest.Size} lines was signed that does not fit the {now.Size} lines that are there: the log was changed or set back");
        }

        SignedSize = now.Size;
        if (newest.Size == now.Size)
        {
            return there;
        }

        SignedNote signed = _epoch.Sign(now.ToString());
        CheckpointFile.Write(_layout.Checkpoint, signed);
        return signed;
    }

    /// <summary>Signs and keeps a checkpoint, and begins a new segment.</summary>
    public void EndSegment()
    {
        Keep(Sign());
        _tail.OpenSegment(_tail.Next);
    }

    /// <summary>Signs and keeps a checkpoint, and changes the key.</summary>
    public void Rotate(DateTimeOffset now)
    {
        Keep(Sign());
        EpochKey next = _epoch.Rotate(now, _tail.Next, _tail.Root());
        _epoch.Dispose();
        _epoch = next;
    }

    public void Dispose() => _epoch.Dispose();

    private void Keep(SignedNote signed)
    {
        Directory.CreateDirectory(_layout.Checkpoints);
        CheckpointFile.Write(_layout.CheckpointOf(_tail.Next), signed);
    }

    /// <summary>Takes over the key of an epoch that another process has begun.</summary>
    private void Refresh()
    {
        if (!File.Exists(_layout.Epoch(_epoch.Note.Number + 1)))
        {
            return;
        }

        EpochKey next = EpochKey.Load(_layout, _epoch.Note.Number);
        _epoch.Dispose();
        _epoch = next;
    }
}
