using Tars.Observability.Regressions;
using Tars.Reports.Formats;

namespace Tars.Reports.Regressions;

/// <summary>Comparisons as Markdown.</summary>
internal static class RegressionMarkdown
{
    /// <summary><c>regression_summary.md</c>.</summary>
    public static ReportFile File(RegressionReport report)
    {
        MarkdownText text = new();
        text.Heading(1, "Regressions");
        text.Block($"**{States.Words(report.Assessment.Overall).ToUpperInvariant()}** in {Display.Window(report.Window)}: {MarkdownText.Escape(report.Assessment.Reason)}");
        text.Bullets(
        [
            .. report.Assessment.Rules.Select(rule => MarkdownText.Escape(
                $"Rolling back {rule.Deployment.Service} {rule.Deployment.Version} is recommended: {rule.Rule} ({string.Join("; ", rule.Evidence.Select(c => $"{c.Metric} {RegressionTables.ChangeOf(c)}"))})")),
            report.Baseline is { } baseline ? $"Compared with {Display.Window(baseline)}."
                : report.BaselineReason is { } reason ? $"Periods were not compared: {MarkdownText.Escape(reason)}" : "Only deployments were compared.",
        ]);
        foreach (ReportTable table in RegressionTables.All(report))
        {
            text.Table(table);
        }

        Excluded(text, report);
        text.Heading(2, "How was compared");
        RegressionOptions options = report.Options;
        text.Bullets(
            $"Blocks of {Display.Duration(options.Block)}, at most {Display.Duration(options.LongestSide)} and at least {Display.Duration(options.ShortestSide)} on either side, "
            + $"{Display.Duration(options.RollOut)} after a deployment left out; intervals of {Display.Number(options.ConfidenceLevel, "ratio")}.",
            $"{Display.Plural(report.TestCount, "test")}; at a false discovery rate of {Display.Number(options.FalseDiscoveryRate, "ratio")} (Benjamini–Hochberg). "
            + "A change counts only when it is both sure and larger than the minimum effect of its figure.",
            "A change at the time of a deployment is an association, not proof of a cause.");
        return text.File("regression_summary.md");
    }

    private static void Excluded(MarkdownText text, RegressionReport report)
    {
        ExcludedTime[] times = [.. report.Deployments.SelectMany(deployment => deployment.Excluded).Concat(report.PeriodExclusions).Distinct()];
        if (times.Length > 0)
        {
            text.Table(new ReportTable(
                "Left out of comparisons",
                ["service", "start (UTC)", "end (UTC)", "why"],
                [.. times.Select(string[] (time) => [time.Service ?? "all", Display.Time(time.Window.From), Display.Time(time.Window.To), time.Reason])],
                string.Empty));
        }
    }
}
