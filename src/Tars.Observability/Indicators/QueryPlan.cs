using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>What to collect: services, alerts and deployment evidence, on a grid.</summary>
/// <param name="Services">The services, names unique.</param>
/// <param name="Deployments">How deployments show in the data, or null when they do not.</param>
/// <param name="IncludeAlerts">Whether to read firing alerts.</param>
/// <param name="SeriesLimit">Series per query above which increases are computed by the backend.</param>
/// <param name="BridgeLimit">The longest gap of a counter over which its gain is still counted; also the lead-in that is read before the window.</param>
public sealed record CollectionRequest(
    IReadOnlyList<ServiceDefinition> Services,
    DeploymentEvidence? Deployments,
    bool IncludeAlerts,
    int SeriesLimit,
    TimeSpan BridgeLimit);

/// <summary>How deployments show in series.</summary>
public abstract record DeploymentEvidence
{
    private DeploymentEvidence()
    {
    }

    /// <summary>A label whose value changes.</summary>
    /// <param name="Label">The label, for example <c>version</c>.</param>
    /// <param name="Metric">A metric of every service that carries it, for example <c>build_info</c>.</param>
    public sealed record VersionLabel(string Label, string Metric) : DeploymentEvidence;

    /// <summary>A gauge whose value changes, for example a start time or a generation.</summary>
    /// <param name="Metric">The gauge; the service's own matchers are added.</param>
    public sealed record ChangedValue(Selector Metric) : DeploymentEvidence;
}

/// <summary>What a planned query is for.</summary>
public enum QueryRole
{
    /// <summary>The counter of a ratio's part.</summary>
    Part,

    /// <summary>The counter of a ratio's whole; where the part is among its series it is taken from the same answer.</summary>
    Whole,

    /// <summary>Histogram buckets.</summary>
    Buckets,

    /// <summary>A gauge.</summary>
    Gauge,

    /// <summary>The capacity of a gauge or rate.</summary>
    Capacity,

    /// <summary>The counter of a rate.</summary>
    Counter,

    /// <summary>Firing alerts.</summary>
    Alerts,

    /// <summary>Deployment evidence.</summary>
    Deployments,
}

/// <summary>A query before it is sent.</summary>
/// <param name="Service">The service it is for; empty for alerts.</param>
/// <param name="Indicator">The indicator it is for, or <c>alerts</c>, <c>deployments</c>.</param>
/// <param name="Role">What it is for.</param>
/// <param name="Selector">The selector inside.</param>
/// <param name="RangeFunction"><c>last_over_time</c> for counters, <c>avg_over_time</c> for gauges.</param>
/// <param name="GroupBy">Labels that must survive when the query is pushed down.</param>
public sealed record PlannedQuery(
    string Service, string Indicator, QueryRole Role, Selector Selector, string RangeFunction, IReadOnlyList<string> GroupBy)
{
    /// <summary>Whether the values are those of counters.</summary>
    public bool IsCounter => Role is QueryRole.Part or QueryRole.Whole or QueryRole.Buckets or QueryRole.Counter;

    /// <summary>The query that reads every series by itself.</summary>
    public string PerSeriesText(TimeSpan step, RangeBoundary boundary) =>
        $"{RangeFunction}({Selector}[{PromQl.StepRange(step, boundary)}])";

    /// <summary>
    /// The query that lets the backend add up: for counters the differences between neighbouring steps (a reset counts from zero), for
    /// gauges the aggregation. Bounds of its error are in docs/math.md, "Pushed-down increases".
    /// </summary>
    public string PushedDownText(TimeSpan step, SourceDescription source, string aggregation)
    {
        ArgumentNullException.ThrowIfNull(source);
        string by = GroupBy.Count == 0 ? string.Empty : $" by ({string.Join(", ", GroupBy)})";
        if (!IsCounter)
        {
            return $"{aggregation}{by} ({PerSeriesText(step, source.Boundary)})";
        }

        if (source.PushesIncrease)
        {
            return $"sum{by} (increase({Selector}[{PromQl.Duration(step)}]))";
        }

        string now = PerSeriesText(step, source.Boundary);
        string before = $"{now[..^1]} offset {PromQl.Duration(step)})";
        return $"sum{by} ((({now}) - ({before})) >= 0 or (({now}) and ({before})))";
    }
}

