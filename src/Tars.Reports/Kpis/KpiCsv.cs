using System.Globalization;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Kpis;

/// <summary>Key figures as rows.</summary>
internal static class KpiCsv
{
    private static readonly string[] Columns = ["from", "to", "scope", "service", "region", "metric", "unit", .. CsvText.FigureColumns];

    /// <summary>Every figure, then every comparison with an objective.</summary>
    public static ReportFile Summary(KpiSummary summary)
    {
        CsvText csv = new([.. Columns, "threshold", "verdict"]);
        foreach ((string scope, KpiScope figures) in Scopes(summary.Overall, summary.Services, summary.Regions, summary.ServiceRegions, summary.Infrastructure))
        {
            foreach (KpiFigure figure in figures.Figures.Concat(figures.Others))
            {
                csv.Row([.. Cells(summary.Window, scope, figures, figure), string.Empty, string.Empty]);
            }
        }

        foreach (ObjectiveResult result in summary.Certification.Objectives)
        {
            csv.Row(
            [
                CsvText.Cell(result.Window.From), CsvText.Cell(result.Window.To), "objective", CsvText.Cell(result.Service), string.Empty,
                CsvText.Cell($"{result.Objective}: {result.What}"), CsvText.Cell(result.Unit), .. CsvText.Cells(result.Value),
                CsvText.Cell(result.Threshold), result.Verdict.Name,
            ]);
        }

        return csv.File("ga_kpi_summary.csv");
    }

    /// <summary>The same per interval.</summary>
    public static ReportFile Snapshots(IEnumerable<KpiSnapshot> snapshots)
    {
        CsvText csv = new(["snapshot", .. Columns]);
        foreach (KpiSnapshot snapshot in snapshots)
        {
            string number = snapshot.Number.ToString(CultureInfo.InvariantCulture);
            foreach ((string scope, KpiScope figures) in Scopes(snapshot.Overall, snapshot.Services, snapshot.Regions, [], snapshot.Infrastructure))
            {
                foreach (KpiFigure figure in figures.Figures.Concat(figures.Others))
                {
                    csv.Row([number, .. Cells(snapshot.Window, scope, figures, figure)]);
                }
            }
        }

        return csv.File("ga_kpi_snapshots.csv");
    }

    private static IEnumerable<(string Name, KpiScope Scope)> Scopes(
        KpiScope overall, IEnumerable<KpiScope> services, IEnumerable<KpiScope> regions, IEnumerable<KpiScope> serviceRegions, IEnumerable<KpiScope> infrastructure) =>
    [
        ("overall", overall),
        .. services.Select(scope => ("service", scope)),
        .. regions.Select(scope => ("region", scope)),
        .. serviceRegions.Select(scope => ("service_region", scope)),
        .. infrastructure.Select(scope => ("infrastructure", scope)),
    ];

    private static string[] Cells(TimeWindow window, string scope, KpiScope figures, KpiFigure figure) =>
    [
        CsvText.Cell(window.From), CsvText.Cell(window.To), scope, CsvText.Cell(figures.Service), CsvText.Cell(figures.Region),
        CsvText.Cell(figure.Name), CsvText.Cell(figure.Unit), .. CsvText.Cells(figure.Figure),
    ];
}
