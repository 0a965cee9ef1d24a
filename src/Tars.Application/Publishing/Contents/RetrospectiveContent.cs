using System.Text.Json.Nodes;
using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars retro</c>.</summary>
public static class RetrospectiveContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "retro";

    /// <summary>The kind of a finding about a harmful deviation.</summary>
    public const string DegradationFinding = "degradation";

    /// <summary>The kind of a finding that says what to do.</summary>
    public const string FollowUpFinding = "recommendation";

    /// <summary>The content: the figures of the period, day by day and of its budgets, and everything the retrospective tells under an id.</summary>
    /// <param name="retrospective">The period.</param>
    /// <param name="settings">Its time zone, and the coverage below which nothing is judged.</param>
    public static NewReport Of(Retrospective retrospective, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(retrospective.Window), Rows.DayOf(retrospective.Window, settings.TimeZone))
        {
            Judgement = Rows.Of(retrospective.Summary.Verdict),
            Figures =
            [
                .. StabilityContent.Figures(retrospective.Stability),
                .. BudgetRows.Figures(retrospective.Budgets.Select(story => story.Budget), settings),
            ],
            Findings =
            [
                .. KpiFindings.Missed(retrospective.Kpis, settings),
                .. retrospective.Incidents.Select(incident => Of(incident, settings)),
                .. retrospective.Degradations.Select(degradation => Of(degradation, settings)),
                .. retrospective.Regressions.Select(story => RegressionContent.Of(story.Comparison, settings) with
                {
                    Details = Rows.Json([("id", Rows.Word(story.Id)), .. RegressionContent.DetailsOf(story.Comparison)]),
                }),
                .. retrospective.Improvements.Select(comparison => RegressionContent.Of(comparison, settings)),
                .. BudgetRows.Findings(retrospective.Budgets.Select(story => story.Budget), settings),
                .. KpiFindings.Alerts(retrospective.Kpis, settings),
                .. KpiFindings.Unmeasured(retrospective.Kpis, settings),
                .. KpiFindings.Announced(retrospective.Kpis, settings),
                .. retrospective.Recommendations.Select(followUp => Of(followUp, retrospective.Window, settings)),
            ],
        };
    }

    private static NewFinding Of(IncidentStory incident, AnalysisSettings settings) => new(
        KpiFindings.Incident,
        incident.Service.Length == 0 ? Rows.All : incident.Service,
        KpiNames.Availability,
        Rows.Of(incident.Severity),
        Rows.DayOf(incident.Start, settings.TimeZone),
        incident.Start,
        Rows.Text(FormattableString.Invariant($"{incident.Id}: incident{(incident.Service.Length == 0 ? string.Empty : $" of {incident.Service}")} for {incident.Minutes:0.#} min from {Instants.Format(incident.Start)}; {incident.Recovery.Text}")))
    {
        Ended = EndOf(incident.Recovery, incident.End),
        Details = Rows.Json(
            ("id", Rows.Word(incident.Id)),
            ("minutes", Rows.Number(incident.Minutes)),
            ("recovery", Rows.Word(incident.Recovery.Text)),
            ("requests", Rows.Number(incident.Impact.Requests.Value)),
            ("errors", Rows.Number(incident.Impact.Errors.Value)),
            ("downtime_parts", JsonValue.Create(incident.Downtime.Count)),
            ("events", Rows.Array(incident.Events.Select(found => $"{found.Service} {found.Metric}"))),
            ("alerts", Rows.Array(incident.Alerts.Select(alert => alert.Name).Where(name => name.Length > 0)))),
    };

    private static NewFinding Of(Degradation degradation, AnalysisSettings settings)
    {
        AnomalyEvent found = degradation.Event;
        return AnomalyContent.Of(found, DegradationFinding, settings) with
        {
            Date = Rows.DayOf(degradation.Start, settings.TimeZone),
            Started = degradation.Start,
            Ended = EndOf(degradation.Recovery, degradation.End),
            Summary = Rows.Text(FormattableString.Invariant($"{degradation.Id}: {found.Service} {found.Metric}: {Rows.Word(found.Kind)} for {degradation.Minutes:0.#} min from {Instants.Format(degradation.Start)}; {degradation.Recovery.Text}")),
            Details = Rows.Json(
                [
                    ("id", Rows.Word(degradation.Id)),
                    ("recovery", Rows.Word(degradation.Recovery.Text)),
                    ("requests", Rows.Number(degradation.Impact.Requests.Value)),
                    ("errors", Rows.Number(degradation.Impact.Errors.Value)),
                    .. AnomalyContent.DetailsOf(found),
                ]),
        };
    }

    // P0 is now, P1 this week, P2 when there is time.
    private static NewFinding Of(FollowUp followUp, TimeWindow window, AnalysisSettings settings) => new(
        FollowUpFinding,
        followUp.Service ?? Rows.All,
        Rows.All,
        followUp.Priority switch
        {
            "P0" => FindingSeverity.High,
            "P1" => FindingSeverity.Medium,
            _ => FindingSeverity.Low,
        },
        Rows.DayOf(window, settings.TimeZone),
        window.From,
        Rows.Text($"{followUp.Priority}: {followUp.Text}"))
    {
        Details = Rows.Json(("priority", Rows.Word(followUp.Priority)), ("because", Rows.Word(followUp.Because)), ("findings", Rows.Array(followUp.Findings))),
    };

    // Only data can say that something ended.
    private static DateTimeOffset? EndOf(Recovery recovery, DateTimeOffset end) => recovery is Recovery.Recovered ? end : null;
}