/// <summary>Every query a collection needs, before any is sent.</summary>
/// <param name="Request">What is collected.</param>
/// <param name="Grid">The steps of the analysed window.</param>
/// <param name="ReadGrid">The steps that are read: the window with its lead-in.</param>
/// <param name="Queries">The queries, in a fixed order.</param>
public sealed record QueryPlan(CollectionRequest Request, TimeGrid Grid, TimeGrid ReadGrid, IReadOnlyList<PlannedQuery> Queries)
{
    /// <summary>Steps of lead-in: index 0 of <see cref="Grid"/> is this index of <see cref="ReadGrid"/>.</summary>
    public int LeadIn => ReadGrid.Count - Grid.Count;

    /// <summary>Plans a collection.</summary>
    public static QueryPlan Of(CollectionRequest request, TimeGrid grid)
    {
        ArgumentNullException.ThrowIfNull(request);
        int lead = Math.Max(1, (int)Math.Ceiling(request.BridgeLimit / grid.Step));
        TimeGrid read = new(grid.Start - (lead * grid.Step), grid.Step, grid.Count + lead);
        List<PlannedQuery> queries = [];
        foreach (ServiceDefinition service in request.Services)
        {
            foreach (IndicatorDefinition indicator in service.Indicators)
            {
                queries.AddRange(QueriesOf(service, indicator));
            }

            if (request.Deployments is { } evidence)
            {
                Selector selector = evidence switch
                {
                    DeploymentEvidence.VersionLabel version => new Selector(version.Metric, []),
                    DeploymentEvidence.ChangedValue changed => changed.Metric,
                    _ => throw new System.Diagnostics.UnreachableException(),
                };
                string[] groupBy = evidence is DeploymentEvidence.VersionLabel { Label: { } label } ? [label] : [];
                queries.Add(new PlannedQuery(
                    service.Name, "deployments", QueryRole.Deployments, selector.With(service.Labels), "last_over_time", groupBy));
            }
        }

        if (request.IncludeAlerts)
        {
            Selector firing = new("ALERTS", [new LabelMatcher("alertstate", MatchOperator.Equal, "firing")]);
            queries.Add(new PlannedQuery(string.Empty, "alerts", QueryRole.Alerts, firing, "last_over_time", []));
        }

        return new QueryPlan(request, grid, read, queries);
    }

    private static IEnumerable<PlannedQuery> QueriesOf(ServiceDefinition service, IndicatorDefinition indicator)
    {
        string[] groups = service.RegionLabel is null ? [] : [service.RegionLabel];
        PlannedQuery Query(QueryRole role, Selector selector, string function, params string[] more) =>
            new(service.Name, indicator.Name, role, selector.With(service.Labels), function, [.. more, .. groups]);

        switch (indicator)
        {
            case IndicatorDefinition.Ratio ratio:
                bool partIsInside = ratio.WholeIncludesPart && ratio.Part.IsPartOf(ratio.Whole);
                string[] distinguishing = partIsInside ? [.. ratio.Part.Matchers.Except(ratio.Whole.Matchers).Select(matcher => matcher.Label).Distinct()] : [];
                yield return Query(QueryRole.Whole, ratio.Whole, "last_over_time", distinguishing);
                if (!partIsInside)
                {
                    yield return Query(QueryRole.Part, ratio.Part, "last_over_time");
                }

                break;
            case IndicatorDefinition.Latency latency:
                yield return Query(QueryRole.Buckets, latency.Histogram.OnMetric(latency.Histogram.Metric + "_bucket"), "last_over_time", "le");
                break;
            case IndicatorDefinition.Gauge gauge:
                yield return Query(QueryRole.Gauge, gauge.Metric, "avg_over_time");
                if (gauge.Capacity is not null)
                {
                    yield return Query(QueryRole.Capacity, gauge.Capacity, "avg_over_time");
                }

                break;
            case IndicatorDefinition.Rate rate:
                yield return Query(QueryRole.Counter, rate.Counter, "last_over_time");
                if (rate.Capacity is not null)
                {
                    yield return Query(QueryRole.Capacity, rate.Capacity, "avg_over_time");
                }

                break;
            default:
                throw new System.Diagnostics.UnreachableException();
        }
    }
}
