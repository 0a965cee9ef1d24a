using Tars.Sealing.Signatures;

namespace Tars.Sealing.Logs;

/// <summary>What a verifier says of a log: one of the three cases nested here.</summary>
/// <param name="Log">What was read.</param>
/// <param name="Findings">What is wrong, in the order in which it was found; empty when nothing is.</param>
public abstract record LogVerification(LogSummary Log, IReadOnlyList<LogFinding> Findings)
{
    /// <summary>Nothing speaks against the lines that are there. What may have stood after them: see <see cref="LogSummary.LinesAfterCheckpoint"/>.</summary>
    public sealed record Whole(LogSummary Log) : LogVerification(Log, []);

    /// <summary>Everything that was acknowledged is there and fits; the last file ends as a crash leaves it.</summary>
    /// <param name="Log">What was read, without the torn end.</param>
    /// <param name="Tail">Where the torn end begins.</param>
    public sealed record Torn(LogSummary Log, LogFinding Tail) : LogVerification(Log, [Tail]);

    /// <summary>Something is wrong that no crash does.</summary>
    /// <param name="Log">What was read. Its head is of use only as far as the findings leave it.</param>
    /// <param name="Findings">At least one.</param>
    public sealed record Tampered(LogSummary Log, IReadOnlyList<LogFinding> Findings) : LogVerification(Log, Findings);
}

/// <summary>What was read of a log.</summary>
public sealed record LogSummary
{
    /// <summary>The log's name; null when no epoch could be read.</summary>
    public string? Origin { get; init; }

    /// <summary>Lines read, without those that retention removed.</summary>
    public long LinesRead { get; init; }

    /// <summary>Bytes of the segments that were read.</summary>
    public long BytesRead { get; init; }

    /// <summary>Segments that were read.</summary>
    public int Segments { get; init; }

    /// <summary>Where the log ends.</summary>
    public required LogHead Head { get; init; }

    /// <summary>The time of the first line that is there or was removed by retention; null when the log is empty.</summary>
    public DateTimeOffset? First { get; init; }

    /// <summary>The time of the last one.</summary>
    public DateTimeOffset? Last { get; init; }

    /// <summary>The epochs whose keys were believed, ascending.</summary>
    public IReadOnlyList<LogEpoch> Epochs { get; init; } = [];

    /// <summary>The log that this one continues; null when it continues none.</summary>
    public ContinuedLog? Continues { get; init; }

    /// <summary><c>previous_hash</c> of the first line: the last hash of the log that this one continues, else zeroes. Null when the first line is not there.</summary>
    public TreeHash? FirstPreviousHash { get; init; }

    /// <summary>The newest checkpoint that lies with the log, is signed by the right key and fits the lines; null when there is none.</summary>
    public Checkpoint? NewestCheckpoint { get; init; }

    /// <summary>Lines after it: nothing signed says that they were all.</summary>
    public long LinesAfterCheckpoint { get; init; }

    /// <summary>Checkpoints and epoch notes, here and elsewhere, whose root was compared with the lines and fits.</summary>
    public int RootsCompared { get; init; }

    /// <summary>What the witnesses that are trusted have cosigned and when; only what was verified.</summary>
    public IReadOnlyList<LogCosignature> Cosignatures { get; init; } = [];

    /// <summary>Segments that retention removed, each vouched for by a later line.</summary>
    public IReadOnlyList<LogRemoval> Removals { get; init; } = [];

    /// <summary>Bytes of a torn end; 0 when there is none.</summary>
    public long TornBytes { get; init; }

    /// <summary>Whether the log says of itself that tampering was found.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>Files in the folder that the format does not know, at most 100. Nothing vouches for them and nothing was read of them.</summary>
    public IReadOnlyList<string> OtherFiles { get; init; } = [];
}

/// <summary>Where a log ends.</summary>
/// <param name="Size">Lines, those that retention removed too.</param>
/// <param name="Root">Root hash over them; null when a line's hash is not known, so that there is none.</param>
/// <param name="LastHash"><c>current_hash</c> of the last line; the first line's <c>previous_hash</c>, usually zeroes, when there is no line.</param>
public sealed record LogHead(long Size, TreeHash? Root, TreeHash LastHash);

/// <summary>One epoch.</summary>
/// <param name="Number">From 1.</param>
/// <param name="Key">Its key.</param>
/// <param name="Begins">When it began, by the log's own account.</param>
/// <param name="Size">Lines of the log then.</param>
public sealed record LogEpoch(int Number, PublicKey Key, DateTimeOffset Begins, long Size);

/// <summary>What a witness has cosigned.</summary>
/// <param name="Witness">Its name.</param>
/// <param name="Size">Lines of the log.</param>
/// <param name="Time">When, by the witness's clock.</param>
/// <param name="File">Where the note lies.</param>
public sealed record LogCosignature(string Witness, long Size, DateTimeOffset Time, string File);

/// <summary>A segment that retention removed.</summary>
/// <param name="First">Its first line.</param>
/// <param name="End">The line after its last.</param>
/// <param name="From">The time of its first line, as the removal says.</param>
/// <param name="To">The time of its last line.</param>
/// <param name="SegmentSha256">The digest of the file that is gone.</param>
/// <param name="Event">The later line that says so.</param>
public sealed record LogRemoval(long First, long End, DateTimeOffset From, DateTimeOffset To, string SegmentSha256, long Event);
