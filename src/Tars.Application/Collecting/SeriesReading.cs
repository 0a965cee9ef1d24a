using System.Security.Cryptography;
using Tars.Application.Settings;
using Tars.Application.Sharding;
using Tars.Configuration.Schemas;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>
/// The first room of every tool: the sources of a configuration opened, the window that is meant, the plan, and the series collected.
/// A command, a scheduled job and an API request call the same lines. Nothing is sent before a collection begins.
/// </summary>
public sealed class SeriesReading : IDisposable
{
    private readonly TarsSettings _settings;
    private readonly IReadOnlyList<OpenedSource> _sources;
    private readonly TimeProvider _time;
    private readonly ShardSet? _shards;

    private SeriesReading(TarsSettings settings, IReadOnlyList<ServiceDefinition> services, IReadOnlyList<OpenedSource> sources, TimeProvider time, ShardSet? shards = null)
    {
        (_settings, Services, _sources, _time, _shards) = (settings, services, sources, time, shards);
        HashSet<string> names = [.. services.Select(service => service.Name)];
        Analysis = settings.Analysis with
        {
            Objectives = [.. settings.Analysis.Objectives.Where(objective => names.Contains(objective.Service))],
            Deployments = [.. settings.Analysis.Deployments.Where(deployment => names.Contains(deployment.Service))],
        };
    }

    /// <summary>The services that are read, in configuration order.</summary>
    public IReadOnlyList<ServiceDefinition> Services { get; }

    /// <summary>What the analyses need to know besides the series, for the services that are read.</summary>
    public AnalysisSettings Analysis { get; }

    /// <summary>The part of the services that is planned; null for all of them.</summary>
    public Shard? Shard { get; private init; }

    /// <summary>The step: a capture's own, else the configured one.</summary>
    public TimeSpan Step => _sources.Select(source => source.CapturedGrid?.Step).FirstOrDefault(step => step is not null) ?? _settings.Observability.Step;

    /// <summary>Queries under way at once.</summary>
    public int Concurrency => _settings.Observability.Concurrency;

    /// <summary>The window that captures can answer for, their lead-in left out; null when backends are read.</summary>
    /// <exception cref="RequestException">The capture is no longer than the lead-in, or captures of several backends share no instant.</exception>
    public TimeWindow? CapturedWindow()
    {
        TimeWindow? shared = null;
        foreach (TimeGrid grid in _sources.Select(source => source.CapturedGrid).OfType<TimeGrid>())
        {
            int lead = LeadIn(grid.Step);
            if (grid.Count <= lead)
            {
                throw new RequestException(
                    $"the capture covers {grid.Window}, no more than the lead-in of {_settings.Observability.BridgeLimit} that counters need",
                    "capture a longer window, or lower observability.bridge_limit");
            }

            TimeWindow usable = new(grid.TimeOf(lead), grid.End);
            shared = shared is null ? usable : shared.Value.Intersect(usable) ?? throw new RequestException(
                "the captures of the backends share no instant", "capture the same window from each");
        }

        return shared;
    }

    /// <summary>Opens what a configuration, or a capture in its place, is read from.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="request">What to read.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestException">No service is configured, or one is asked for that is not.</exception>
    /// <exception cref="SeriesSourceException">The capture is missing or damaged, or a certificate cannot be read.</exception>
    public static async Task<SeriesReading> OpenAsync(
        TarsSettings settings, ReadingRequest request, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(request);
        IReadOnlyList<ServiceDefinition> services = Choose(settings, request.Services);
        IReadOnlyList<OpenedSource> sources = await OpenedSource.OpenAsync(settings, services, request, time, cancellationToken).ConfigureAwait(false);
        return new SeriesReading(settings, services, sources, time) { Shard = request.Shard };
    }

    /// <summary>Opens shards in place of what they were read from: every window is that of the shards.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="shards">All shards of one report.</param>
    /// <param name="time">The clock.</param>
    public static SeriesReading Of(TarsSettings settings, ShardSet shards, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(shards);
        return new SeriesReading(settings, Choose(settings, shards.First.Fleet), shards.Sources, time, shards);
    }

