using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>Everything a retrospective is composed from, computed once, with the courses its parts look up again and again.</summary>
internal sealed class RetrospectiveData
{
    private readonly Dictionary<IndicatorKey, IReadOnlyList<MetricSeries>> _courses = [];
    private readonly Dictionary<string, ObjectiveEvents> _objectives = new(StringComparer.Ordinal);
    private readonly TimeWindow _period;

    /// <summary>Computes what the parts share.</summary>
    public RetrospectiveData(SeriesSet set, AnalysisSettings settings, TimeWindow window, AnomalyReport anomalies, RegressionReport changes)
    {
        (Set, Settings, _period, Anomalies, Changes) = (set, settings, window, anomalies, changes);
        PreviousKpis = window.From - window.Duration >= set.Window.From
            ? KpiSummary.Of(set, settings, new TimeWindow(window.From - window.Duration, window.From))
            : null;
        Stability = StabilityReport.Of(set, settings, window, PreviousKpis is null ? null : Baseline.Of(PreviousKpis));
        Budgets = ErrorBudget.Of(set, settings, window);
        Deployments = DeploymentList.Of(set, settings);
    }

    /// <summary>What was collected.</summary>
    public SeriesSet Set { get; }

    /// <summary>Objectives and exceptions.</summary>
    public AnalysisSettings Settings { get; }

    /// <summary>The period.</summary>
    public TimeWindow Period => _period;

    /// <summary>Anomalies of the period.</summary>
    public AnomalyReport Anomalies { get; }

    /// <summary>Comparisons of the period.</summary>
    public RegressionReport Changes { get; }

    /// <summary>Day by day.</summary>
    public StabilityReport Stability { get; }

    /// <summary>The key figures of the period.</summary>
    public KpiSummary Kpis => Stability.Week;

    /// <summary>The key figures of the period before, or null.</summary>
    public KpiSummary? PreviousKpis { get; }

    /// <summary>Error budgets.</summary>
    public IReadOnlyList<ErrorBudget> Budgets { get; }

    /// <summary>All known deployments, each once.</summary>
    public IReadOnlyList<KnownDeployment> Deployments { get; }

    /// <summary>The services that a service calls.</summary>
    public IReadOnlyList<string> DependenciesOf(string service) => Set.Services.FirstOrDefault(s => s.Name == service)?.DependsOn ?? [];

    /// <summary>Whether a name is that of a piece of infrastructure.</summary>
    public bool IsInfrastructure(string service) => Set.Services.Any(s => s.Name == service && s.Kind == ServiceKind.Infrastructure);

    /// <summary>The course of a figure of a service, or null when there is none of that name.</summary>
    public MetricSeries? CourseOf(string service, string metric, string? region)
    {
        foreach (IndicatorSeries series in Set.Indicators.Where(series => series.Key.Service == service && series.Key.Region == region))
        {
            if (!_courses.TryGetValue(series.Key, out IReadOnlyList<MetricSeries>? courses))
            {
                courses = MetricSeriesOf.Indicator(series);
                _courses.Add(series.Key, courses);
            }

            if (courses.FirstOrDefault(course => course.Metric == metric) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>The events of an objective.</summary>
    public ObjectiveEvents EventsOf(Objective objective)
    {
        if (!_objectives.TryGetValue(objective.Name, out ObjectiveEvents? events))
        {
            events = ObjectiveEvents.Of(Set, objective);
            _objectives.Add(objective.Name, events);
        }

        return events;
    }

    /// <summary>Presence of an indicator; null without data.</summary>
    public static StepPresence? PresenceOf(IndicatorSeries series) => series switch
    {
        IndicatorSeries.Ratio ratio => ratio.Total.Presence,
        IndicatorSeries.Latency latency => latency.Histogram.Presence,
        IndicatorSeries.Gauge gauge => gauge.Values.Presence,
        IndicatorSeries.Rate rate => rate.Counter.Presence,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
