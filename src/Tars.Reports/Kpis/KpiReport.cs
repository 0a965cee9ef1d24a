using Tars.Observability.Kpis;
using Tars.Reports.Formats;

namespace Tars.Reports.Kpis;

/// <summary>
/// The key figures of a window: <c>ga_kpi_summary.json</c>, <c>ga_kpi_summary.md</c> and, where there are snapshots,
/// <c>ga_kpi_snapshots.csv</c>. Formats in docs/formats/reports.md.
/// </summary>
public static class KpiReport
{
    /// <summary>Every file of the report.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="snapshots">The same figures interval by interval; empty when none were asked for.</param>
    public static Report Render(KpiSummary summary, IReadOnlyCollection<KpiSnapshot> snapshots)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(snapshots);
        return new Report(
            "kpi",
            snapshots.Count == 0
                ? [Json(summary, 0), Markdown(summary)]
                : [Json(summary, snapshots.Count), Markdown(summary), Snapshots(snapshots)]);
    }

    /// <summary><c>ga_kpi_summary.json</c>.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="totalSnapshots">Number of snapshots written beside it.</param>
    public static ReportFile Json(KpiSummary summary, int totalSnapshots) =>
        JsonText.File("ga_kpi_summary.json", json => KpiJson.Summary(json, summary, totalSnapshots));

    /// <summary><c>ga_kpi_summary.md</c>.</summary>
    public static ReportFile Markdown(KpiSummary summary) => KpiMarkdown.File(summary);

    /// <summary>One flat table: a row per scope and figure, then a row per comparison with an objective.</summary>
    public static ReportFile Csv(KpiSummary summary) => KpiCsv.Summary(summary);

    /// <summary><c>ga_kpi_snapshots.csv</c>: a row per interval, scope and figure, written as the snapshots come.</summary>
    public static ReportFile Snapshots(IEnumerable<KpiSnapshot> snapshots) => KpiCsv.Snapshots(snapshots);

    /// <summary>Objectives, services, regions, infrastructure, incidents, alerts, gaps, maintenance and cost, as far as there are any.</summary>
    public static IReadOnlyList<ReportTable> Tables(KpiSummary summary) => KpiTables.All(summary);
}
