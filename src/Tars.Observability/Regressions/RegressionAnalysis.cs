using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>Finds the sides to compare, compares every figure and judges all together.</summary>
internal sealed class RegressionAnalysis
{
    private readonly SeriesSet _set;
    private readonly RegressionOptions _options;
    private readonly TimeWindow _window;
    private readonly BlockGrid _blocks;
    private readonly LeftOut _leftOut;
    private readonly IReadOnlyList<KnownDeployment> _deployments;
    private readonly Dictionary<string, IReadOnlyList<BlockSeries>> _figures = new(StringComparer.Ordinal);
    private readonly AnalysisSettings _settings;

    /// <summary>Prepares.</summary>
    public RegressionAnalysis(
        SeriesSet set, AnalysisSettings settings, RegressionOptions options, TimeWindow window, IReadOnlyList<Disturbance> disturbances)
    {
        (_set, _settings, _options, _window) = (set, settings, options, window);
        TimeSpan block = options.Block < set.Grid.Step ? set.Grid.Step : options.Block;
        _blocks = new BlockGrid(set.Grid, block, settings.TimeZone);
        _leftOut = new LeftOut(set, settings.Maintenance, disturbances);
        _deployments = DeploymentList.Of(set, settings);
    }

    /// <summary>Does it all.</summary>
    public RegressionReport Run()
    {
        DeploymentComparison[] deployments =
        [
            .. _deployments.Where(known => _window.Contains(known.Deployment.Time) && _set.Services.Any(service => service.Name == known.Deployment.Service)).Select(Compare),
        ];
        (TimeWindow? baseline, string? reason) = BaselineOf();
        MetricComparison[] periods = baseline is { } earlier ? [.. ComparePeriods(earlier)] : [];
        ExcludedTime[] excluded = baseline is { } window ? [.. _set.Services.SelectMany(service => _leftOut.In(service.Name, window, _window)).Distinct()] : [];

        (IReadOnlyList<MetricComparison> judged, int tests) =
            RegressionJudgement.Judge([.. deployments.SelectMany(deployment => deployment.Metrics), .. periods], _options);
        int at = 0;
        for (int i = 0; i < deployments.Length; i++)
        {
            int count = deployments[i].Metrics.Count;
            deployments[i] = deployments[i] with { Metrics = [.. judged.Skip(at).Take(count)] };
            at += count;
        }

        periods = [.. judged.Skip(at)];
        return new RegressionReport(
            _window, baseline, _set.Grid.Step, AnalysisSettings.MethodVersion, _options, deployments, periods, excluded, reason, tests,
            RegressionJudgement.Assess(deployments, periods));
    }

    private DeploymentComparison Compare(KnownDeployment known)
    {
        Deployment deployment = known.Deployment;
        Deployment[] same = [.. _deployments.Select(other => other.Deployment).Where(other => other.Service == deployment.Service)];
        Deployment? earlier = same.LastOrDefault(other => other.Time < deployment.Time);
        Deployment? later = same.FirstOrDefault(other => other.Time > deployment.Time);
        DateTimeOffset from = Latest(_set.Window.From, deployment.Time - _options.LongestSide, earlier is null ? _set.Window.From : earlier.Time + _options.RollOut);
        DateTimeOffset begin = deployment.Time + _options.RollOut;
        DateTimeOffset to = Earliest(_set.Window.To, begin + _options.LongestSide, later?.Time ?? _set.Window.To);
        TimeSpan side = deployment.Time - from < to - begin ? deployment.Time - from : to - begin;
        DeploymentComparison none = new(deployment, known.AlsoKnownAs, null, null, [], null, [], later is null, null);
        if (side < _options.ShortestSide)
        {
            return none with { NotCompared = NotComparedReason(side, earlier, later, to) };
        }

        TimeWindow before = new(deployment.Time - side, deployment.Time);
        TimeWindow after = new(begin, begin + side);
        TimeWindow? history = before.From > _set.Window.From ? new TimeWindow(_set.Window.From, before.From) : null;
        Sides sides = new(deployment, before, after, history);
        return none with
        {
            Before = before,
            After = after,
            Excluded = [.. _leftOut.In(deployment.Service, before, after)],
            TrafficRatio = TrafficRatio(deployment.Service, before, after),
            Metrics = [.. FiguresOf(deployment.Service).Select(series => FigureComparison.Of(series, _blocks, sides, _options))],
        };
    }

