using Tars.Observability.Anomalies;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>
/// Collects what may be behind a finding and counts the evidence: who (same service, dependency, shared), when (before, how long before),
/// how much. The points are in docs/math.md, "Retrospective"; they order candidates and are no probabilities.
/// </summary>
/// <param name="data">Everything that was computed.</param>
internal sealed class CauseSearch(RetrospectiveData data)
{
    // A cause may be seen a little after its effect: steps are coarse and roll-outs take a while.
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan DeploymentReach = TimeSpan.FromHours(2);

    /// <summary>Candidates for something unusual.</summary>
    /// <param name="service">The service.</param>
    /// <param name="metric">Its figure, or null when several are concerned.</param>
    /// <param name="start">When it began.</param>
    /// <param name="end">When it ended.</param>
    public CauseAnalysis Of(string service, string? metric, DateTimeOffset start, DateTimeOffset end)
    {
        if (service == AnomalyEvent.BackendService)
        {
            return new CauseAnalysis([], true, "unknown: while monitoring itself is away nothing is measured that could tell");
        }

        TimeWindow span = new(start, end > start ? end : start + data.Set.Grid.Step);
        return CauseAnalysis.Of(
        [
            .. Deployments(service, start),
            .. DependencyTrouble(service, span),
            .. OwnEvents(service, metric, span),
            .. Shared(service, span),
            .. Missing(service, start),
        ]);
    }

    /// <summary>Candidates for a regression: what lies between its two sides.</summary>
    public CauseAnalysis Of(MetricComparison regression, DeploymentComparison? comparison)
    {
        List<CandidateCause> candidates = [];
        if (regression.Deployment is { } deployment)
        {
            List<CauseEvidence> evidence = [new("the change lies between before and after this deployment of the same service", 0.5)];
            if (Math.Abs(regression.CliffsDelta ?? 0) >= 0.8)
            {
                evidence.Add(new("nearly every block after lies above the blocks before, as a change at once would show", 0.1));
            }

            if (data.Anomalies.Events.Any(e => e.Service == regression.Service && e.Kind == AnomalyKind.LevelShift && (e.Start - deployment.Time).Duration() <= TimeSpan.FromMinutes(30)))
            {
                evidence.Add(new("a new level of the service was found to begin within half an hour of it, independently", 0.2));
            }

            if (OthersThatChanged(regression) is { Length: > 0 } others)
            {
                evidence.Add(new($"{string.Join(", ", others)} became worse at the same time without being deployed", -0.2));
            }

            if (comparison?.TrafficRatio is > 1.5 or < 0.67)
            {
                evidence.Add(new(FormattableString.Invariant($"traffic changed to {comparison.TrafficRatio:0.00} times of before as well"), -0.2));
            }

            candidates.Add(Candidate(CauseKind.Deployment, Describe(deployment), evidence));
            candidates.AddRange(DependencyDeployments(regression.Service, deployment.Time + TimeSpan.FromMinutes(30)));
            candidates.AddRange(DependencyTrouble(regression.Service, regression.After).Where(candidate => candidate.Score > 0));
        }
        else
        {
            candidates.AddRange(data.Changes.Deployments
                .Where(d => d.Deployment.Service == regression.Service && d.Metrics.Any(m => m.Metric == regression.Metric && m.Outcome == ComparisonOutcome.Regression))
                .Select(d => Candidate(CauseKind.Deployment, Describe(d.Deployment), [new("the same figure became worse across this deployment, which lies in the period", 0.7)])));
        }

        return CauseAnalysis.Of(candidates);
    }

    private IEnumerable<CandidateCause> Deployments(string service, DateTimeOffset start) => data.Deployments
        .Select(known => known.Deployment)
        .Where(deployment => deployment.Service == service && Reaches(deployment, start))
        .Select(deployment => Candidate(CauseKind.Deployment, Describe(deployment), [new("the same service", 0.3), Timing(deployment, start)]))
        .Concat(DependencyDeployments(service, start));

    private IEnumerable<CandidateCause> DependencyDeployments(string service, DateTimeOffset start) => data.Deployments
        .Select(known => known.Deployment)
        .Where(deployment => data.DependenciesOf(service).Contains(deployment.Service) && Reaches(deployment, start))
        .Select(deployment =>
        {
            List<CauseEvidence> evidence = [new($"{service} depends on {deployment.Service}", 0.1), Timing(deployment, start)];
            bool worse = data.Changes.Regressions.Any(r => r.Deployment == deployment);
            evidence.Add(worse ? new($"{deployment.Service} itself became worse with it", 0.25) : new($"{deployment.Service} itself did not measurably become worse with it", -0.1));
            return Candidate(CauseKind.DependencyDeployment, Describe(deployment), evidence);
        });

    private IEnumerable<CandidateCause> DependencyTrouble(string service, TimeWindow span)
    {
        foreach (string dependency in data.DependenciesOf(service))
        {
            foreach (AnomalyEvent e in data.Anomalies.Events.Where(e => e.Service == dependency && e.IsHarmful && e.Kind != AnomalyKind.MissingData && e.Window.Overlaps(span)))
            {
                yield return Candidate(CauseKind.DependencyTrouble, Describe(e), [new($"{service} depends on {dependency}", 0.25), .. Precedence(e, span)]);
            }

            foreach (Incident down in data.Kpis.Incidents.Where(i => i.Service == dependency && new TimeWindow(i.Start, i.End).Overlaps(span)))
            {
                bool before = down.Start <= span.From + Slack;
                yield return Candidate(CauseKind.DependencyTrouble, $"downtime of {dependency} from {Instants.Format(down.Start)}",
                [
                    new($"{service} depends on {dependency}", 0.25),
                    before ? new("it began no later", 0.25) : new("it began later", -0.2),
                    new("it was down, not merely slow", 0.15),
                ]);
            }
        }
    }

