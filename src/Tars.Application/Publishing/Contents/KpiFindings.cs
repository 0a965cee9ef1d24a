using System.Text.Json.Nodes;
using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Storage.Findings;

namespace Tars.Application.Publishing.Contents;

/// <summary>
/// What a reader of key figures should know, in the words and by the rule of the daily report: a missed objective and a service that was down are
/// critical, an alert is what it calls itself, what was not measured is medium, announced maintenance is told.
/// </summary>
internal static class KpiFindings
{
    public const string ObjectiveMissed = "objective_missed";
    public const string Incident = "incident";
    public const string Alert = "alert";
    public const string NotMeasured = "not_measured";
    public const string Maintenance = "maintenance";

    private const string CriticalAlert = "critical";

    public static IEnumerable<NewFinding> Of(KpiSummary summary, AnalysisSettings settings) =>
    [
        .. Missed(summary, settings), .. Incidents(summary, settings), .. Alerts(summary, settings), .. Unmeasured(summary, settings), .. Announced(summary, settings),
    ];

    /// <summary>Objectives that were measurably missed: of the whole window.</summary>
    public static IEnumerable<NewFinding> Missed(KpiSummary summary, AnalysisSettings settings) =>
        summary.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail).Select(result => OfObjective(result, ObjectiveMissed, FindingSeverity.Critical, settings));

    /// <summary>Times in which a service was down.</summary>
    public static IEnumerable<NewFinding> Incidents(KpiSummary summary, AnalysisSettings settings) => summary.Incidents.Select(incident => new NewFinding(
        Incident,
        incident.Service,
        KpiNames.Availability,
        FindingSeverity.Critical,
        Rows.DayOf(incident.Start, settings.TimeZone),
        incident.Start,
        FormattableString.Invariant($"{incident.Service}{(incident.Region is null ? string.Empty : $" in {incident.Region}")} was down for {incident.DownMinutes:0.#} min from {Instants.Format(incident.Start)}: {incident.Errors:0.#} of {incident.Requests:0.#} requests failed{(incident.IsOpenAtEnd ? "; no recovery was measured" : string.Empty)}"))
    {
        Ended = incident.IsOpenAtEnd ? null : incident.End,
        Details = Rows.Json(
            ("region", Rows.Word(incident.Region)),
            ("down_minutes", Rows.Number(incident.DownMinutes)),
            ("requests", Rows.Number(incident.Requests)),
            ("errors", Rows.Number(incident.Errors)),
            ("worst_error_rate", Rows.Number(incident.WorstErrorRate))),
    });

    /// <summary>Alerts, each once. One that names a service of the report belongs to it.</summary>
    public static IEnumerable<NewFinding> Alerts(KpiSummary summary, AnalysisSettings settings) => summary.Alerts.Select(alert => new NewFinding(
        Alert,
        alert.Labels["service"] is { } named && summary.Find(named) is not null ? named : Rows.All,
        Rows.All,
        alert.Severity.Equals(CriticalAlert, StringComparison.OrdinalIgnoreCase) ? FindingSeverity.Critical : FindingSeverity.Medium,
        Rows.DayOf(alert.Start, settings.TimeZone),
        alert.Start,
        Rows.Text(FormattableString.Invariant($"alert {alert.Name} fired for {alert.Minutes:0.#} min from {Instants.Format(alert.Start)}{(alert.IsFiringAtEnd ? " and still does" : string.Empty)}")))
    {
        Ended = alert.IsFiringAtEnd ? null : alert.End,
        Details = Rows.Json(
            ("alert", Rows.Word(alert.Name)),
            ("severity", alert.Severity.Length == 0 ? null : Rows.Word(alert.Severity)),
            ("labels", LabelsOf(alert)),
            ("began_before", JsonValue.Create(alert.BeganBefore)),
            ("bridges_data_gap", JsonValue.Create(alert.BridgesDataGap))),
    });

    /// <summary>What was not measured: objectives that could not be judged, indicators without data, spans without data.</summary>
    public static IEnumerable<NewFinding> Unmeasured(KpiSummary summary, AnalysisSettings settings) =>
    [
        .. summary.Certification.Objectives.Where(result => result.Verdict is Verdict.Inconclusive)
            .Select(result => OfObjective(result, NotMeasured, FindingSeverity.Medium, settings)),
        .. summary.Certification.MissingIndicators.Select(missing => new NewFinding(
            NotMeasured,
            missing.Service,
            missing.Indicator,
            FindingSeverity.Medium,
            Rows.DayOf(summary.Window, settings.TimeZone),
            summary.Window.From,
            Rows.Text(missing.Text))
        {
            Ended = summary.Window.To,
        }),
        .. summary.DataGaps.Select(gap => new NewFinding(
            NotMeasured,
            gap.Service ?? AnomalyEvent.BackendService,
            Rows.All,
            FindingSeverity.Medium,
            Rows.DayOf(gap.Start, settings.TimeZone),
            gap.Start,
            FormattableString.Invariant($"nothing was measured{(gap.Service is null ? string.Empty : $" of {gap.Service}")} for {gap.Minutes:0.#} min from {Instants.Format(gap.Start)}"))
        {
            Ended = gap.End,
        }),
    ];

    /// <summary>Announced maintenance.</summary>
    public static IEnumerable<NewFinding> Announced(KpiSummary summary, AnalysisSettings settings) => summary.Maintenance.Select(maintenance => new NewFinding(
        Maintenance,
        maintenance.Services.Count == 1 ? maintenance.Services[0] : Rows.All,
        Rows.All,
        FindingSeverity.Info,
        Rows.DayOf(maintenance.Window.From, settings.TimeZone),
        maintenance.Window.From,
        Rows.Text(FormattableString.Invariant($"announced maintenance took out {maintenance.ExcludedMinutes:0.#} min: {maintenance.Reason}")))
    {
        Ended = maintenance.Window.To,
        Details = Rows.Json(("services", Rows.Array(maintenance.Services)), ("excluded_minutes", Rows.Number(maintenance.ExcludedMinutes))),
    });

    private static NewFinding OfObjective(ObjectiveResult result, string kind, FindingSeverity severity, AnalysisSettings settings) => new(
        kind, result.Service, result.Indicator, severity, Rows.DayOf(result.Window, settings.TimeZone), result.Window.From, Rows.Text(result.Reason))
    {
        Ended = result.Window.To,
        Details = Rows.Json(
            ("objective", Rows.Word(result.Objective)),
            ("what", Rows.Word(result.What)),
            ("unit", Rows.Word(result.Unit)),
            ("value", Rows.Number(result.Value.Value)),
            ("threshold", Rows.Number(result.Threshold))),
    };

    private static JsonObject LabelsOf(AlertEpisode alert)
    {
        JsonObject labels = [];
        foreach ((string name, string value) in alert.Labels)
        {
            labels[Rows.Text(name)] = Rows.Text(value);
        }

        return labels;
    }
}
