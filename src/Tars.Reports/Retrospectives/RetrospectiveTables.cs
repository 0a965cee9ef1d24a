using Tars.Observability.Anomalies;
using Tars.Observability.Retrospectives;
using Tars.Reports.Budgets;
using Tars.Reports.Formats;
using Tars.Reports.Regressions;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Retrospectives;

/// <summary>A retrospective's findings as tables.</summary>
internal static class RetrospectiveTables
{
    /// <summary>What to do.</summary>
    public static ReportTable Recommendations(Retrospective retrospective) => new(
        "Recommendations",
        ["priority", "service", "what to do", "because", "findings"],
        [.. retrospective.Recommendations.Select(string[] (f) => [f.Priority, f.Service ?? Display.Nothing, f.Text, Short(f.Because, retrospective), string.Join(' ', f.Findings)])],
        "Nothing that was measured asks for action.");

    /// <summary>What users most likely noticed.</summary>
    public static ReportTable Incidents(Retrospective retrospective) => new(
        "Incidents",
        ["id", "severity", "service", "start (UTC)", Number("for"), "recovery", Number("failed"), Number("of requests"), "likely cause"],
        [
            .. retrospective.Incidents.Select(string[] (i) =>
            [
                i.Id, States.Words(i.Severity), i.Service.Length == 0 ? Display.Nothing : i.Service, Display.Time(i.Start), Display.Minutes(i.Minutes), RecoveryOf(i.Recovery),
                CountOf(i.Impact.Errors), CountOf(i.Impact.Requests), i.Causes.Statement,
            ]),
        ],
        "No incident in what was measured.");

    /// <summary>Harmful deviations.</summary>
    public static ReportTable Degradations(Retrospective retrospective) => new(
        "Degradations",
        ["id", "severity", "service", "figure", "kind", "start (UTC)", Number("for"), Number("peak"), Number("expected"), "recovery", "likely cause"],
        [
            .. retrospective.Degradations.Select(string[] (d) =>
            [
                d.Id, States.Words(d.Event.Severity), NameOf(d.Event), d.Event.Metric, States.Words(d.Event.Kind), Display.Time(d.Start), Display.Minutes(d.Minutes),
                d.Event.Peak is { } peak ? Display.Number(peak.Value, d.Event.Unit) : Display.Nothing,
                d.Event.Peak is { } expected ? Display.Number(expected.Expected, d.Event.Unit) : Display.Nothing, RecoveryOf(d.Recovery), d.Causes.Statement,
            ]),
        ],
        "No harmful deviation in what could be judged.");

    /// <summary>Changes for the worse that stayed.</summary>
    public static ReportTable Regressions(Retrospective retrospective)
    {
        ReportTable changes = RegressionTables.Changes("Regressions", retrospective.Regressions.Select(story => story.Comparison));
        return changes with
        {
            Columns = ["id", .. changes.Columns, "likely cause"],
            Rows = [.. changes.Rows.Zip(retrospective.Regressions, string[] (row, story) => [story.Id, .. row, story.Causes.Statement])],
            Empty = "No regression in what could be compared.",
        };
    }

    /// <summary>Error budgets.</summary>
    public static ReportTable Budgets(Retrospective retrospective)
    {
        ReportTable budgets = BudgetTables.Budgets(retrospective.Budgets.Select(story => story.Budget));
        return budgets with { Columns = ["id", .. budgets.Columns], Rows = [.. budgets.Rows.Zip(retrospective.Budgets, string[] (row, story) => [story.Id, .. row])] };
    }

    /// <summary>What was measured to be good.</summary>
    public static ReportTable WentWell(Retrospective retrospective) => new(
        "What went well",
        ["service", "figure", Number("value"), Number("target"), Number("coverage")],
        [
            .. retrospective.WentWell.Select(string[] (s) =>
            [
                s.Service ?? "all services", s.Metric, Display.Number(s.Value, s.Unit), s.Target is { } target ? Display.Number(target, s.Unit) : Display.Nothing,
                Display.Share(s.Coverage.Value),
            ]),
        ],
        "Nothing was measured well enough to be called good.");

    /// <summary>How well each indicator was measured.</summary>
    public static ReportTable Quality(Retrospective retrospective) => new(
        "Coverage of indicators",
        ["service", "indicator", Number("coverage"), "judged", "problem"],
        [
            .. retrospective.DataQuality.Indicators.OrderBy(i => i.Coverage).Select(string[] (i) =>
                [i.Service, i.Indicator, Display.Share(i.Coverage.Value), i.IsSufficient ? "yes" : "too little data", i.Problem ?? string.Empty]),
        ],
        "No indicator is configured.");

    /// <summary>A sentence without the period, which the reader knows: only that of other windows is worth saying.</summary>
    public static string Short(string text, Retrospective retrospective) => text.Replace($" in {retrospective.Window}", string.Empty, StringComparison.Ordinal);

    /// <summary>Whether something ended, in a word or two.</summary>
    public static string RecoveryOf(Recovery recovery) => recovery switch
    {
        Recovery.Recovered recovered => $"recovered {Display.Time(recovered.At)}",
        Recovery.NotRecovered => "not recovered",
        _ => "unknown",
    };

    /// <summary>Service and regions of an event.</summary>
    public static string NameOf(AnomalyEvent e) => e.Regions.Count == 0 ? e.Service : $"{e.Service} in {string.Join(", ", e.Regions)}";

    /// <summary>Failed of all requests, as far as both are known.</summary>
    public static string FailedOf(Impact impact) => (impact.Errors.Value, impact.Requests.Value) switch
    {
        ({ } errors, { } requests) => $"{Display.Number(Math.Round(errors), string.Empty)} of {Display.Number(Math.Round(requests), string.Empty)} requests",
        ({ } errors, null) => $"{Display.Number(Math.Round(errors), string.Empty)} requests, of how many is not known",
        _ => $"not known ({Display.Of(impact.Errors, string.Empty)})",
    };

    /// <summary>A count as people read it.</summary>
    public static string CountOf(Observability.TimeSeries.Figure figure) => Display.Of(figure.Select(Math.Round), string.Empty);
}
