using System.Globalization;
using Tars.Observability.Captures;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Reports.Anomalies;
using Tars.Reports.Retrospectives;
using Tars.Simulation.Fleets;
using static System.FormattableString;

namespace Tars.Cli.Commands.Demo;

/// <summary>What the demo says on standard output: nothing that differs between two runs of one seed.</summary>
/// <param name="output">Standard output.</param>
/// <param name="folder">Where everything is.</param>
internal sealed class DemoTale(TextWriter output, DemoFolder folder)
{
    public void Captured(SimulatedFleet fleet, CaptureManifest manifest, TimeWindow window)
    {
        output.WriteLine(Invariant($"A shop of {fleet.Services.Count} services in {fleet.Regions.Count} regions, simulated with seed {fleet.Seed}: nothing below is real."));
        output.WriteLine(Invariant($"Captured {Day(window.From)} to {Day(window.To)} over HTTP: {manifest.Queries.Count} queries, {manifest.Queries.Sum(query => query.SeriesCount)} series, {manifest.Queries.Sum(query => query.PointCount):#,0} points."));
    }

    public void Found(DemoAnalyses found)
    {
        KpiSummary week = found.Week;
        output.WriteLine(Invariant($"Judged {Day(week.Window.From)} to {Day(week.Window.To)}, with the week before as history."));
        output.WriteLine();
        Judgement(week);
        output.WriteLine();
        Table("Unusual", AnomalyEventsReport.Tables(found.Anomalies)[0]);
        output.WriteLine();
        Changes(found.Changes);
    }

    public void Next()
    {
        string capture = $"--config {folder.Configuration} --capture {folder.Capture}";
        output.WriteLine();
        output.WriteLine($"Reports  {Path.Combine(folder.Path, "reports")}");
        output.WriteLine($"Open     {Path.Combine(folder.Path, "reports", RetrospectiveReport.Name)}.html");
        output.WriteLine($"Planted  {folder.Planted} says what was to be found");
        output.WriteLine($"Next     tars daily {capture} --date 2026-01-17");
        output.WriteLine($"         tars kpi {capture} --from 2026-01-12 --services checkout,search");
        output.WriteLine("         tars discover --prometheus-url http://localhost:9090 --output tars.yaml");
    }

    private void Judgement(KpiSummary week)
    {
        Certification certification = week.Certification;
        int kept = certification.Objectives.Count(result => result.Verdict is Verdict.Pass);
        output.WriteLine(Invariant($"{certification.Verdict.Name}: {kept} of {certification.Objectives.Count} objectives kept, {week.Overall.Find(KpiNames.TotalRequests)?.Value:#,0} requests, {week.Overall.Find(KpiNames.TotalErrors)?.Value:#,0} of them failed"));
        foreach (ObjectiveResult result in certification.Objectives.Where(result => result.Verdict is not Verdict.Pass))
        {
            output.WriteLine($"  {result.Reason.Replace($" in {week.Window}", string.Empty, StringComparison.Ordinal)}");
        }
    }

    private void Table(string title, ReportTable table)
    {
        string[] shown = ["severity", "start (UTC)", "for", "service", "figure", "kind", "peak", "expected"];
        int[] columns = [.. shown.Select(header => table.Columns.ToList().FindIndex(column => column.Header == header)).Where(i => i >= 0)];
        ReportTable narrow = new(
            title, [.. columns.Select(i => table.Columns[i])], [.. table.Rows.Select(string[] (row) => [.. columns.Select(i => row[i])])], table.Empty);
        output.WriteLine(narrow.Rows.Count == 0 ? $"{title}: {table.Empty}" : title);
        foreach (string line in CommandLine.TextTable.Lines(narrow, 0))
        {
            output.WriteLine("  " + line);
        }
    }

    private void Changes(RegressionReport changes)
    {
        output.WriteLine(Invariant($"Changed with {changes.Deployments.Count} deployments"));
        foreach (DeploymentComparison deployment in changes.Deployments)
        {
            MetricComparison[] sure = [.. deployment.Metrics.Where(metric => metric.Region is null && metric.Outcome is ComparisonOutcome.Regression or ComparisonOutcome.Improvement)];
            string what = sure.Length == 0 ? "no relevant change" : string.Join(", ", sure.Select(metric =>
                Invariant($"{metric.Metric} {metric.RelativeChange * 100:+0;-0} % ({metric.RelativeLow * 100:+0;-0} to {metric.RelativeHigh * 100:+0;-0})")));
            output.WriteLine(Invariant($"  {deployment.Deployment.Time:yyyy-MM-dd HH:mm}  {deployment.Deployment.Service} {deployment.Deployment.Version}: {what}"));
        }
    }

    private static string Day(DateTimeOffset instant) => instant.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
