using Tars.Observability.Anomalies;
using Tars.Observability.Kpis;
using Tars.Observability.Retrospectives;
using Tars.Reports.Charts;
using Tars.Reports.Formats;

namespace Tars.Reports.Retrospectives;

/// <summary>What is marked in a retrospective's charts.</summary>
internal sealed class RetrospectiveMarks(Retrospective retro)
{
    /// <summary>Everything that lasted, of one service, or of monitoring itself when null: the later covers the earlier.</summary>
    public IReadOnlyList<ChartSpan> SpansOf(string? service) =>
    [
        .. retro.Kpis.DataGaps.Where(gap => gap.Service == service || gap.Service is null)
            .Select(gap => new ChartSpan("gap", gap.Start, gap.End, $"no data for {Display.Minutes(gap.Minutes)} from {Display.Time(gap.Start)}")),
        .. retro.Maintenance.Where(maintenance => service is not null && maintenance.Services.Contains(service))
            .Select(maintenance => new ChartSpan("maintenance", maintenance.Window.From, maintenance.Window.To, $"maintenance from {Display.Time(maintenance.Window.From)}: {maintenance.Reason}")),
        .. retro.Degradations.Where(degradation => Belongs(degradation.Event.Service, service))
            .Select(degradation => new ChartSpan(
                "degradation", degradation.Start, degradation.End,
                $"{degradation.Id} {degradation.Event.Metric} {States.Words(degradation.Event.Kind)} from {Display.Time(degradation.Start)}, {Display.Minutes(degradation.Minutes)}")),
        .. retro.Incidents.Where(incident => Belongs(incident.Service, service))
            .Select(incident => new ChartSpan(
                "incident", incident.Start, incident.End, $"{incident.Id} incident from {Display.Time(incident.Start)}, {Display.Minutes(incident.Minutes)}, {RetrospectiveTables.RecoveryOf(incident.Recovery)}")),
        .. Alerts(service).Select(alert => new ChartSpan("alert", alert.Start, alert.End, $"alert {alert.Name} from {Display.Time(alert.Start)}, {Display.Minutes(alert.Minutes)}")),
    ];

    /// <summary>Events of one figure, and maintenance of its service.</summary>
    public IReadOnlyList<ChartSpan> EventsOf(string service, string metric) =>
    [
        .. retro.Maintenance.Where(maintenance => maintenance.Services.Contains(service))
            .Select(maintenance => new ChartSpan("maintenance", maintenance.Window.From, maintenance.Window.To, $"maintenance: {maintenance.Reason}")),
        .. retro.Anomalies.Events.Where(e => e.Service == service && (e.Metric == metric || e.RelatedMetrics.Contains(metric)) && e.IsHarmful)
            .Select(e => new ChartSpan(
                e.Severity >= AnomalySeverity.High ? "incident" : "degradation", e.Start, e.End, $"{States.Words(e.Kind)} from {Display.Time(e.Start)}, {Display.Duration(e.End - e.Start)}",
                e.Metric == metric ? e.Peak?.ExpectedLow : null, e.Metric == metric ? e.Peak?.ExpectedHigh : null)),
    ];

    /// <summary>Deployments of a service.</summary>
    public IReadOnlyList<ChartMark> DeploymentsOf(string service) =>
    [
        .. retro.Changes.Deployments.Where(comparison => comparison.Deployment.Service == service && retro.Window.Contains(comparison.Deployment.Time))
            .Select(comparison => new ChartMark(comparison.Deployment.Time, $"deployment of {comparison.Deployment.Version} at {Display.Time(comparison.Deployment.Time)}")),
    ];

    private static bool Belongs(string finding, string? service) => service is null ? finding == AnomalyEvent.BackendService : finding == service;

    // An alert belongs to the service that one of its labels names; those that name none are shown in the first lane.
    private IEnumerable<AlertEpisode> Alerts(string? service)
    {
        HashSet<string> names = [.. retro.Kpis.Services.Select(scope => scope.Service!)];
        return retro.Kpis.Alerts.Where(alert => service is null
            ? !alert.Labels.Any(label => names.Contains(label.Value))
            : alert.Labels.Any(label => label.Value == service));
    }
}
