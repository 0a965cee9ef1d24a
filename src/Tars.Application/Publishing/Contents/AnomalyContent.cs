using System.Text.Json.Nodes;
using Tars.Observability.Anomalies;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars anomalies</c>.</summary>
public static class AnomalyContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "anomalies";

    /// <summary>The kind of a finding.</summary>
    public const string Finding = "anomaly";

    /// <summary>
    /// The figure that says how well a course could be judged: the share of the window's steps with a value, under the label <c>metric</c>; without data where the
    /// course was not judged. So a report without findings is told from one that could look at nothing.
    /// </summary>
    public const string JudgedCoverage = "judged_coverage";

    /// <summary>The content. It has no verdict: what was unusual is neither good nor bad by itself.</summary>
    /// <param name="report">The events.</param>
    /// <param name="settings">The time zone of its days.</param>
    public static NewReport Of(AnomalyReport report, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(report.Window), Rows.DayOf(report.Window, settings.TimeZone))
        {
            Figures = [.. report.Courses.Select(FigureOf)],
            Findings = [.. report.Events.Select(found => Of(found, Finding, settings))],
        };
    }

    /// <summary>An event.</summary>
    internal static NewFinding Of(AnomalyEvent found, string kind, AnalysisSettings settings) => new(
        kind, found.Service, found.Metric, Rows.Of(found.Severity), Rows.DayOf(found.Start, settings.TimeZone), found.Start, SummaryOf(found))
    {
        Ended = found.IsOngoing ? null : found.End,
        Score = Rows.Finite(found.Confidence),
        Effect = Rows.Finite(found.Peak?.Deviation),
        Details = Rows.Json(DetailsOf(found)),
    };

    /// <summary>What else is known of an event.</summary>
    internal static (string Name, JsonNode? Value)[] DetailsOf(AnomalyEvent found) =>
    [
        ("shape", Rows.Word(Rows.Word(found.Kind))),
        ("unit", Rows.Word(found.Unit)),
        ("regions", Rows.Array(found.Regions)),
        ("peak", found.Peak is { } peak ? PeakOf(peak) : null),
        ("confidence", Rows.Number(found.Confidence)),
        ("harmful", JsonValue.Create(found.IsHarmful)),
        ("in_maintenance", JsonValue.Create(found.InMaintenance)),
        ("related_metrics", Rows.Array(found.RelatedMetrics)),
        ("concurrent_with", Rows.Array(found.ConcurrentWith.Select(other => $"{other.Service} {other.Metric}"))),
        ("method", Rows.Word(found.Method)),
    ];

    private static JsonObject PeakOf(AnomalyPeak peak)
    {
        JsonObject all = new() { ["time"] = Rows.Instant(peak.Time) };
        foreach ((string name, double value) in new[] { ("value", peak.Value), ("expected", peak.Expected), ("expected_low", peak.ExpectedLow), ("expected_high", peak.ExpectedHigh) })
        {
            all[name] = Rows.Number(value);
        }

        return all;
    }

    private static string SummaryOf(AnomalyEvent found)
    {
        string peak = found.Peak is { } p ? FormattableString.Invariant($": {p.Value:0.####} {found.Unit} where {p.Expected:0.####} was expected") : string.Empty;
        return Rows.Text($"{found.Service} {found.Metric}: {found.Kind} from {Instants.Format(found.Start)}{(found.IsOngoing ? ", not over" : string.Empty)}{peak}");
    }

    private static StoredFigure FigureOf(JudgedCourse course) => new(
        JudgedCoverage,
        "ratio",
        course.NotJudged is { } reason ? new Measurement.NoData(Rows.Text(reason)) : new Measurement.Measured(course.Coverage.Value, course.Coverage.Value))
    {
        Service = course.Service,
        Region = course.Region,
        Labels = Rows.Json(("metric", Rows.Word(course.Metric)), ("baseline", Rows.Word(Rows.Word(course.Baseline)))),
    };
}
