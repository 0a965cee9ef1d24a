using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Kpis;

/// <summary>Key figures as Markdown: the verdict and its reasons first.</summary>
internal static class KpiMarkdown
{
    /// <summary><c>ga_kpi_summary.md</c>.</summary>
    public static ReportFile File(KpiSummary summary)
    {
        MarkdownText text = new();
        text.Heading(1, "KPI summary");
        text.Block($"**{summary.Certification.Verdict.Name}** for {Display.Window(summary.Window)}.");
        Reasons(text, summary.Certification);
        foreach (ReportTable table in KpiTables.All(summary))
        {
            text.Table(table);
        }

        Method(text, summary);
        return text.File("ga_kpi_summary.md");
    }

    /// <summary>Why the verdict is what it is: what failed and what is unknown, with the queries; what was kept in one sentence.</summary>
    public static void Reasons(MarkdownText text, Certification certification)
    {
        text.Bullets(
        [
            .. certification.Objectives.Where(result => result.Verdict is not Verdict.Pass).OrderBy(result => result.Verdict is Verdict.Fail ? 0 : 1)
                .Select(result => $"**{result.Verdict.Name}** {MarkdownText.Escape(result.Reason)}{Queries(result)}"),
            .. certification.MissingIndicators.Select(missing => $"**INCONCLUSIVE** {MarkdownText.Escape(missing.Text)}"),
            .. certification.Objectives.Count == 0 ? (string[])["**INCONCLUSIVE** no objective is configured"] : [],
            .. certification.Objectives.Count(result => result.Verdict is Verdict.Pass) is > 0 and var kept
                ? (string[])[$"**PASS** {kept} of {certification.Objectives.Count} comparisons with objectives were kept; the table below has each"] : [],
        ]);
    }

    /// <summary>How the figures came about: rules, warnings, queries.</summary>
    public static void Method(MarkdownText text, KpiSummary summary)
    {
        text.Heading(2, "How the figures were obtained");
        text.Bullets(
        [
            $"Method version {MarkdownText.Escape(summary.MethodVersion)}, steps of {Display.Duration(summary.Step)}. Figures here are rounded; the JSON file holds them unrounded.",
            "Coverage is the share of steps with real samples; a table row shows the lowest of its figures.",
            MarkdownText.Escape($"Down: {DowntimeRules.Text["down: ".Length..]}."),
            .. summary.IncreasesPushedDown ? (string[])["Some increases were computed by the backend, because there were too many series to read one by one."] : [],
            .. summary.Warnings.Select(warning => $"The backend warned: {MarkdownText.Escape(warning)}"),
        ]);
        QueryList(text, summary);
    }

    private static void QueryList(MarkdownText text, KpiSummary summary)
    {
        string[] queries =
        [
            .. summary.Services.Concat(summary.Infrastructure).SelectMany(scope => scope.Figures.Concat(scope.Others)).SelectMany(figure => figure.Queries)
                .Distinct(StringComparer.Ordinal),
        ];
        if (queries.Length > 0)
        {
            text.Block("Queries:");
            text.Bullets(queries.Select(MarkdownText.Code));
        }
    }

    private static string Queries(ObjectiveResult result) =>
        string.Concat(result.Queries.Select(query => $"\n  - {MarkdownText.Code(query)}"));
}
