using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Health;

/// <summary>A first step that may help. A hint by fixed rules, not something that was found out.</summary>
/// <param name="Priority"><c>P0</c> an objective is missed by far or a service was down, <c>P1</c> an objective is missed, <c>P2</c> something is not measured.</param>
/// <param name="Service">The service, or null.</param>
/// <param name="Basis">The measured fact it follows from.</param>
/// <param name="Steps">What to look at, in order.</param>
public sealed record MitigationHint(string Priority, string? Service, string Basis, IReadOnlyList<string> Steps)
{
    /// <summary>A deployment this long before an incident is worth a look: an hour.</summary>
    public static readonly TimeSpan DeploymentSpan = TimeSpan.FromHours(1);

    /// <summary>The hints of a day.</summary>
    internal static IReadOnlyList<MitigationHint> Of(KpiSummary day, SeriesSet set, AnalysisSettings settings)
    {
        IEnumerable<MitigationHint> hints =
        [
            .. day.Incidents.Select(incident => new MitigationHint(
                "P0", incident.Service, $"{incident.Service} was down from {Instants.Format(incident.Start)}",
                [.. Deployments(set, settings, incident), "look at the errors of that time by instance, endpoint and dependency", "check whether a dependency was down at the same time"])),
            .. day.Certification.Objectives.Where(result => result.Verdict is Verdict.Fail).Select(result => new MitigationHint(
                ObjectiveScore.Of([result]).Value < ObjectiveScore.Critical ? "P0" : "P1", result.Service, result.Reason, StepsFor(result, set))),
            .. day.Certification.MissingIndicators.Select(missing => new MitigationHint(
                "P2", missing.Service, missing.Text, ["check that the metric still has this name and these labels", "check that its target is scraped"])),
        ];
        return [.. hints.OrderBy(hint => hint.Priority, StringComparer.Ordinal)];
    }

    private static IEnumerable<string> Deployments(SeriesSet set, AnalysisSettings settings, Incident incident) =>
        settings.Deployments.Select(deployment => (deployment.Service, deployment.Time, deployment.Version))
            .Concat(set.VersionChanges.Select(change => (change.Service, change.Time, Version: change.To)))
            .Where(d => d.Service == incident.Service && d.Time <= incident.Start && incident.Start - d.Time <= DeploymentSpan)
            .Select(d => $"version {d.Version} was deployed at {Instants.Format(d.Time)}, before the incident: compare with the version before; order in time is no proof");

    private static string[] StepsFor(ObjectiveResult result, SeriesSet set) =>
        set.Services.FirstOrDefault(service => service.Name == result.Service)?.Indicators.FirstOrDefault(i => i.Name == result.Indicator) switch
        {
            IndicatorDefinition.Latency => ["compare the latency of its dependencies at the same time", "look at CPU, memory and saturation of its instances", "look at the slowest endpoints"],
            IndicatorDefinition.Ratio => ["look at the failed requests by endpoint, status code and instance", "compare the times of failure with deployments"],
            _ => ["compare the course of the figure with traffic", "check the configured capacity or limit"],
        };
}
