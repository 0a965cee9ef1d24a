using System.Diagnostics;
using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Statistics.Histograms;
using Tars.Statistics.Quantiles;

namespace Tars.Observability.Regressions;

/// <summary>Puts the figures of a service into blocks: quantiles from buckets merged over the block, ratios of sums, medians of gauges.</summary>
internal sealed class ServiceBlocks
{
    // A block counts when at least half of its steps do.
    private const double UsableShare = 0.5;

    private readonly BlockGrid _blocks;
    private readonly bool[] _left;
    private readonly MinimumEffects _minimum;
    private readonly IReadOnlyList<Objective> _objectives;
    private readonly CounterSteps? _requests;

    private ServiceBlocks(SeriesSet set, AnalysisSettings settings, MinimumEffects minimum, BlockGrid blocks, (string Service, string? Region) scope, bool[] leftOut)
    {
        (_blocks, _left, _minimum) = (blocks, leftOut, minimum);
        _objectives = [.. settings.Objectives.Where(objective => objective.Service == scope.Service)];
        _requests = RequestsOf(set, scope.Service, scope.Region);
    }

    /// <summary>Requests per second of each block; NaN where not measured; null when the service counts none.</summary>
    public static double[]? Traffic(SeriesSet set, BlockGrid blocks, string service, bool[] leftOut) => RequestsOf(set, service, null) is { } requests
        ? Sums(blocks, leftOut, i => (requests.At(i), blocks.Grid.Step.TotalSeconds)).Ratios
        : null;

    /// <summary>All figures of a service, over all regions together or in one of them, in configuration order, without traffic.</summary>
    /// <param name="set">What was collected.</param>
    /// <param name="settings">Objectives.</param>
    /// <param name="minimum">Smallest effects.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="scope">The service, and a region of it or null for all.</param>
    /// <param name="leftOut">For each step whether it is left out.</param>
    public static IReadOnlyList<BlockSeries> Of(
        SeriesSet set, AnalysisSettings settings, MinimumEffects minimum, BlockGrid blocks, (string Service, string? Region) scope, bool[] leftOut)
    {
        ServiceBlocks figures = new(set, settings, minimum, blocks, scope, leftOut);
        return [.. set.Indicators.Where(series => series.Key.Service == scope.Service && series.Key.Region == scope.Region).SelectMany(figures.Figures)];
    }

    private IEnumerable<BlockSeries> Figures(IndicatorSeries series)
    {
        string? missing = series.State switch
        {
            ReadState.Empty empty => "no data: " + empty.Reason,
            ReadState.Failed failed => "query failed: " + failed.Reason,
            _ => null,
        };
        return series switch
        {
            IndicatorSeries.Ratio ratio => [Ratio(ratio, missing)],
            IndicatorSeries.Latency latency => Latency(latency, missing),
            IndicatorSeries.Gauge gauge => [Gauge(gauge, missing)],
            IndicatorSeries.Rate rate => [Rate(rate, missing)],
            _ => throw new UnreachableException(),
        };
    }

    private BlockSeries Ratio(IndicatorSeries.Ratio ratio, string? missing)
    {
        (double[] bad, double[] total, double[] share) = Sums(_blocks, _left, i => (MetricSeriesOf.BadAt(ratio, i), ratio.Total.At(i)));
        double? budget = _objectives
            .Where(objective => objective.Indicator == ratio.Key.Indicator && objective.Goal is ObjectiveGoal.GoodEvents)
            .Select(objective => (double?)(100 * (1 - objective.Target.Value))).Min();
        if (ratio.Key.Indicator == IndicatorNames.Availability)
        {
            double points = budget is { } allowed ? _minimum.BudgetShare * allowed : _minimum.ErrorPoints;
            return new BlockSeries(
                ratio.Key, MetricNames.ErrorRate, "%", Better.Lower, [.. share.Select(s => 100 * s)], bad, total, points, true, null, missing);
        }

        double[] values = [.. share.Select(s => 100 * (ratio.Spec.PartIs == RatioPart.Used ? s : 1 - s))];
        return new BlockSeries(ratio.Key, ratio.Key.Indicator, "%", ratio.Spec.Better, values, null, null, _minimum.SharePoints, true, null, missing);
    }

    private BlockSeries[] Latency(IndicatorSeries.Latency latency, string? missing)
    {
        IReadOnlyList<double> quantiles = latency.Spec.Quantiles;
        double[][] values = [.. quantiles.Select(_ => Filled(_blocks.Count))];
        double[] at = new double[latency.Histogram.Buckets.Count];
        for (int b = 0; at.Length > 0 && b < _blocks.Count; b++)
        {
            double[] counts = new double[at.Length];
            int used = 0;
            (int from, int length) = _blocks.StepsOf(b).GetOffsetAndLength(_blocks.Grid.Count);
            for (int i = from; i < from + length; i++)
            {
                latency.Histogram.CumulativeCountsAt(i, at);
                if (_left[i] || at.AsSpan().ContainsAnyExceptInRange(0, double.MaxValue))
                {
                    continue;
                }

                used++;
                for (int k = 0; k < at.Length; k++)
                {
                    counts[k] += at[k];
                }
            }

            for (int q = 0; q < values.Length && used >= UsableShare * length; q++)
            {
                values[q][b] = 1000 * latency.Spec.SecondsPerUnit * HistogramQuantile.Of(quantiles[q], latency.Histogram.UpperBounds, counts);
            }
        }

        // Quantiles of the service's own latency have short names; those of another latency carry its name.
        string prefix = latency.Key.Indicator == IndicatorNames.Latency ? string.Empty : latency.Key.Indicator + "_";
        return [.. quantiles.Select((quantile, q) => new BlockSeries(
            latency.Key, prefix + MetricNames.Latency(quantile), "ms", Better.Lower, values[q], null, null, _minimum.Latency, false, null, missing))];
    }

