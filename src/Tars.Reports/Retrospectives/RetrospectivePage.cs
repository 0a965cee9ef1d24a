using System.Globalization;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using Tars.Reports.Pages;
using Tars.Reports.Regressions;

namespace Tars.Reports.Retrospectives;

/// <summary>A retrospective as a page.</summary>
internal static class RetrospectivePage
{
    private const int FirstSuccesses = 12;

    /// <summary><c>GA_7DAY_RETROSPECTIVE.html</c>.</summary>
    public static ReportFile File(Retrospective retro, SeriesSet set)
    {
        RetrospectiveFigures figures = new(retro, set);
        (string Id, string Title, Html Content)[] sections =
        [
            ("timeline", "The period at a glance", figures.Timeline()),
            ("recommendations", "What to do", Recommendations(retro)),
            ("incidents", "Incidents", RetrospectiveStories.Incidents(retro)),
            ("degradations", "Degradations", RetrospectiveStories.Degradations(retro)),
            ("changes", "What changed", Changes(retro)),
            ("budgets", "Error budgets", Html.Of($"{figures.BurnDowns()}{HtmlTable.Of(RetrospectiveTables.Budgets(retro))}")),
            ("well", "What went well", WentWell(retro)),
            ("days", "Day by day", figures.Days()),
            ("services", "Services", figures.Services()),
            ("quality", "Data quality", Quality(retro)),
            ("method", "How the figures were obtained", Method(retro)),
        ];
        Html body = Html.Of(
            $"""
            <header>
            <p class="eyebrow">T.A.R.S. retrospective</p>
            <h1>{TitleOf(retro)}</h1>
            <p class="period">{Display.Window(retro.Window)}, measured in steps of {Display.Duration(retro.Step)}</p>
            {Banner(retro)}{Tiles(retro)}
            <nav aria-label="Sections"><ul>{Html.Each(sections, section => Html.Of($"<li><a href=\"#{section.Id}\">{section.Title}</a></li>"))}</ul></nav>
            </header>
            <main>
            {Html.Each(sections, section => PageFrame.Section(section.Id, section.Title, section.Content))}
            </main>
            <footer>
            <p>Figures on this page are rounded; {RetrospectiveReport.Name}.json holds them unrounded, each with its state, coverage and query. Method version {retro.MethodVersion}. This page states only what was measured: where there are no data it says so.</p>
            </footer>
            """);
        return PageFrame.File(RetrospectiveReport.Name + ".html", $"Retrospective {Display.Window(retro.Window)}", body);
    }

    private static string TitleOf(Retrospective retro) => retro.Stability.Days switch
    {
        [] => Display.Window(retro.Window),
        [var day] => Display.LongDate(day.Date),
        [var first, .., var last] when first.Date.Year == last.Date.Year && first.Date.Month == last.Date.Month =>
            string.Create(CultureInfo.InvariantCulture, $"{first.Date.Day} to {Display.LongDate(last.Date)}"),
        [var first, .., var last] => $"{Display.LongDate(first.Date)} to {Display.LongDate(last.Date)}",
    };

    private static Html Banner(Retrospective retro)
    {
        string tone = retro.Summary.Status switch
        {
            RetrospectiveStatus.Good => "good",
            RetrospectiveStatus.NeedsAttention => "warn",
            RetrospectiveStatus.Critical => "bad",
            _ => "unknown",
        };
        string word = States.Words(retro.Summary.Status);
        return Html.Of(
            $"""
            <div class="banner {tone}">
            <p class="word">{char.ToUpperInvariant(word[0]) + word[1..]} <small>Objectives: {retro.Summary.Verdict.Name}</small></p>
            {PageFrame.List(retro.Summary.Sentences)}
            </div>

            """);
    }

    private static Html Tiles(Retrospective retro)
    {
        RetrospectiveSummary summary = retro.Summary;
        (string Name, string Value, string Aside)[] tiles =
        [
            ("Availability", Display.Of(summary.Availability, "%"), Before(retro, KpiNames.Availability)),
            ("Requests", Display.Of(summary.Requests.Select(Math.Round), string.Empty), Before(retro, KpiNames.TotalRequests)),
            ("Failed requests", Display.Of(summary.Errors.Select(Math.Round), string.Empty), Before(retro, KpiNames.TotalErrors)),
            ("p99 latency", Overall(retro, KpiNames.P99Latency), Before(retro, KpiNames.P99Latency)),
            ("Downtime", Minutes(summary.DowntimeMinutes), "time in which a service was down"),
            ("Not measured", Minutes(summary.UnmeasuredMinutes), "neither up nor down"),
            ("Incidents", Display.Number(summary.IncidentCount, string.Empty), summary.OpenCount == 0 ? "none open at the end" : $"{Display.Plural(summary.OpenCount, "finding")} without recovery"),
            ("Regressions", Display.Number(summary.RegressionCount, string.Empty), $"after {Display.Plural(summary.DeploymentCount, "deployment")}"),
        ];
        return Html.Of(
            $"""
            <dl class="tiles">{Html.Each(tiles, tile => Html.Of($"<div><dt>{tile.Name}</dt><dd class=\"value\">{tile.Value}</dd><dd class=\"aside\">{tile.Aside}</dd></div>\n"))}</dl>

            """);
    }

