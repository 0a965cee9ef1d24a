using Tars.Observability.Anomalies;
using Tars.Reports.Formats;

namespace Tars.Reports.Anomalies;

/// <summary>Anomaly events as Markdown.</summary>
internal static class AnomalyMarkdown
{
    /// <summary><c>anomaly_events.md</c>.</summary>
    public static ReportFile File(AnomalyReport report)
    {
        MarkdownText text = new();
        text.Heading(1, "Anomalies");
        int harmful = report.Events.Count(e => e.IsHarmful && !e.InMaintenance);
        int unjudged = report.Courses.Count(course => course.NotJudged is not null);
        text.Block(
            $"**{Display.Plural(report.Events.Count, "event")}**, {harmful} in a direction that hurts, in {Display.Window(report.Window)}. "
            + $"{report.Courses.Count - unjudged} of {report.Courses.Count} figures could be judged.");
        foreach (ReportTable table in AnomalyEventsReport.Tables(report))
        {
            text.Table(table);
        }

        Details(text, report.Events);
        text.Heading(2, "How events were found");
        text.Bullets(
            $"Baselines rest on data from {Display.Time(report.HistoryFrom)} UTC; steps of {Display.Duration(report.Step)}; method {MarkdownText.Escape(States.Words(report.Options.Method))}.",
            "Confidence is one minus the false discovery rate at which the event would just be reported: how surely it is no chance, not how much it matters.",
            "Events at the same time are listed side by side. Overlap is no cause.");
        return text.File("anomaly_events.md");
    }

    /// <summary>Each event of at least medium severity, with what moved together and what to look at.</summary>
    private static void Details(MarkdownText text, IEnumerable<AnomalyEvent> events)
    {
        AnomalyEvent[] grave = [.. events.Where(e => e.Severity >= AnomalySeverity.Medium).OrderByDescending(e => e.Severity).ThenBy(e => e.Start)];
        if (grave.Length == 0)
        {
            return;
        }

        text.Heading(2, "Details");
        foreach (AnomalyEvent e in grave)
        {
            text.Heading(3, $"{e.Service} {e.Metric}: {States.Words(e.Kind)} from {Display.Time(e.Start)} UTC");
            text.Bullets(
            [
                e.Peak is { } peak
                    ? MarkdownText.Escape(
                        $"Peak {Display.Number(peak.Value, e.Unit)} at {Display.Time(peak.Time)} where {Display.Number(peak.Expected, e.Unit)} was expected{(peak.RelativeDeviation is { } relative ? $" ({Display.Change(relative)})" : string.Empty)}.")
                    : "Nothing was measured.",
                .. e.RelatedMetrics.Count > 0 ? (string[])[$"Also in {MarkdownText.Escape(string.Join(", ", e.RelatedMetrics))}."] : [],
                .. e.ConcurrentWith.Count > 0
                    ? (string[])[$"At the same time: {MarkdownText.Escape(string.Join("; ", e.ConcurrentWith.Select(other => $"{other.Service} {other.Metric} ({States.Words(other.Kind)})")))}."] : [],
                .. e.Suggestions.Select(suggestion => $"Suggestion, not a finding: {MarkdownText.Escape(suggestion)}"),
                MarkdownText.Escape($"Method: {e.Method}."),
            ]);
        }
    }
}
