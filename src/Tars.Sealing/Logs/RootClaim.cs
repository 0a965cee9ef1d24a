namespace Tars.Sealing.Logs;

/// <summary>Where a claim lies, which decides what it means when the lines refute it.</summary>
internal enum ClaimSource
{
    /// <summary>With the log: whoever can write the lines can write it.</summary>
    Own,

    /// <summary>In a mirror.</summary>
    Mirror,

    /// <summary>With a witness, or cosigned by one.</summary>
    Witness,
}

/// <summary>A signed statement that the first <paramref name="Size"/> lines have a root.</summary>
/// <param name="Size">Lines.</param>
/// <param name="Root">Their root.</param>
/// <param name="File">Where it stands.</param>
/// <param name="Source">Whose word it is.</param>
/// <param name="IsWithLog">Whether its file lies in the log's own folder.</param>
internal sealed record RootClaim(long Size, TreeHash Root, string File, ClaimSource Source, bool IsWithLog)
{
    /// <summary>Whether an epoch's note says it, not a checkpoint.</summary>
    internal bool IsEpoch { get; init; }

    /// <summary>The epoch whose key signed it.</summary>
    internal int Signer { get; init; }

    /// <summary>Whether the lines have that root; null when they could not be asked.</summary>
    internal bool? Fits { get; set; }

    /// <summary>Where the lines begin that no fitting claim covers, when this one was refuted.</summary>
    internal LinePlace? From { get; set; }

    /// <summary>The root that the lines have.</summary>
    internal TreeHash ActualRoot { get; set; }
}

/// <summary>A line's place.</summary>
/// <param name="Sequence">Its number.</param>
/// <param name="Part">Its segment, as the verifier counts them.</param>
/// <param name="Offset">Where it begins.</param>
internal readonly record struct LinePlace(long Sequence, int Part, long Offset);

/// <summary>What is known from elsewhere of the times of the lines on both sides of a size.</summary>
/// <param name="Size">The first line that came later.</param>
/// <param name="NotBefore">No line from <paramref name="Size"/> on is earlier.</param>
/// <param name="NotAfter">No line before it is later; null when that is not known.</param>
/// <param name="Reason">What says so.</param>
internal sealed record TimeMark(long Size, DateTimeOffset NotBefore, DateTimeOffset? NotAfter, string Reason);

/// <summary>What was found so far. A log that is rewritten from its beginning has a finding a line; a thousand of them tell as much.</summary>
internal sealed class FindingList
{
    private const int Most = 1000;

    private readonly List<LogFinding> _findings = [];

    internal IReadOnlyList<LogFinding> All => _findings;

    /// <summary>Adds a finding.</summary>
    /// <returns>Its place, for <see cref="Change"/>; -1 when there are too many.</returns>
    internal int Add(LogFinding finding)
    {
        if (_findings.Count == Most)
        {
            return -1;
        }

        _findings.Add(finding);
        return _findings.Count - 1;
    }

    internal void Change(int at, Func<LogFinding, LogFinding> change)
    {
        if (at >= 0)
        {
            _findings[at] = change(_findings[at]);
        }
    }

    internal bool Has(LogFindingKind kind) => _findings.Any(finding => finding.Kind == kind);
}