    private string NotComparedReason(TimeSpan side, Deployment? earlier, Deployment? later, DateTimeOffset to)
    {
        string bound = to < _set.Window.To && later is not null ? $"the next deployment at {Instants.Format(later.Time)}"
            : to == _set.Window.To ? $"the end of the data at {Instants.Format(to)}"
            : earlier is not null ? $"the deployment before at {Instants.Format(earlier.Time)}"
            : $"the start of the data at {Instants.Format(_set.Window.From)}";
        return FormattableString.Invariant(
            $"not enough data: {Math.Max(0, side.TotalHours):0.#} h on either side past the roll-out, bounded by {bound}; at least {_options.ShortestSide.TotalHours:0.#} h are needed");
    }

    private IEnumerable<MetricComparison> ComparePeriods(TimeWindow baseline)
    {
        Sides sides = new(null, baseline, _window, null);
        return _set.Services.SelectMany(service => FiguresOf(service.Name).Select(series => FigureComparison.Of(series, _blocks, sides, _options)));
    }

    private (TimeWindow? Baseline, string? Reason) BaselineOf()
    {
        TimeWindow? asked = _options.CompareTo switch
        {
            ComparisonBaseline.Previous => new TimeWindow(_window.From - _window.Duration, _window.From),
            ComparisonBaseline.Fixed @fixed => @fixed.Window,
            _ => null,
        };
        return asked is not { } window ? (null, null)
            : window.From < _set.Window.From || window.To > _set.Window.To ? (null, $"the baseline {window} does not lie in {_set.Window}, which was collected")
            : window.Overlaps(_window) ? (null, $"the baseline {window} overlaps the window {_window}")
            : (window, null);
    }

    private IReadOnlyList<BlockSeries> FiguresOf(string service)
    {
        if (!_figures.TryGetValue(service, out IReadOnlyList<BlockSeries>? figures))
        {
            figures =
            [
                .. ScopesOf(service).SelectMany(region =>
                    ServiceBlocks.Of(_set, _settings, _options.MinimumEffects, _blocks, (service, region), _leftOut.StepsOf(service))),
            ];
            _figures.Add(service, figures);
        }

        return figures;
    }

    // The whole, then each region; a single region is the whole.
    private IEnumerable<string?> ScopesOf(string service)
    {
        string[] regions = [.. _set.Indicators.Where(series => series.Key.Service == service).Select(series => series.Key.Region).OfType<string>().Distinct().Order(StringComparer.Ordinal)];
        return _options.CompareRegions && regions.Length > 1 ? [null, .. regions] : [null];
    }

    private double? TrafficRatio(string service, TimeWindow before, TimeWindow after)
    {
        if (ServiceBlocks.Traffic(_set, _blocks, service, _leftOut.StepsOf(service)) is not { } traffic)
        {
            return null;
        }

        double Mean(TimeWindow window) => traffic[_blocks.BlocksIn(window)].Where(double.IsFinite).DefaultIfEmpty(double.NaN).Average();
        double ratio = Mean(after) / Mean(before);
        return double.IsFinite(ratio) ? ratio : null;
    }

    private static DateTimeOffset Latest(params ReadOnlySpan<DateTimeOffset> instants)
    {
        DateTimeOffset latest = instants[0];
        foreach (DateTimeOffset instant in instants)
        {
            latest = instant > latest ? instant : latest;
        }

        return latest;
    }

    private static DateTimeOffset Earliest(params ReadOnlySpan<DateTimeOffset> instants)
    {
        DateTimeOffset earliest = instants[0];
        foreach (DateTimeOffset instant in instants)
        {
            earliest = instant < earliest ? instant : earliest;
        }

        return earliest;
    }
}