    private IEnumerable<CandidateCause> OwnEvents(string service, string? metric, TimeWindow span)
    {
        foreach (AnomalyEvent e in data.Anomalies.Events.Where(e => e.Service == service && e.Metric != metric && e.Window.Overlaps(span)))
        {
            bool rise = e.Peak is { Deviation: > 0 };
            if (e.Metric == MetricNames.RequestRate && rise)
            {
                List<CauseEvidence> evidence = [new("the same service", 0.15), .. Precedence(e, span)];
                if (e.Peak!.RelativeDeviation is >= 0.5 and { } more)
                {
                    evidence.Add(new(FormattableString.Invariant($"{100 * more:0} % more requests than expected"), 0.15));
                }

                yield return Candidate(CauseKind.TrafficSurge, Describe(e), evidence);
            }
            else if (e.IsHarmful && e.Kind != AnomalyKind.MissingData && IsResource(service, e.Metric) && (metric is null || !IsResource(service, metric)))
            {
                yield return Candidate(CauseKind.Resource, Describe(e), [new("a resource of the same service", 0.2), .. Precedence(e, span)]);
            }
        }
    }

    private IEnumerable<CandidateCause> Shared(string service, TimeWindow span)
    {
        foreach (AnomalyEvent e in data.Anomalies.Events.Where(e => e.IsHarmful && e.Kind != AnomalyKind.MissingData && e.Service != service && data.IsInfrastructure(e.Service) && e.Window.Overlaps(span)))
        {
            yield return Candidate(CauseKind.SharedInfrastructure, Describe(e), [new("infrastructure beneath the services", 0.15), .. Precedence(e, span)]);
        }

        string[] others =
        [
            .. data.Anomalies.Events.Where(e => e.IsHarmful && e.Kind != AnomalyKind.MissingData && e.Service != service && (e.Start - span.From).Duration() <= Slack)
                .Select(e => e.Service).Where(name => !data.IsInfrastructure(name)).Distinct().Order(StringComparer.Ordinal),
        ];
        if (others.Length >= 2)
        {
            yield return Candidate(CauseKind.SharedInfrastructure, "something that several services share",
                [new($"{string.Join(", ", others)} were in trouble from the same minutes on", 0.4)]);
        }
    }

    private IEnumerable<CandidateCause> Missing(string service, DateTimeOffset start)
    {
        foreach (DataGap gap in data.Kpis.DataGaps.Where(gap => gap.Service is null || gap.Service == service))
        {
            if (gap.Start - Slack <= start && start <= gap.End + Slack)
            {
                yield return Candidate(CauseKind.MissingData, $"missing data from {Instants.Format(gap.Start)} to {Instants.Format(gap.End)}",
                    [new("the finding begins beside a gap: it may have begun earlier, or be an artefact of the gap", 0.55)]);
            }
        }
    }

    private IEnumerable<CauseEvidence> Precedence(AnomalyEvent e, TimeWindow span)
    {
        yield return e.Start < span.From - data.Set.Grid.Step ? new("it began before", 0.25)
            : e.Start <= span.From + Slack ? new("it began at the same time, so which came first is not known", 0.15)
            : new("it began later", -0.2);
        double shared = new TimeWindow(e.Start, e.End).Intersect(span)?.Duration / span.Duration ?? 0;
        if (shared >= 0.5)
        {
            yield return new("it was there for at least half of the time", 0.1);
        }

        if (e.Severity >= AnomalySeverity.High)
        {
            yield return new("it was grave", 0.1);
        }
    }

    private string[] OthersThatChanged(MetricComparison regression) =>
    [
        .. data.Anomalies.Events
            .Where(e => e.IsHarmful && e.Kind == AnomalyKind.LevelShift && e.Service != regression.Service && (e.Start - regression.Deployment!.Time).Duration() <= TimeSpan.FromMinutes(30))
            .Select(e => e.Service)
            .Where(service => !data.Deployments.Any(known => known.Deployment.Service == service && (known.Deployment.Time - regression.Deployment!.Time).Duration() <= DeploymentReach))
            .Distinct().Order(StringComparer.Ordinal),
    ];

    private bool IsResource(string service, string metric) => metric is MetricNames.Cpu or MetricNames.Memory
        || (data.Set.Find(service, metric) is IndicatorSeries.Gauge or IndicatorSeries.Rate or IndicatorSeries.Ratio { Spec.PartIs: RatioPart.Used });

    private static bool Reaches(Deployment deployment, DateTimeOffset start) => deployment.Time <= start + Slack && start - deployment.Time <= DeploymentReach;

    private static CauseEvidence Timing(Deployment deployment, DateTimeOffset start)
    {
        double minutes = Math.Max(0, (start - deployment.Time).TotalMinutes);
        return new(FormattableString.Invariant($"deployed {minutes:0} minutes before"), minutes <= 15 ? 0.4 : minutes <= 60 ? 0.25 : 0.1);
    }

    private static string Describe(Deployment deployment) => $"the deployment of {deployment.Service} {deployment.Version} at {Instants.Format(deployment.Time)}";

    private static string Describe(AnomalyEvent e) => $"{e.Service} {e.Metric}: {Wording.Of(e.Kind)} from {Instants.Format(e.Start)}";

    private static CandidateCause Candidate(CauseKind kind, string description, IReadOnlyList<CauseEvidence> evidence) =>
        new(kind, description, Math.Clamp(Math.Round(evidence.Sum(piece => piece.Points), 2), 0, 1), evidence);
}
