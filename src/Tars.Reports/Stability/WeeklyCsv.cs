using Tars.Observability.Kpis;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Stability;

/// <summary>A week as rows.</summary>
internal static class WeeklyCsv
{
    /// <summary>Figures of each day, drift, trends.</summary>
    public static ReportFile File(StabilityReport report)
    {
        CsvText csv = new(["kind", "from", "to", "service", "metric", "unit", .. CsvText.FigureColumns, "judgement"]);
        foreach (DaySummary day in report.Days)
        {
            string verdict = day.Kpis.Certification.Verdict.Name;
            Row("day", day.Kpis.Window, null, "stability_score", "points", day.Score, verdict);
            foreach (KpiScope scope in day.Kpis.Services.Prepend(day.Kpis.Overall))
            {
                foreach (KpiFigure figure in scope.Figures.Concat(scope.Others))
                {
                    Row("day", day.Kpis.Window, scope.Service, figure.Name, figure.Unit, figure.Figure, string.Empty);
                }
            }
        }

        foreach (Drift drift in report.Drift)
        {
            Row("drift", report.Window, drift.Service, drift.Metric, $"% of {drift.Basis}", drift.Change, States.Of(drift.Effect));
        }

        foreach (DailyTrend trend in report.Trends)
        {
            Row("trend", report.Window, trend.Service, trend.Metric, $"{trend.Unit} per day", trend.SlopePerDay, States.Of(trend.Direction));
        }

        return csv.File("weekly_summary.csv");

        void Row(string kind, TimeWindow window, string? service, string metric, string unit, Figure figure, string judgement) => csv.Row(
        [
            kind, CsvText.Cell(window.From), CsvText.Cell(window.To), CsvText.Cell(service), CsvText.Cell(metric), CsvText.Cell(unit), .. CsvText.Cells(figure), judgement,
        ]);
    }
}