    /// <summary>The window that is meant.</summary>
    /// <param name="request">What was said of it.</param>
    /// <param name="defaultLength">The tool's own length.</param>
    /// <exception cref="WindowException">It cannot be meant, or the capture does not hold it.</exception>
    public TimeWindow Resolve(WindowRequest request, TimeSpan defaultLength)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_shards is not null)
        {
            return _shards.Window;
        }

        TimeWindow? captured = CapturedWindow();
        DateTimeOffset latest = captured?.To ?? _time.GetUtcNow() - _settings.Observability.SettleDelay;
        TimeWindow window = request.Resolve(Step, latest, captured, defaultLength);
        return captured is not { } held || window.From >= held.From ? window : throw new WindowException(
            $"the window begins at {Instants.Format(window.From)}; the capture answers from {Instants.Format(held.From)} to {Instants.Format(held.To)}",
            "choose a window inside it, or capture a longer one");
    }

    /// <summary>Plans a collection: one plan per backend; for a shard those of its services, and none for a backend of which it has no service.</summary>
    /// <param name="window">The window that is analysed.</param>
    /// <param name="history">How much before it is read besides, as far as a capture goes back; zero for nothing.</param>
    public IReadOnlyList<BackendPlan> Plan(TimeWindow window, TimeSpan history)
    {
        TimeGrid grid = GridOf(window, history);
        string[] fleet = [.. Services.Select(service => service.Name)];
        return
        [
            .. _sources.Select(source => Shard is { } shard ? source.PartOf(shard, fleet) : source).OfType<OpenedSource>()
                .Select(source => new BackendPlan(source.Backend, QueryPlan.Of(_settings.ToCollection(source.Services, source.HasAlerts), grid)) { Source = source }),
        ];
    }

    /// <summary>The steps that are collected for a window with its history, the lead-in left out.</summary>
    internal TimeGrid GridOf(TimeWindow window, TimeSpan history)
    {
        if (_shards is not null)
        {
            return TimeGrid.Of(new TimeWindow(_shards.First.SeriesFrom, window.To), Step);
        }

        DateTimeOffset from = Instants.AlignDown(window.From - history, Step);
        if (CapturedWindow() is { } captured && from < captured.From)
        {
            from = captured.From;
        }

        return TimeGrid.Of(new TimeWindow(from, window.To), Step);
    }

    /// <summary>Collects the series of all backends into one set.</summary>
    /// <param name="plans">What <see cref="Plan"/> planned.</param>
    /// <param name="progress">Receives how far it is, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SeriesSourceException">A backend failed as a whole, or a capture lacks a query.</exception>
    public async Task<SeriesSet> CollectAsync(
        IReadOnlyList<BackendPlan> plans, IProgress<CollectionProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plans);
        List<SeriesSet> sets = [];
        foreach (BackendPlan plan in plans)
        {
            SeriesCollector collector = new(SourceOf(plan).Source, _settings.Observability.Concurrency);
            sets.Add(await collector.CollectAsync(plan.Plan, progress, cancellationToken).ConfigureAwait(false));
        }

        return MergedSets.Of(sets, [.. sets.Where((_, i) => plans[i].Plan.Request.IncludeAlerts)], Services);
    }

    /// <summary>Who answers a plan.</summary>
    internal OpenedSource SourceOf(BackendPlan plan) => plan.Source ?? _sources.First(opened => opened.Backend == plan.Backend);

    /// <summary>What the queries of a plan would cause; nothing is sent.</summary>
    public async Task<IReadOnlyList<PlannedLoad>> EstimateAsync(IReadOnlyList<BackendPlan> plans, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plans);
        List<PlannedLoad> loads = [];
        foreach (BackendPlan plan in plans)
        {
            OpenedSource source = SourceOf(plan);
            RangeBoundary boundary = source.CapturedGrid is null
                ? BoundaryOf(plan.Backend)
                : (await source.Source.DescribeAsync(cancellationToken).ConfigureAwait(false)).Boundary;
            loads.AddRange(plan.Plan.Queries.Select(query => PlannedLoad.Of(
                plan, query, boundary, source.CapturedGrid is null ? _settings.Observability.PointsLimit : null)));
        }

        return loads;
    }

    /// <summary>SHA-256 of the capture's <c>SHA256SUMS</c> (of several captures: of their lists one after another), 64 lower-case hexadecimal digits; null for backends.</summary>
    public string? CaptureSha256()
    {
        byte[][] lists = [.. _sources.Select(source => source.Source).OfType<CaptureSource>().Select(capture => capture.DigestList.ToArray())];
        return lists.Length == 0 ? null : Convert.ToHexStringLower(SHA256.HashData([.. lists.SelectMany(list => list)]));
    }

    /// <summary>The addresses of the backends that are read, without user or password, a space between two.</summary>
    public string Addresses() => string.Join(' ', _sources.Select(source => _settings.Observability.Backends[source.Backend].Url.GetComponents(
        UriComponents.HttpRequestUrl, UriFormat.UriEscaped)).Distinct());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OpenedSource source in _sources)
        {
            (source.Source as IDisposable)?.Dispose();
        }
    }

    private int LeadIn(TimeSpan step) => Math.Max(1, (int)Math.Ceiling(_settings.Observability.BridgeLimit / step));

    private RangeBoundary BoundaryOf(string backend) =>
        _settings.Observability.Backends[backend].Dialect == "prometheus2" ? RangeBoundary.Closed : RangeBoundary.LeftOpen;

    /// <summary>The services of a configuration that are asked for.</summary>
    /// <param name="settings">The configuration.</param>
    /// <param name="names">Their names; empty for all.</param>
    /// <exception cref="RequestException">None is configured, or one is asked for that is not.</exception>
    public static IReadOnlyList<ServiceDefinition> Choose(TarsSettings settings, IReadOnlyList<string> names)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(names);
        if (settings.Services.Count == 0)
        {
            throw new RequestException(
                "no service is configured, so there is nothing to read",
                "'tars discover --output tars.yaml' writes a configuration from what a backend has; 'tars demo' needs none");
        }

        string[] known = [.. settings.Services.Select(service => service.Name)];
        foreach (string name in names.Where(name => !known.Contains(name)))
        {
            string? near = Nearest.Of(name, known);
            throw new RequestException(
                $"there is no service {name}", near is null ? $"configured are {string.Join(", ", known)}" : $"did you mean {near}?");
        }

        return names.Count == 0 ? settings.Services : [.. settings.Services.Where(service => names.Contains(service.Name))];
    }
}
