using System.ComponentModel;
using Tars.Server.Documents;

namespace Tars.Server.Retrospectives;

/// <summary>A period, told once.</summary>
public sealed record RetrospectiveDocument : ApiDocument
{
    /// <summary>The period.</summary>
    [Description("The period; null when no retrospective is kept.")]
    public RetrospectivePeriod? Period { get; init; }

    /// <summary>Whether the objectives were kept.</summary>
    [Description("pass, fail or inconclusive: whether the objectives of the period were kept; null when no retrospective is kept.")]
    public string? OverallStatus { get; init; }

    /// <summary>Why it is not pass, or why there is none.</summary>
    [Description("Why overall_status is not pass, or why there is none.")]
    public string? StatusReason { get; init; }

    /// <summary>The figures of the period.</summary>
    [Description("The figures of the period.")]
    public required RetrospectiveMetrics OverallMetrics { get; init; }

    /// <summary>What went well.</summary>
    [Description("What became better, and objectives that were kept.")]
    public IReadOnlyList<string> Highlights { get; init; } = [];

    /// <summary>What did not.</summary>
    [Description("What did not go well: objectives missed, incidents, degradations, regressions, budgets burned, what was not measured.")]
    public IReadOnlyList<FindingDocument> Concerns { get; init; } = [];

    /// <summary>Unusual things.</summary>
    [Description("How many incidents and degradations there were, by severity.")]
    public IReadOnlyDictionary<string, long> AnomaliesSummary { get; init; } = new Dictionary<string, long>();

    /// <summary>What became worse.</summary>
    [Description("How many regressions there were, by severity.")]
    public IReadOnlyDictionary<string, long> RegressionsSummary { get; init; } = new Dictionary<string, long>();

    /// <summary>What to do.</summary>
    [Description("What to do, the most urgent first.")]
    public IReadOnlyList<FindingDocument> Recommendations { get; init; } = [];

    /// <summary>The formats that can be downloaded.</summary>
    [Description("The formats that can be downloaded.")]
    public IReadOnlyList<string> AvailableFormats { get; init; } = [];

    /// <summary>Its files.</summary>
    [Description("The files: names, sizes, digests.")]
    public IReadOnlyList<FileDocument> Files { get; init; } = [];

    /// <summary>Whether it has an envelope.</summary>
    [Description("Whether it is signed; null when no retrospective is kept.")]
    public bool? Signed { get; init; }

    /// <summary>What made it.</summary>
    [Description("The command that made it.")]
    public string? GeneratedBy { get; init; }

    /// <summary>The report's number.</summary>
    [Description("The report's number; null when no retrospective is kept.")]
    public long? ReportId { get; init; }

    /// <summary>What became of each figure.</summary>
    [Description("What became of each figure, by its name.")]
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();
}

/// <summary>A period.</summary>
/// <param name="Start">Begin, included.</param>
/// <param name="End">End, excluded.</param>
/// <param name="Days">Its length.</param>
public sealed record RetrospectivePeriod(
    [property: Description("Begin, included.")] DateTimeOffset Start, [property: Description("End, excluded.")] DateTimeOffset End, [property: Description("Length in days.")] double Days);

/// <summary>The figures of a period.</summary>
/// <param name="Availability">Percent.</param>
/// <param name="TotalRequests">Requests.</param>
/// <param name="ErrorRate">Percent.</param>
/// <param name="AvgLatencyMs">Always null.</param>
/// <param name="P50LatencyMs">Median latency.</param>
/// <param name="P95LatencyMs">95th percentile.</param>
/// <param name="P99LatencyMs">99th percentile.</param>
/// <param name="DowntimeMinutes">Minutes in which a service was down.</param>
public sealed record RetrospectiveMetrics(
    [property: Description("Good requests of all, percent.")] double? Availability,
    [property: Description("Requests.")] double? TotalRequests,
    [property: Description("Failed requests of all, percent.")] double? ErrorRate,
    [property: Description("Kept for clients of the predecessor; always null: a mean of latencies is not computed.")] double? AvgLatencyMs,
    [property: Description("Median latency, milliseconds.")] double? P50LatencyMs,
    [property: Description("95th percentile of latency, milliseconds.")] double? P95LatencyMs,
    [property: Description("99th percentile of latency, milliseconds.")] double? P99LatencyMs,
    [property: Description("Minutes in which at least one service was down.")] double? DowntimeMinutes);

/// <summary>A file of a report.</summary>
/// <param name="Filename">Its name.</param>
/// <param name="Format">Its format.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">The digest of its bytes as they are downloaded.</param>
/// <param name="Encrypted">Whether it is encrypted.</param>
/// <param name="ReportId">Its report.</param>
/// <param name="PeriodStart">Begin of the report's window.</param>
/// <param name="PeriodEnd">End of it.</param>
/// <param name="CreatedAt">When the report was kept.</param>
public sealed record FileDocument(
    [property: Description("Its name, as in the download's address.")] string Filename,
    [property: Description("Its format: json, markdown, html, csv, pdf, envelope or timestamp.")] string Format,
    [property: Description("The media type of the download.")] string MediaType,
    [property: Description("Bytes.")] long Size,
    [property: Description("SHA-256 of its bytes as they are downloaded, 64 hexadecimal digits.")] string Sha256,
    [property: Description("Whether it is encrypted: 'tars decrypt' opens it.")] bool Encrypted,
    [property: Description("The number of its report: the parameter report of the download.")] long ReportId,
    [property: Description("Begin of the report's window.")] DateTimeOffset PeriodStart,
    [property: Description("End of the report's window.")] DateTimeOffset PeriodEnd,
    [property: Description("When the report was kept.")] DateTimeOffset CreatedAt);

/// <summary>Files of reports.</summary>
public sealed record FileList : ListDocument<FileDocument>
{
    /// <summary>The files.</summary>
    [Description("The files, those of the newest report first.")]
    public IReadOnlyList<FileDocument> Files { get; init; } = [];
}

/// <summary>Formats.</summary>
public sealed record FormatList : ApiDocument
{
    /// <summary>The formats that a retrospective can have.</summary>
    [Description("The formats that a retrospective can have.")]
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>The formats of the newest.</summary>
    [Description("The formats that the newest retrospective has; empty when none is kept.")]
    public IReadOnlyList<string> Available { get; init; } = [];
}
