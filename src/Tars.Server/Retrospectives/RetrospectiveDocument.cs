using Tars.Server.Documents;

namespace Tars.Server.Retrospectives;

/// <summary>A period, told once.</summary>
public sealed record RetrospectiveDocument : ApiDocument
{
    /// <summary>The period; null when no retrospective is kept.</summary>
    public RetrospectivePeriod? Period { get; init; }

    /// <summary>pass, fail or inconclusive: whether the objectives of the period were kept; null when no retrospective is kept.</summary>
    public string? OverallStatus { get; init; }

    /// <summary>Why overall_status is not pass, or why there is none.</summary>
    public string? StatusReason { get; init; }

    /// <summary>The figures of the period.</summary>
    public required RetrospectiveMetrics OverallMetrics { get; init; }

    /// <summary>What became better, and objectives that were kept.</summary>
    public IReadOnlyList<string> Highlights { get; init; } = [];

    /// <summary>What did not go well: objectives missed, incidents, degradations, regressions, budgets burned, what was not measured.</summary>
    public IReadOnlyList<FindingDocument> Concerns { get; init; } = [];

    /// <summary>How many incidents and degradations there were, by severity.</summary>
    public IReadOnlyDictionary<string, long> AnomaliesSummary { get; init; } = new Dictionary<string, long>();

    /// <summary>How many regressions there were, by severity.</summary>
    public IReadOnlyDictionary<string, long> RegressionsSummary { get; init; } = new Dictionary<string, long>();

    /// <summary>What to do, the most urgent first.</summary>
    public IReadOnlyList<FindingDocument> Recommendations { get; init; } = [];

    /// <summary>The formats that can be downloaded.</summary>
    public IReadOnlyList<string> AvailableFormats { get; init; } = [];

    /// <summary>The files: names, sizes, digests.</summary>
    public IReadOnlyList<FileDocument> Files { get; init; } = [];

    /// <summary>Whether it is signed; null when no retrospective is kept.</summary>
    public bool? Signed { get; init; }

    /// <summary>The command that made it.</summary>
    public string? GeneratedBy { get; init; }

    /// <summary>The report's number; null when no retrospective is kept.</summary>
    public long? ReportId { get; init; }

    /// <summary>What became of each figure, by its name.</summary>
    public IReadOnlyDictionary<string, MeasurementState> Measurement { get; init; } = new Dictionary<string, MeasurementState>();
}

/// <summary>A period.</summary>
/// <param name="Start">Begin, included.</param>
/// <param name="End">End, excluded.</param>
/// <param name="Days">Length in days.</param>
public sealed record RetrospectivePeriod(
    DateTimeOffset Start, DateTimeOffset End, double Days);

/// <summary>The figures of a period.</summary>
/// <param name="Availability">Good requests of all, percent.</param>
/// <param name="TotalRequests">Requests.</param>
/// <param name="ErrorRate">Failed requests of all, percent.</param>
/// <param name="AvgLatencyMs">Kept for clients of the predecessor; always null: a mean of latencies is not computed.</param>
/// <param name="P50LatencyMs">Median latency, milliseconds.</param>
/// <param name="P95LatencyMs">95th percentile of latency, milliseconds.</param>
/// <param name="P99LatencyMs">99th percentile of latency, milliseconds.</param>
/// <param name="DowntimeMinutes">Minutes in which at least one service was down.</param>
public sealed record RetrospectiveMetrics(
    double? Availability,
    double? TotalRequests,
    double? ErrorRate,
    double? AvgLatencyMs,
    double? P50LatencyMs,
    double? P95LatencyMs,
    double? P99LatencyMs,
    double? DowntimeMinutes);

/// <summary>A file of a report.</summary>
/// <param name="Filename">Its name, as in the download's address.</param>
/// <param name="Format">Its format: json, markdown, html, csv, pdf, envelope or timestamp.</param>
/// <param name="MediaType">The media type of the download.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">SHA-256 of its bytes as they are downloaded, 64 hexadecimal digits.</param>
/// <param name="Encrypted">Whether it is encrypted: 'tars decrypt' opens it.</param>
/// <param name="ReportId">The number of its report: the parameter report of the download.</param>
/// <param name="PeriodStart">Begin of the report's window.</param>
/// <param name="PeriodEnd">End of the report's window.</param>
/// <param name="CreatedAt">When the report was kept.</param>
public sealed record FileDocument(
    string Filename,
    string Format,
    string MediaType,
    long Size,
    string Sha256,
    bool Encrypted,
    long ReportId,
    DateTimeOffset PeriodStart,
    DateTimeOffset PeriodEnd,
    DateTimeOffset CreatedAt);

/// <summary>Files of reports.</summary>
public sealed record FileList : ListDocument<FileDocument>
{
    /// <summary>The files, those of the newest report first.</summary>
    public IReadOnlyList<FileDocument> Files { get; init; } = [];
}

/// <summary>Formats.</summary>
public sealed record FormatList : ApiDocument
{
    /// <summary>The formats that a retrospective can have.</summary>
    public IReadOnlyList<string> Formats { get; init; } = [];

    /// <summary>The formats that the newest retrospective has; empty when none is kept.</summary>
    public IReadOnlyList<string> Available { get; init; } = [];
}
