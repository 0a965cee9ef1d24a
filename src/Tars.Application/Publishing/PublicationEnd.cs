using Tars.Storage.Reports;

namespace Tars.Application.Publishing;

/// <summary>What became of a run that was to keep its report.</summary>
public abstract record PublicationEnd
{
    private PublicationEnd()
    {
    }

    /// <summary>What could not be noted and is left to recovery; null when nothing is.</summary>
    public string? Left { get; init; }

    /// <summary>Its report is kept, and the log says so.</summary>
    /// <param name="Report">The report.</param>
    public sealed record Kept(StoredReport Report) : PublicationEnd;

    /// <summary>Nothing of it is kept, and nothing will be.</summary>
    public sealed record NothingKept : PublicationEnd;

    /// <summary>The database cannot be reached, so nobody knows; the log is told nothing. Recovery finds out and tells it.</summary>
    public sealed record Unknown : PublicationEnd;
}
