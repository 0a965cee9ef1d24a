using Tars.Observability.Health;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using Tars.Reports.Stability;

namespace Tars.Reports.Health;

/// <summary>A day's health as Markdown.</summary>
internal static class HealthMarkdown
{
    /// <summary><c>day_NN_HEALTH.md</c>.</summary>
    public static ReportFile File(string name, DailyHealth health)
    {
        MarkdownText text = new();
        text.Heading(1, $"Health on {Display.Date(health.Date)}");
        text.Block(
            $"**{States.Words(health.Status).ToUpperInvariant()}**, score {WeeklyTables.Score(health.Score)} of 100. "
            + $"{Display.Window(health.Window)}{(health.IsWhole ? string.Empty : ", a part of the day")}.");
        KpiMarkdown.Reasons(text, health.Kpis.Certification);
        foreach (ReportTable table in HealthTables.All(health))
        {
            text.Table(table);
        }

        if (health.Hints.Count > 0)
        {
            text.Heading(2, "What may help");
            text.Block("Hints by fixed rules, not something that was found out.");
            text.Bullets(health.Hints.Select(hint =>
                $"**{hint.Priority}** {MarkdownText.Escape(hint.Basis)}{string.Concat(hint.Steps.Select(step => $"\n  - {MarkdownText.Escape(step)}"))}"));
        }

        KpiMarkdown.Method(text, health.Kpis);
        return text.File(name);
    }
}
