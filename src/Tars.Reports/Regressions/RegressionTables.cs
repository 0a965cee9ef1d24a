using Tars.Observability.Regressions;
using Tars.Reports.Formats;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Regressions;

/// <summary>Comparisons as tables.</summary>
internal static class RegressionTables
{
    /// <summary>All of them, in reading order.</summary>
    public static IReadOnlyList<ReportTable> All(RegressionReport report) =>
    [
        Changes("Regressions", report.Regressions) with
        {
            Empty = report.Comparisons.Any(c => c.Outcome != ComparisonOutcome.NotEnoughData) ? "No regression in what could be compared." : "Nothing could be compared.",
        },
        Changes("Improvements", report.Improvements),
        Deployments(report),
        NotCompared(report),
    ];

    /// <summary>A row per change.</summary>
    public static ReportTable Changes(string title, IEnumerable<MetricComparison> changes) => new(
        title,
        ["severity", "service", "figure", "after", Number("before"), Number("now"), Number("change"), Number("interval"), Number("adjusted p")],
        [
            .. changes.Select(string[] (c) =>
            [
                c.Severity is { } severity ? States.Words(severity) : Display.Nothing, c.Place, c.Metric, AfterOf(c), Value(c.BeforeValue, c.Unit), Value(c.AfterValue, c.Unit),
                ChangeOf(c), IntervalOf(c), Display.Probability(c.AdjustedPValue),
            ]),
        ],
        "None that is sure and large enough.");

    /// <summary>The change as people say it: relative where that exists, else in the unit.</summary>
    public static string ChangeOf(MetricComparison c) => c.RelativeChange is { } relative && !c.MinimumIsAbsolute ? Display.Change(relative)
        : c.Change is { } change ? Display.Difference(change, c.Unit) : Display.Nothing;

    /// <summary>A row per deployment.</summary>
    public static ReportTable Deployments(RegressionReport report) => new(
        "Deployments",
        ["service", "version", "time (UTC)", "known from", Number("regressions"), Number("improvements"), Number("traffic"), "note"],
        [
            .. report.Deployments.Select(string[] (d) =>
            [
                d.Deployment.Service, d.Deployment.Version, Display.Time(d.Deployment.Time), d.Deployment.Evidence,
                Count(d, ComparisonOutcome.Regression), Count(d, ComparisonOutcome.Improvement), Display.Change(d.TrafficRatio - 1), d.NotCompared ?? string.Empty,
            ]),
        ],
        "No deployment is known in the window.");

    private static ReportTable NotCompared(RegressionReport report) => new(
        "Not compared",
        ["service", "figure", "after", "why"],
        [
            .. report.Comparisons.Where(c => c.Outcome == ComparisonOutcome.NotEnoughData).Select(string[] (c) => [c.Place, c.Metric, AfterOf(c), c.Reason ?? string.Empty]),
        ],
        "Every figure of every compared deployment and period could be compared.");

    private static string Count(DeploymentComparison deployment, ComparisonOutcome outcome) =>
        deployment.NotCompared is null ? Display.Number(deployment.Metrics.Count(metric => metric.Outcome == outcome), string.Empty) : Display.Nothing;

    private static string AfterOf(MetricComparison c) => c.Deployment is { } deployment ? $"{deployment.Version} at {Display.Time(deployment.Time)}" : "the earlier period";

    private static string Value(double? value, string unit) => value is { } number ? Display.Number(number, unit) : Display.Nothing;

    /// <summary>The confidence interval of a change.</summary>
    public static string IntervalOf(MetricComparison c)
    {
        if (c.RelativeLow is { } low && !c.MinimumIsAbsolute)
        {
            return c.RelativeHigh is { } high ? $"{Display.Change(low)} to {Display.Change(high)}" : $"{Display.Change(low)} or more";
        }

        return c is { ChangeLow: { } least, ChangeHigh: { } most } ? $"{Display.Difference(least, c.Unit)} to {Display.Difference(most, c.Unit)}" : Display.Nothing;
    }
}
