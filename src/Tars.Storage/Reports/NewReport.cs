using Tars.Storage.Findings;

namespace Tars.Storage.Reports;

/// <summary>A file in the blob store.</summary>
/// <param name="Digest">SHA-256 of its bytes, 64 lower-case hexadecimal digits.</param>
/// <param name="Size">Bytes.</param>
public sealed record BlobReference(string Digest, long Size);

/// <summary>One file of a report.</summary>
/// <param name="Format">Its format, a lower-case word: <c>json</c>, <c>markdown</c>, <c>html</c>, <c>csv</c>, <c>pdf</c>.</param>
/// <param name="FileName">Its name, without a folder.</param>
/// <param name="Blob">The stored bytes: the sealed ones where the file is sealed.</param>
/// <param name="PlainDigest">SHA-256 of the plain bytes.</param>
/// <param name="SealedDigest">SHA-256 of the sealed bytes; null when the file is not sealed.</param>
public sealed record Rendering(string Format, string FileName, BlobReference Blob, string PlainDigest, string? SealedDigest = null);

/// <summary>A report with everything that is in it, to be kept.</summary>
/// <param name="Name">Its name, unique in its run: the stem of its files.</param>
/// <param name="Kind">What kind of report, a lower-case word: <c>kpi</c>, <c>stability</c>, <c>anomalies</c>, <c>daily</c>, <c>regressions</c>, <c>retro</c> …</param>
/// <param name="Window">The window it tells about.</param>
/// <param name="Date">The day it is filed under, in the configured time zone.</param>
public sealed record NewReport(string Name, string Kind, StoredWindow Window, DateOnly Date)
{
    /// <summary>The service it is confined to; null for all.</summary>
    public string? Service { get; init; }

    /// <summary>The verdict; null when none was asked for.</summary>
    public Judgement? Judgement { get; init; }

    /// <summary>The signed envelope; null when the report is not signed.</summary>
    public BlobReference? Envelope { get; init; }

    /// <summary>Its files.</summary>
    public IReadOnlyList<Rendering> Renderings { get; init; } = [];

    /// <summary>Its figures, in order.</summary>
    public IReadOnlyList<StoredFigure> Figures { get; init; } = [];

    /// <summary>Its findings, in order.</summary>
    public IReadOnlyList<NewFinding> Findings { get; init; } = [];
}

/// <summary>A report as it was kept.</summary>
/// <param name="Id">Its number in the store.</param>
/// <param name="RunId">The run that made it.</param>
/// <param name="Name">Its name, unique in its run.</param>
/// <param name="Kind">What kind of report.</param>
/// <param name="Service">The service it is confined to; null for all.</param>
/// <param name="Window">The window it tells about.</param>
/// <param name="Date">The day it is filed under.</param>
/// <param name="Judgement">The verdict; null when none was asked for.</param>
/// <param name="EnvelopeDigest">SHA-256 of the signed envelope; null when the report is not signed.</param>
/// <param name="ContentDigest">A digest over everything that was kept of the report.</param>
/// <param name="FigureCount">How many figures it has.</param>
/// <param name="FindingCount">How many findings it has.</param>
/// <param name="Created">When it was kept, UTC.</param>
public sealed record StoredReport(
    long Id,
    Guid RunId,
    string Name,
    string Kind,
    string? Service,
    StoredWindow Window,
    DateOnly Date,
    Judgement? Judgement,
    string? EnvelopeDigest,
    string ContentDigest,
    int FigureCount,
    int FindingCount,
    DateTimeOffset Created);

/// <summary>Which reports are asked for. What is null does not confine.</summary>
public sealed record ReportFilter
{
    /// <summary>Of this kind.</summary>
    public string? Kind { get; init; }

    /// <summary>Confined to this service.</summary>
    public string? Service { get; init; }

    /// <summary>Filed under this day or a later one.</summary>
    public DateOnly? DateFrom { get; init; }

    /// <summary>Filed under an earlier day than this.</summary>
    public DateOnly? DateTo { get; init; }

    /// <summary>Judged so.</summary>
    public JudgementOutcome? Outcome { get; init; }

    /// <summary>Whether only reports are asked for that are confined to no service.</summary>
    public bool IsWhole { get; init; }

    /// <summary>Whether of several of one kind about one day only the one that was kept last is asked for.</summary>
    public bool NewestOfDay { get; init; }

    /// <summary>Whether the oldest day comes first; else the newest.</summary>
    public bool OldestFirst { get; init; }

    /// <summary>The last report of the page before, by day and number; null for the first page.</summary>
    public (DateOnly Date, long Id)? After { get; init; }

    /// <summary>Length of a page, 1 to 1000. Default 100.</summary>
    public int PageSize { get; init; } = 100;
}
