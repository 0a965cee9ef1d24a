using Tars.Observability.Retrospectives;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using Tars.Reports.Regressions;
using Tars.Reports.Stability;

namespace Tars.Reports.Retrospectives;

/// <summary>A retrospective as Markdown.</summary>
internal static class RetrospectiveMarkdown
{
    /// <summary><c>GA_7DAY_RETROSPECTIVE.md</c>.</summary>
    public static ReportFile File(Retrospective retro)
    {
        MarkdownText text = new();
        text.Heading(1, "Retrospective");
        text.Block($"**{StatusOf(retro.Summary.Status)}**. Objectives: **{retro.Summary.Verdict.Name}**. {Display.Window(retro.Window)}.");
        text.Bullets(retro.Summary.Sentences.Select(MarkdownText.Escape));
        text.Table(RetrospectiveTables.Recommendations(retro));
        text.Table(RetrospectiveTables.Incidents(retro));
        foreach (IncidentStory incident in retro.Incidents)
        {
            Story(text, incident);
        }

        text.Table(RetrospectiveTables.Degradations(retro));
        text.Table(RetrospectiveTables.Regressions(retro));
        text.Table(RegressionTables.Changes("Improvements", retro.Improvements));
        text.Table(RetrospectiveTables.Budgets(retro));
        text.Heading(2, "What went well");
        text.Bullets(retro.WentWell.Select(success => MarkdownText.Escape(RetrospectiveTables.Short(success.Text, retro))).DefaultIfEmpty(RetrospectiveTables.WentWell(retro).Empty));
        text.Table(WeeklyTables.Days(retro.Stability));
        text.Table(KpiTables.Scopes("Services", "service", [retro.Kpis.Overall, .. retro.Kpis.Services]));
        if (retro.Maintenance.Count > 0)
        {
            text.Table(KpiTables.Maintenance(retro.Maintenance));
        }

        if (retro.Cost is { } cost)
        {
            text.Table(KpiTables.Cost(cost));
        }

        Quality(text, retro);
        text.Heading(2, "Why the objectives were judged so");
        KpiMarkdown.Reasons(text, retro.Kpis.Certification);
        KpiMarkdown.Method(text, retro.Kpis);
        return text.File(RetrospectiveReport.Name + ".md");
    }

    /// <summary>The status in capitals.</summary>
    public static string StatusOf(RetrospectiveStatus status) => States.Words(status).ToUpperInvariant();

    private static void Story(MarkdownText text, IncidentStory incident)
    {
        text.Heading(3, $"{incident.Id}: {(incident.Service.Length == 0 ? "no service named" : incident.Service)}, {Display.Time(incident.Start)} UTC, {Display.Minutes(incident.Minutes)}");
        text.Bullets(StoryLines(incident).Select(MarkdownText.Escape));
    }

    /// <summary>What is known about an incident, in sentences.</summary>
    public static IEnumerable<string> StoryLines(IncidentStory incident) =>
    [
        $"Recovery: {incident.Recovery.Text}.",
        $"Failed in the span: {RetrospectiveTables.FailedOf(incident.Impact)}"
            + (incident.Impact.ErrorsExpected.Value is null ? "." : $"; {RetrospectiveTables.CountOf(incident.Impact.ErrorsExpected)} failures were to be expected in as many requests."),
        .. incident.Impact.Budgets.Select(budget =>
            $"Budget of {budget.Objective}: {Display.Of(budget.ShareOfPeriodBudget, "ratio")} of what the period allows, {Display.Of(budget.BudgetMinutes, "min")} of complete failure."),
        .. incident.Alerts.Select(alert => $"Alert {alert.Name} from {Display.Time(alert.Start)} UTC, {Display.Minutes(alert.Minutes)}."),
        $"Cause: {incident.Causes.Statement}.",
        .. incident.Causes.Candidates.Take(3).Select(cause =>
            $"Candidate ({Display.Number(cause.Score, string.Empty)} points): {cause.Description}. {string.Join("; ", cause.Evidence.Select(e => e.Text))}."),
    ];

    private static void Quality(MarkdownText text, Retrospective retro)
    {
        DataQuality quality = retro.DataQuality;
        text.Table(RetrospectiveTables.Quality(retro));
        if (quality.Gaps.Count > 0)
        {
            text.Table(KpiTables.Gaps(quality.Gaps.Select(gap => gap.Gap)), 3);
        }

        text.Bullets(QualityLines(quality).Select(MarkdownText.Escape));
    }

    /// <summary>What a reader must know about the data, in sentences.</summary>
    public static IEnumerable<string> QualityLines(DataQuality quality) =>
    [
        .. quality.Notes,
        .. quality.FailedQueries.Select(query => $"Query failed ({query.Service} {query.Indicator}): {States.ReasonOf(query.State)}"),
        .. quality.EmptyQueries.Select(query => $"Query brought nothing ({query.Service} {query.Indicator}): {States.ReasonOf(query.State)}"),
        .. quality.Warnings.Select(warning => $"The backend warned: {warning}"),
        .. quality.NotJudged.Select(text => $"Not judged for anomalies: {text}"),
        .. quality.NotCompared.Select(text => $"Not compared: {text}"),
    ];
}
