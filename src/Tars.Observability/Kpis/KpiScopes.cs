using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>Computes the scopes of a window: overall, services, regions, services in regions, infrastructure.</summary>
internal sealed class KpiScopes
{
    private static readonly string[] Compared =
        [KpiNames.Availability, KpiNames.ErrorRate, KpiNames.RequestRate, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency];

    private readonly IndicatorIndex _index;
    private readonly AnalysisSettings _settings;
    private readonly ServiceDefinition[] _services;
    private readonly Dictionary<string, AnalysedSteps> _steps;

    /// <summary>Prepares a set; incidents are found once, over all of it.</summary>
    public KpiScopes(SeriesSet set, AnalysisSettings settings)
    {
        _index = new IndicatorIndex(set);
        _settings = settings;
        _services = [.. set.Services.Where(service => service.Kind == ServiceKind.Service)];
        _steps = set.Services.ToDictionary(
            service => service.Name, service => AnalysedSteps.Of(set.Grid, set.Window, settings.Maintenance, service.Name), StringComparer.Ordinal);
        Regions = set.Regions;
        Incidents = [.. FindIncidents().OrderBy(incident => incident.Start).ThenBy(incident => incident.Service, StringComparer.Ordinal)];
    }

    /// <summary>Regions in the data.</summary>
    public IReadOnlyList<string> Regions { get; }

    /// <summary>All incidents of the set, regional ones included, by start.</summary>
    public IReadOnlyList<Incident> Incidents { get; }

    /// <summary>All services together.</summary>
    public KpiScope Overall(TimeWindow window) => Scope(null, null, Parts(_services, null, window));

    /// <summary>Each service over all regions.</summary>
    public IReadOnlyList<KpiScope> Services(TimeWindow window) =>
        [.. _services.Select(service => Scope(service.Name, null, Parts([service], null, window)))];

    /// <summary>Each region over all services that have it.</summary>
    public IReadOnlyList<KpiScope> RegionsOf(TimeWindow window) => WithDeltas(
        [.. Regions.Select(region => Scope(null, region, Parts([.. _services.Where(service => HasRegion(service, region))], region, window)))]);

    /// <summary>Each service in each of its regions.</summary>
    public IReadOnlyList<KpiScope> ServiceRegions(TimeWindow window) =>
    [
        .. _services.SelectMany(service => WithDeltas(
            [.. Regions.Where(region => HasRegion(service, region)).Select(region => Scope(service.Name, region, Parts([service], region, window)))])),
    ];

    /// <summary>Each piece of infrastructure: figures of its indicators only.</summary>
    public IReadOnlyList<KpiScope> Infrastructure(TimeWindow window) =>
    [
        .. _index.Set.Services.Where(service => service.Kind == ServiceKind.Infrastructure)
            .Select(service => new KpiScope(service.Name, null, [], Others(Parts([service], null, window)[0], service.Indicators), [])),
    ];

    private ScopePart[] Parts(IReadOnlyList<ServiceDefinition> services, string? region, TimeWindow window) =>
        [.. services.Select(service => new ScopePart(_index, service, region, _steps[service.Name].In(window)))];

    private KpiScope Scope(string? service, string? region, ScopePart[] parts)
    {
        if (parts.Length == 0)
        {
            return new KpiScope(service, region, [], [], []);
        }

        KpiFigure[] figures =
        [
            .. RequestFigures.Of(parts),
            .. LatencyFigures.OfRequests(parts),
            .. ResourceFigures.Of(parts, IndicatorNames.Cpu),
            .. ResourceFigures.Of(parts, IndicatorNames.Memory),
            .. ResourceFigures.Of(parts, IndicatorNames.Saturation),
            .. Downtime.Figures(parts, Incidents),
        ];
        KpiFigure[] others = service is null ? [] : Others(parts[0], parts[0].Service.Indicators.Where(definition => !HasField(definition)));
        return new KpiScope(service, region, figures, others, []);
    }

    private static KpiFigure[] Others(ScopePart part, IEnumerable<IndicatorDefinition> definitions) =>
        [.. definitions.SelectMany(definition => ResourceFigures.OfOther(part, definition))];

    private static bool HasField(IndicatorDefinition definition) => definition.Name is
        IndicatorNames.Availability or IndicatorNames.Latency or IndicatorNames.Cpu or IndicatorNames.Memory or IndicatorNames.Saturation;

    private bool HasRegion(ServiceDefinition service, string region) =>
        service.Indicators.Any(definition => _index.Find(service.Name, definition.Name, region) is not null);

    private IReadOnlyList<KpiScope> WithDeltas(IReadOnlyList<KpiScope> regions)
    {
        KpiScope? primary = regions.FirstOrDefault(region => region.Region == _settings.PrimaryRegion);
        return primary is null
            ? regions
            : [.. regions.Select(region => region == primary ? region : region with { DeltaFromPrimary = [.. Compared.Select(name => Delta(region, primary, name))] })];
    }

    private static KpiFigure Delta(KpiScope region, KpiScope primary, string name)
    {
        KpiFigure here = region.Find(name)!;
        KpiFigure there = primary.Find(name)!;
        Figure difference = (here.Figure, there.Figure) switch
        {
            (Figure.Measured a, Figure.Measured b) => new Figure.Measured(a.Number - b.Number, a.Coverage < b.Coverage ? a.Coverage : b.Coverage),
            (Figure.Measured, _) => new Figure.NoData($"no {name} in the primary region {primary.Region}"),
            _ => here.Figure,
        };
        return here with { Figure = difference, Note = $"compared with {primary.Region}" };
    }

    private IEnumerable<Incident> FindIncidents()
    {
        foreach (ServiceDefinition service in _services)
        {
            foreach (string? region in Regions.Prepend(null))
            {
                if (_index.Find(service.Name, IndicatorNames.Availability, region) is IndicatorSeries.Ratio { State: ReadState.Answered } ratio)
                {
                    foreach (Incident incident in Downtime.IncidentsOf(ratio, _steps[service.Name]))
                    {
                        yield return incident;
                    }
                }
            }
        }
    }
}
