using Tars.Observability.Anomalies;
using Tars.Observability.Regressions;
using Tars.Observability.Retrospectives;
using Tars.Reports.Formats;
using Tars.Reports.Pages;
using Tars.Reports.Regressions;

namespace Tars.Reports.Retrospectives;

/// <summary>Findings told one by one on a page.</summary>
internal static class RetrospectiveStories
{
    private const int Most = 40;

    /// <summary>Incidents.</summary>
    public static Html Incidents(Retrospective retro) => Stories(retro.Incidents, RetrospectiveTables.Incidents(retro).Empty, incident => Html.Of(
        $"""
        <article class="story {(incident.Severity >= AnomalySeverity.High ? "bad" : "warn")}">
        <h3>{HtmlTable.Badge(States.Words(incident.Severity))} {(incident.Service.Length == 0 ? "no service named" : incident.Service)} <span class="note">{incident.Id}</span></h3>
        {Facts(
            ("from", Display.Time(incident.Start) + " UTC"), ("for", Display.Minutes(incident.Minutes)), ("recovery", RetrospectiveTables.RecoveryOf(incident.Recovery)),
            ("failed", RetrospectiveTables.FailedOf(incident.Impact)))}
        <p>{Capital(incident.Causes.Statement)}.</p>
        {PageFrame.Details("Evidence and impact", PageFrame.List(RetrospectiveMarkdown.StoryLines(incident)))}
        </article>

        """));

    /// <summary>Degradations in a table; what is known about their causes on demand.</summary>
    public static Html Degradations(Retrospective retro) => Html.Of(
        $"""
        {HtmlTable.Of(RetrospectiveTables.Degradations(retro).Without("likely cause"))}
        {Html.When(retro.Degradations.Count > 0, () => PageFrame.Details("Likely causes", PageFrame.List(
            retro.Degradations.Take(HtmlTable.MostRows).Select(d => $"{d.Id} {RetrospectiveTables.NameOf(d.Event)} {d.Event.Metric}: {d.Causes.Statement}"))))}
        <p class="note">A degradation is a harmful deviation that lasted. "Recovered" needs at least {Recovery.Recovered.RequiredSteps} measured steps within the expected range.</p>
        """);

    /// <summary>Regressions.</summary>
    public static Html Regressions(Retrospective retro) => Stories(retro.Regressions, RetrospectiveTables.Regressions(retro).Empty, story => Html.Of(
        $"""
        <article class="story {(story.Comparison.Severity >= RegressionSeverity.High ? "bad" : "warn")}">
        <h3>{HtmlTable.Badge(story.Comparison.Severity is { } severity ? States.Words(severity) : "regression")} {story.Comparison.Service} {story.Comparison.Metric} {RegressionTables.ChangeOf(story.Comparison)} <span class="note">{story.Id}</span></h3>
        {Facts(
            ("after", story.Comparison.Deployment is { } deployment ? $"{deployment.Version} at {Display.Time(deployment.Time)} UTC" : "the period before"),
            ("before", Value(story.Comparison.BeforeValue, story.Comparison.Unit)), ("now", Value(story.Comparison.AfterValue, story.Comparison.Unit)),
            ("interval", RegressionTables.IntervalOf(story.Comparison)), ("adjusted p", Display.Probability(story.Comparison.AdjustedPValue)))}
        <p>{Capital(story.Causes.Statement)}.</p>
        {Html.When(story.Causes.Candidates.Count > 0, () => PageFrame.Details("Evidence", PageFrame.List(
            story.Causes.Candidates.Take(3).Select(cause => $"{cause.Description} ({Display.Number(cause.Score, string.Empty)} points): {string.Join("; ", cause.Evidence.Select(e => e.Text))}"))))}
        </article>

        """));

    private static Html Stories<T>(IReadOnlyList<T> stories, string empty, Func<T, Html> tell) => stories.Count == 0
        ? Html.Of($"<p class=\"empty\">{empty}</p>\n")
        : Html.Of($"{Html.Each(stories.Take(Most), tell)}{Html.When(stories.Count > Most, () => Html.Of($"<p class=\"empty\">{stories.Count - Most} more are in the JSON file.</p>"))}");

    private static Html Facts(params (string Name, string Value)[] facts) =>
        Html.Of($"<dl class=\"facts\">{Html.Each(facts, fact => Html.Of($"<div><dt>{fact.Name}</dt><dd>{fact.Value}</dd></div>"))}</dl>");

    private static string Value(double? value, string unit) => value is { } number ? Display.Number(number, unit) : Display.Nothing;

    internal static string Capital(string sentence) => sentence.Length == 0 ? sentence : char.ToUpperInvariant(sentence[0]) + sentence[1..];
}
