namespace Tars.Compliance.Audit;

/// <summary>How a log is written. What is written can be read with any options.</summary>
public sealed record AuditLogOptions
{
    /// <summary>The keys of the persons that events name; null when events name programs only.</summary>
    public SubjectKeys? Subjects { get; init; }

    /// <summary>A segment that is at least so long is followed by a new one. Bytes, more than 0.</summary>
    public long SegmentBytes { get; init; } = 256L << 20;

    /// <summary>A segment whose first line is at least so old is followed by a new one.</summary>
    public TimeSpan SegmentAge { get; init; } = TimeSpan.FromDays(30);

    /// <summary>How long one key signs. More than 0.</summary>
    public TimeSpan EpochLifetime { get; init; } = TimeSpan.FromDays(1);

    /// <summary>The longest time from an acknowledgement to a signed checkpoint that covers it. More than 0, at most a second.</summary>
    public TimeSpan CheckpointInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long without any line, an event <c>log.heartbeat</c> is written; null writes none.</summary>
    public TimeSpan? HeartbeatInterval { get; init; }

    /// <summary>How many bytes of events may wait to be written; a caller past it waits before its event is accepted. More than 0.</summary>
    public int PendingBytes { get; init; } = 16 << 20;

    /// <summary>Opens the files of segments; tests put faulty ones in.</summary>
    internal Func<string, LogFile> OpenFile { get; init; } = path => new LogFile(path);

    /// <exception cref="ArgumentOutOfRangeException">A value lies outside what its description says.</exception>
    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(SegmentBytes);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SegmentAge, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(EpochLifetime, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CheckpointInterval, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(CheckpointInterval, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(PendingBytes);
        if (HeartbeatInterval is { } interval)
        {
            ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        }
    }
}
