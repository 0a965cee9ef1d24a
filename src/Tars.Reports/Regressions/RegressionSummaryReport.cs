using Tars.Observability.Regressions;
using Tars.Reports.Formats;

namespace Tars.Reports.Regressions;

/// <summary>What changed: <c>regression_summary.json</c> and <c>regression_summary.md</c>. Formats in docs/formats/reports.md.</summary>
public static class RegressionSummaryReport
{
    /// <summary>Every file of the report.</summary>
    public static Report Render(RegressionReport report) => new("regressions", [Json(report), Markdown(report)]);

    /// <summary><c>regression_summary.json</c>.</summary>
    public static ReportFile Json(RegressionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonText.File("regression_summary.json", json => RegressionJson.Report(json, report));
    }

    /// <summary><c>regression_summary.md</c>.</summary>
    public static ReportFile Markdown(RegressionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return RegressionMarkdown.File(report);
    }

    /// <summary>A row per comparison; <c>value</c> is the change in the unit of the figure, its state that of the comparison.</summary>
    public static ReportFile Csv(RegressionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        CsvText csv = new(
        [
            "service", "region", "metric", "unit", "deployment", "deployed_at", "before_from", "before_to", "after_from", "after_to", "baseline_value", "current_value",
            "change_low", "change_high", "change_percent", "change_percent_low", "change_percent_high", "cliffs_delta", "p_value", "adjusted_p_value", "outcome", "severity",
            "value", "state", "reason",
        ]);
        foreach (MetricComparison c in report.Comparisons)
        {
            csv.Row(
            [
                CsvText.Cell(c.Service), CsvText.Cell(c.Region), CsvText.Cell(c.Metric), CsvText.Cell(c.Unit), CsvText.Cell(c.Deployment?.Version), c.Deployment is null ? string.Empty : CsvText.Cell(c.Deployment.Time),
                CsvText.Cell(c.Before.From), CsvText.Cell(c.Before.To), CsvText.Cell(c.After.From), CsvText.Cell(c.After.To), CsvText.Cell(c.BeforeValue), CsvText.Cell(c.AfterValue),
                CsvText.Cell(c.ChangeLow), CsvText.Cell(c.ChangeHigh), CsvText.Cell(c.RelativeChange * 100), CsvText.Cell(c.RelativeLow * 100), CsvText.Cell(c.RelativeHigh * 100),
                CsvText.Cell(c.CliffsDelta), CsvText.Cell(c.PValue), CsvText.Cell(c.AdjustedPValue), States.Of(c.Outcome), c.Severity is { } severity ? States.Of(severity) : string.Empty,
                CsvText.Cell(c.Change), c.Change is null ? "no_data" : "measured", CsvText.Cell(c.Reason),
            ]);
        }

        return csv.File("regression_summary.csv");
    }

    /// <summary>Regressions, improvements, deployments, and what could not be compared.</summary>
    public static IReadOnlyList<ReportTable> Tables(RegressionReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return RegressionTables.All(report);
    }
}
