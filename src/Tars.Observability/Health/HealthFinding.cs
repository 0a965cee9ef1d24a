using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Health;

/// <summary>What a finding is about.</summary>
public enum FindingKind
{
    /// <summary>An objective was missed.</summary>
    ObjectiveMissed,

    /// <summary>A service or region was down.</summary>
    Incident,

    /// <summary>The error budget burned so fast that someone would have been called.</summary>
    BudgetBurn,

    /// <summary>An alert fired.</summary>
    Alert,

    /// <summary>Something was unusual.</summary>
    Anomaly,

    /// <summary>Something was not measured.</summary>
    NotMeasured,

    /// <summary>Announced maintenance.</summary>
    Maintenance,
}

/// <summary>Something a reader of the day should know: measured, with its numbers.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Severity"><c>critical</c>, <c>warning</c> or <c>info</c>.</param>
/// <param name="Service">The service, or null.</param>
/// <param name="Time">When it began, or null when it concerns the whole day.</param>
/// <param name="Text">In words.</param>
public sealed record HealthFinding(FindingKind Kind, string Severity, string? Service, DateTimeOffset? Time, string Text)
{
    /// <summary>All findings of a day, the gravest first.</summary>
    internal static IReadOnlyList<HealthFinding> Of(KpiSummary day, IReadOnlyList<ErrorBudget> budgets, IReadOnlyList<AnomalyEvent>? anomalies)
    {
        IEnumerable<HealthFinding> all =
        [
            .. day.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail).Select(result =>
                new HealthFinding(FindingKind.ObjectiveMissed, "critical", result.Service, null, result.Reason)),
            .. day.Incidents.Select(incident => new HealthFinding(
                FindingKind.Incident, "critical", incident.Service, incident.Start,
                FormattableString.Invariant($"{incident.Service}{(incident.Region is null ? string.Empty : $" in {incident.Region}")} was down for {incident.DownMinutes:0.#} min from {Instants.Format(incident.Start)}: {incident.Errors:0.#} of {incident.Requests:0.#} requests failed{(incident.IsOpenAtEnd ? "; no recovery was measured" : string.Empty)}"))),
            .. budgets.SelectMany(budget => budget.BurnAlerts.SelectMany(alert => alert.Episodes.Select(episode => new HealthFinding(
                FindingKind.BudgetBurn, episode.Severity == "page" ? "critical" : "warning", budget.Objective.Service, episode.Start,
                FormattableString.Invariant($"{budget.Objective.Name}: budget burned {episode.PeakBurnRate:0.#} times too fast ({episode.Rule}) from {Instants.Format(episode.Start)}"))))),
            .. day.Alerts.Select(alert => new HealthFinding(
                FindingKind.Alert, alert.Severity.Equals("critical", StringComparison.OrdinalIgnoreCase) ? "critical" : "warning", null, alert.Start,
                FormattableString.Invariant($"alert {alert.Name} fired for {alert.Minutes:0.#} min from {Instants.Format(alert.Start)}{(alert.IsFiringAtEnd ? " and still does" : string.Empty)}"))),
            .. (anomalies ?? []).Select(Anomaly),
            .. day.Certification.Objectives.Where(result => result.Verdict is Verdict.Inconclusive).Select(result =>
                new HealthFinding(FindingKind.NotMeasured, "warning", result.Service, null, result.Reason)),
            .. day.Certification.MissingIndicators.Select(missing => new HealthFinding(FindingKind.NotMeasured, "warning", missing.Service, null, missing.Text)),
            .. day.DataGaps.Select(gap => new HealthFinding(
                FindingKind.NotMeasured, "warning", gap.Service, gap.Start,
                FormattableString.Invariant($"nothing was measured{(gap.Service is null ? string.Empty : $" of {gap.Service}")} for {gap.Minutes:0.#} min from {Instants.Format(gap.Start)}"))),
            .. day.Maintenance.Select(maintenance => new HealthFinding(
                FindingKind.Maintenance, "info", null, maintenance.Window.From,
                FormattableString.Invariant($"announced maintenance took out {maintenance.ExcludedMinutes:0.#} min: {maintenance.Reason}"))),
        ];
        return [.. all.OrderBy(finding => Array.IndexOf(Order, finding.Severity)).ThenBy(finding => finding.Kind).ThenBy(finding => finding.Time)];
    }

    private static readonly string[] Order = ["critical", "warning", "info"];

    private static HealthFinding Anomaly(AnomalyEvent anomaly)
    {
        string severity = !anomaly.IsHarmful || anomaly.InMaintenance || anomaly.Severity == AnomalySeverity.Low ? "info"
            : anomaly.Severity == AnomalySeverity.Medium ? "warning" : "critical";
        string peak = anomaly.Peak is { } p
            ? FormattableString.Invariant($": {p.Value:0.####} {anomaly.Unit} where {p.Expected:0.####} was expected")
            : string.Empty;
        return new HealthFinding(
            FindingKind.Anomaly, severity, anomaly.Service, anomaly.Start,
            $"{anomaly.Service} {anomaly.Metric}: {anomaly.Kind} from {Instants.Format(anomaly.Start)}{(anomaly.IsOngoing ? ", not over" : string.Empty)}{peak}");
    }
}
