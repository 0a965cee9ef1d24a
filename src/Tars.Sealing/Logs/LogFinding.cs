namespace Tars.Sealing.Logs;

/// <summary>What is wrong with a log.</summary>
public enum LogFindingKind
{
    /// <summary>What a crash leaves: an incomplete or zero-filled end that no checkpoint covers. Nothing that was acknowledged is missing. The only kind that is no tampering.</summary>
    Torn,

    /// <summary>A checkpoint, or a mirror, covers lines that were cut from the end.</summary>
    Truncated,

    /// <summary>Lines do not fit their hash, their neighbours, or a root that was signed.</summary>
    Rewritten,

    /// <summary>A line that does not belong there.</summary>
    Inserted,

    /// <summary>Lines between others are not there.</summary>
    Removed,

    /// <summary>Lines stand in another order.</summary>
    Reordered,

    /// <summary>Somebody else was shown another history under the log's own signature.</summary>
    Forked,

    /// <summary>The log is whole by its own account, but somebody else holds a newer checkpoint of it.</summary>
    RolledBack,

    /// <summary>A segment, an epoch, a checkpoint, a witness's note, or the whole log is not there.</summary>
    Missing,

    /// <summary>Signed by a key that may not sign it, or by none that is known.</summary>
    WrongKey,

    /// <summary>A time that a line cannot have: earlier than the line before, than its epoch, or than what a witness saw.</summary>
    Backdated,

    /// <summary>Of another form than docs/formats/audit-log.md lays down.</summary>
    Malformed,

    /// <summary>A checkpoint that lies where another one belongs, or that the lines and later checkpoints refute.</summary>
    CheckpointSwapped,

    /// <summary>Lines were taken away as if by retention, but no later line of the log says so, or says otherwise.</summary>
    RetentionAbused,

    /// <summary>Lines, or notes, of another log.</summary>
    Spliced,
}

/// <summary>One thing that is wrong, and where.</summary>
/// <param name="Kind">What.</param>
/// <param name="File">Below the log's folder, with forward slashes; a path as it was given for what lies in a mirror or with a witness.</param>
/// <param name="ByteOffset">Where in the file, from 0; null where a whole file is meant.</param>
/// <param name="Sequence">The first line concerned; null where none is.</param>
/// <param name="Expected">What should be there.</param>
/// <param name="Found">What is there.</param>
public sealed record LogFinding(LogFindingKind Kind, string File, long? ByteOffset, long? Sequence, string Expected, string Found)
{
    /// <summary>The line after the last one concerned, where the damage is known to lie in a range; null where <see cref="Sequence"/> says all.</summary>
    public long? End { get; init; }

    /// <summary>The kind as it is written in JSON: lower case with hyphens, such as <c>rolled-back</c>.</summary>
    public string KindName => NameOf(Kind);

    /// <summary>The name of a kind in JSON.</summary>
    public static string NameOf(LogFindingKind kind) => kind switch
    {
        LogFindingKind.Torn => "torn",
        LogFindingKind.Truncated => "truncated",
        LogFindingKind.Rewritten => "rewritten",
        LogFindingKind.Inserted => "inserted",
        LogFindingKind.Removed => "removed",
        LogFindingKind.Reordered => "reordered",
        LogFindingKind.Forked => "forked",
        LogFindingKind.RolledBack => "rolled-back",
        LogFindingKind.Missing => "missing",
        LogFindingKind.WrongKey => "wrong-key",
        LogFindingKind.Backdated => "backdated",
        LogFindingKind.Malformed => "malformed",
        LogFindingKind.CheckpointSwapped => "checkpoint-swapped",
        LogFindingKind.RetentionAbused => "retention-abused",
        LogFindingKind.Spliced => "spliced",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such kind"),
    };

    /// <summary>One line: place, kind, expectation, finding.</summary>
    public override string ToString()
    {
        string offset = ByteOffset is { } at ? $":{at}" : string.Empty;
        string lines = Sequence is not { } first ? string.Empty : End is { } end && end > first + 1 ? $" lines {first} to {end - 1}:" : $" line {first}:";
        return $"{File}{offset}:{lines} {KindName}: expected {Expected}; found {Found}";
    }
}
