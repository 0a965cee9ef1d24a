using Tars.Observability.Stability;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;

namespace Tars.Reports.Stability;

/// <summary>A week as Markdown.</summary>
internal static class WeeklyMarkdown
{
    /// <summary><c>weekly_summary.md</c>.</summary>
    public static ReportFile File(StabilityReport report)
    {
        MarkdownText text = new();
        text.Heading(1, "Stability");
        text.Block(
            $"Recommendation: **{Words(report.Recommendation.Action)}**. Objectives: **{report.Week.Certification.Verdict.Name}**. "
            + $"Score {WeeklyTables.Score(report.Score)} of 100. {Display.Plural(report.DegradedDays, "degraded day")} of {report.Days.Count}.");
        text.Block($"{Display.Window(report.Window)}. {Baseline(report)}");
        text.Bullets(report.Recommendation.Rules.Select(rule => $"**{Words(rule.Action)}** ({rule.Rule}) {MarkdownText.Escape(rule.Reason)}"));
        foreach (ReportTable table in WeeklyTables.All(report))
        {
            text.Table(table);
        }

        text.Heading(2, "Why the objectives were judged so");
        KpiMarkdown.Reasons(text, report.Week.Certification);
        text.Block("The score is at least 90 exactly when every objective that could be judged was kept. A recommendation follows from fixed rules; a person decides.");
        KpiMarkdown.Method(text, report.Week);
        return text.File("weekly_summary.md");
    }

    private static string Words(StabilityAction action) => States.Words(action).ToUpperInvariant();

    private static string Baseline(StabilityReport report) => report.Baseline switch
    {
        null => "There is no baseline.",
        { Window: { } window } => $"The baseline is {Display.Window(window)}.",
        _ => "The baseline does not say which window it was measured over.",
    };
}