    private BlockSeries Gauge(IndicatorSeries.Gauge gauge, string? missing)
    {
        double scale = gauge.Spec.Capacity is null ? 1 : 100;
        double[] values = Filled(_blocks.Count);
        double[] inBlock = new double[_blocks.StepsPerBlock];
        for (int b = 0; b < _blocks.Count; b++)
        {
            int used = 0;
            (int from, int length) = _blocks.StepsOf(b).GetOffsetAndLength(_blocks.Grid.Count);
            for (int i = from; i < from + length; i++)
            {
                if (!_left[i] && double.IsFinite(gauge.Values.Values[i]))
                {
                    inBlock[used++] = gauge.Values.Values[i];
                }
            }

            values[b] = used >= UsableShare * length ? scale * Median.InPlace(inBlock.AsSpan(0, used)) : double.NaN;
        }

        return Plain(gauge, gauge.Spec, values, null, missing);
    }

    private BlockSeries Rate(IndicatorSeries.Rate rate, string? missing)
    {
        if (rate.Key.Indicator == IndicatorNames.Cpu && _requests is { } requests)
        {
            double[] perRequest = Sums(_blocks, _left, i => (1000 * rate.Counter.At(i), requests.At(i))).Ratios;
            return new BlockSeries(
                rate.Key, MetricComparison.CpuPerRequest, "ms/request", rate.Spec.Better, perRequest, null, null, _minimum.Cpu, false,
                "CPU time divided by requests, so that more traffic is no change", missing);
        }

        double[] values = Sums(_blocks, _left, i => rate.Capacity is { } capacity
            ? (100 * rate.Counter.At(i), capacity.Values[i] * _blocks.Grid.Step.TotalSeconds)
            : (rate.Counter.At(i), _blocks.Grid.Step.TotalSeconds)).Ratios;
        return Plain(rate, rate.Spec, values, rate.Key.Indicator == IndicatorNames.Cpu ? "not divided by requests: the service counts none" : null, missing);
    }

    private BlockSeries Plain(IndicatorSeries series, IndicatorDefinition spec, double[] values, string? note, string? missing)
    {
        bool points = spec.Unit == "%";
        double minimum = points ? _minimum.SharePoints
            : series.Key.Indicator == IndicatorNames.Memory ? _minimum.Memory
            : series.Key.Indicator == IndicatorNames.Cpu ? _minimum.Cpu
            : _minimum.Other;
        return new BlockSeries(series.Key, series.Key.Indicator, spec.Unit, spec.Better, values, null, null, minimum, points, note, missing);
    }

    private static CounterSteps? RequestsOf(SeriesSet set, string service, string? region) =>
        set.Find(service, IndicatorNames.Availability, region) is IndicatorSeries.Ratio { State: ReadState.Answered } ratio ? ratio.Total
        : set.Find(service, IndicatorNames.Latency, region) is IndicatorSeries.Latency { State: ReadState.Answered } latency && latency.Histogram.Buckets.Count > 0
            ? latency.Histogram.Buckets[^1]
        : null;

    // Sums over the steps of each block in which both numbers are known; NaN where fewer than half of the steps are, or nothing is below the line.
    private static (double[] Above, double[] Below, double[] Ratios) Sums(BlockGrid blocks, bool[] leftOut, Func<int, (double Above, double Below)> at)
    {
        double[] above = Filled(blocks.Count);
        double[] below = Filled(blocks.Count);
        double[] ratios = Filled(blocks.Count);
        for (int b = 0; b < blocks.Count; b++)
        {
            (double sumAbove, double sumBelow, int used) = (0, 0, 0);
            (int from, int length) = blocks.StepsOf(b).GetOffsetAndLength(blocks.Grid.Count);
            for (int i = from; i < from + length; i++)
            {
                (double one, double other) = leftOut[i] ? (double.NaN, double.NaN) : at(i);
                if (double.IsFinite(one) && double.IsFinite(other))
                {
                    (sumAbove, sumBelow, used) = (sumAbove + one, sumBelow + other, used + 1);
                }
            }

            if (used >= UsableShare * length)
            {
                (above[b], below[b]) = (sumAbove, sumBelow);
                ratios[b] = sumBelow > 0 ? sumAbove / sumBelow : double.NaN;
            }
        }

        return (above, below, ratios);
    }

    private static double[] Filled(int count)
    {
        double[] values = new double[count];
        Array.Fill(values, double.NaN);
        return values;
    }
}