    private static string Minutes(Figure figure) => figure.Value is { } minutes ? Display.Minutes(minutes) : Display.Of(figure, "min");

    private static string Overall(Retrospective retro, string name) => retro.Kpis.Overall.Find(name) is { } figure ? Rounded(figure) : Display.Nothing;

    private static string Before(Retrospective retro, string name) =>
        retro.PreviousKpis?.Overall.Find(name) is { Value: not null } figure ? $"before: {Rounded(figure)}" : "period before: not measured";

    private static string Rounded(KpiFigure figure) => Display.Of(figure.Unit.Length == 0 ? figure.Figure.Select(Math.Round) : figure.Figure, figure.Unit);

    private static Html Recommendations(Retrospective retro) => retro.Recommendations.Count == 0
        ? Html.Of($"<p class=\"empty\">{RetrospectiveTables.Recommendations(retro).Empty}</p>")
        : Html.Of(
            $"""
            <ol class="actions">{Html.Each(retro.Recommendations, action => Html.Of($"<li><span>{HtmlTable.Badge(action.Priority)}</span><div><strong>{RetrospectiveStories.Capital(action.Text)}</strong><p>{RetrospectiveTables.Short(action.Because, retro)} <span class=\"note\">({string.Join(", ", action.Findings)})</span></p></div></li>\n"))}</ol>
            """);

    private static Html WentWell(Retrospective retro)
    {
        string[] texts = [.. retro.WentWell.Select(success => RetrospectiveTables.Short(success.Text, retro)).DefaultIfEmpty(RetrospectiveTables.WentWell(retro).Empty)];
        return Html.Of(
            $"""{PageFrame.List(texts.Take(FirstSuccesses))}{Html.When(texts.Length > FirstSuccesses, () => PageFrame.Details(Display.Number(texts.Length - FirstSuccesses, string.Empty) + " more", PageFrame.List(texts.Skip(FirstSuccesses))))}""");
    }

    private static Html Changes(Retrospective retro) => Html.Of(
        $"""
        {RetrospectiveStories.Regressions(retro)}
        <h3>Improvements</h3>
        {HtmlTable.Of(RegressionTables.Changes("Improvements", retro.Improvements))}
        <h3>Deployments</h3>
        {HtmlTable.Of(RegressionTables.Deployments(retro.Changes))}
        <p class="note">A change at the time of a deployment is an association, not proof of a cause.</p>
        """);

    private static Html Quality(Retrospective retro) => Html.Of(
        $"""
        {HtmlTable.Of(RetrospectiveTables.Quality(retro))}
        {Html.When(retro.DataQuality.Gaps.Count > 0, () => Html.Of($"<h3>Missing data</h3>{HtmlTable.Of(KpiTables.Gaps(retro.DataQuality.Gaps.Select(gap => gap.Gap)))}"))}
        {Html.When(retro.Maintenance.Count > 0, () => Html.Of($"<h3>Announced maintenance</h3>{HtmlTable.Of(KpiTables.Maintenance(retro.Maintenance))}"))}
        {PageFrame.List(RetrospectiveMarkdown.QualityLines(retro.DataQuality).Take(HtmlTable.MostRows))}
        """);

    private static Html Method(Retrospective retro) => Html.Of(
        $"""
        {PageFrame.List([
            $"Down: {DowntimeRules.Text["down: ".Length..]}.",
            "Coverage is the share of steps with real samples. Below the configured minimum a verdict is inconclusive.",
            "Percentiles come from merged histograms, ratios are ratios of sums. The formulas are in docs/math.md.",
            $"Baselines of anomalies rest on data from {Display.Time(retro.HistoryFrom)} UTC.",
            .. retro.DataQuality.IncreasesPushedDown ? (string[])["Some increases were computed by the backend, because there were too many series to read one by one."] : [],
        ])}
        {Html.When(retro.Cost is not null, () => Html.Of($"<h3>Cost by configured prices</h3>{HtmlTable.Of(KpiTables.Cost(retro.Cost!))}"))}
        {PageFrame.Details("Why the objectives were judged so", Html.Of($"{HtmlTable.Of(KpiTables.Objectives(retro.Kpis.Certification.Objectives))}{PageFrame.List(retro.Kpis.Certification.Reasons)}"))}
        {PageFrame.Details($"Queries behind the figures ({Display.Plural(retro.Origins.Count, "indicator")})", Origins(retro))}
        """);

    private static Html Origins(Retrospective retro) => Html.Each(retro.Origins.Take(HtmlTable.MostRows), origin => Html.Of(
        $"""
        <h3>{origin.Service} {origin.Indicator}</h3>
        <p class="note">{string.Join(", ", origin.Figures)}. {origin.Method} Coverage {Display.Share(origin.Coverage.Value)}.</p>
        <ul>{Html.Each(origin.Queries, query => Html.Of($"<li><code>{query}</code></li>"))}</ul>

        """));
}
