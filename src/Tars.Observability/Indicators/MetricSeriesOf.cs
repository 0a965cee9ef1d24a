using System.Diagnostics;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Turns indicators into the courses of their figures.</summary>
public static class MetricSeriesOf
{
    /// <summary>
    /// The figures of an indicator. A ratio named <see cref="IndicatorNames.Availability"/> gives error rate and request rate, another
    /// ratio its own share in percent; a latency gives one figure per quantile, in milliseconds; a gauge or rate gives itself.
    /// </summary>
    /// <param name="series">The indicator.</param>
    /// <returns>The figures; all values NaN when the indicator has no data.</returns>
    public static IReadOnlyList<MetricSeries> Indicator(IndicatorSeries series) =>
        series.State is ReadState.Answered ? Courses(series) : [.. Courses(series).Select(WithoutData)];

    private static MetricSeries[] Courses(IndicatorSeries series) => series switch
    {
        IndicatorSeries.Ratio { Key.Indicator: IndicatorNames.Availability } ratio => [ErrorRate(ratio), RequestRate(ratio)],
        IndicatorSeries.Ratio ratio => [Share(ratio)],
        IndicatorSeries.Latency latency => Quantiles(latency),
        IndicatorSeries.Gauge gauge => [Gauge(gauge)],
        IndicatorSeries.Rate rate => [Rate(rate)],
        _ => throw new UnreachableException(),
    };

    /// <summary>The figures of every indicator in a set, in its order.</summary>
    public static IReadOnlyList<MetricSeries> All(SeriesSet set) => [.. set.Indicators.SelectMany(Indicator)];

    /// <summary>The number of bad events in a step for its course; NaN when not usable.</summary>
    public static double BadAt(IndicatorSeries.Ratio ratio, int index)
    {
        double part = ratio.Part.At(index);
        double total = ratio.Total.At(index);
        // A part without any series at all (no request ever failed) has no presence of its own: it is zero where the total is known.
        double known = double.IsNaN(part) && ratio.Part.Presence.Live[index] == 0 ? 0 : part;
        return ratio.Spec.PartIs == RatioPart.Good ? Math.Max(0, total - known) : known + (0 * total);
    }

    // A part without its whole, or a whole without the label that tells its part, still brings numbers; they mean nothing.
    private static MetricSeries WithoutData(MetricSeries course)
    {
        double[] values = new double[course.Values.Length];
        Array.Fill(values, double.NaN);
        return course with { Values = values, Weights = course.Weights is null ? null : new double[values.Length], Presence = null };
    }

    private static MetricSeries ErrorRate(IndicatorSeries.Ratio ratio)
    {
        double[] weights = Weights(ratio.Total);
        double[] values = Steps(ratio.Grid, i => weights[i] > 0 ? 100 * BadAt(ratio, i) / weights[i] : double.NaN);
        return new MetricSeries(ratio.Key, MetricNames.ErrorRate, "%", Better.Lower, ratio.Grid, values, weights, ratio.Total.Presence);
    }

    private static MetricSeries RequestRate(IndicatorSeries.Ratio ratio)
    {
        double[] values = Steps(ratio.Grid, i => ratio.Total.At(i) / ratio.Grid.Step.TotalSeconds);
        return new MetricSeries(ratio.Key, MetricNames.RequestRate, "1/s", Better.Neither, ratio.Grid, values, Weights(ratio.Total), ratio.Total.Presence);
    }

    private static MetricSeries Share(IndicatorSeries.Ratio ratio)
    {
        double[] weights = Weights(ratio.Total);
        double[] values = Steps(ratio.Grid, i =>
        {
            double bad = weights[i] > 0 ? BadAt(ratio, i) / weights[i] : double.NaN;
            return 100 * (ratio.Spec.PartIs == RatioPart.Used ? bad : 1 - bad);
        });
        return new MetricSeries(ratio.Key, ratio.Key.Indicator, "%", ratio.Spec.Better, ratio.Grid, values, weights, ratio.Total.Presence);
    }

    private static MetricSeries[] Quantiles(IndicatorSeries.Latency latency)
    {
        HistogramSteps histogram = latency.Histogram;
        double[] weights = histogram.Buckets.Count == 0 ? new double[latency.Grid.Count] : Weights(histogram.Buckets[^1]);
        double[][] values = [.. latency.Spec.Quantiles.Select(_ => new double[latency.Grid.Count])];
        double[] counts = new double[histogram.Buckets.Count];
        for (int i = 0; i < latency.Grid.Count; i++)
        {
            histogram.CumulativeCountsAt(i, counts);
            for (int q = 0; q < values.Length; q++)
            {
                values[q][i] = weights[i] > 0
                    ? 1000 * latency.Spec.SecondsPerUnit * Statistics.Histograms.HistogramQuantile.Of(latency.Spec.Quantiles[q], histogram.UpperBounds, counts)
                    : double.NaN;
            }
        }

        return [.. latency.Spec.Quantiles.Select((quantile, q) => new MetricSeries(
            latency.Key, MetricNames.Latency(quantile), "ms", Better.Lower, latency.Grid, values[q], weights, histogram.Presence))];
    }

    private static MetricSeries Gauge(IndicatorSeries.Gauge gauge)
    {
        double scale = gauge.Spec.Capacity is null ? 1 : 100;
        double[] values = Steps(gauge.Grid, i => gauge.Values.Values[i] * scale);
        return new MetricSeries(gauge.Key, gauge.Key.Indicator, gauge.Spec.Unit, gauge.Spec.Better, gauge.Grid, values, null, gauge.Values.Presence);
    }

    private static MetricSeries Rate(IndicatorSeries.Rate rate)
    {
        double[] values = Steps(rate.Grid, i =>
        {
            double perSecond = rate.Counter.At(i) / rate.Grid.Step.TotalSeconds;
            return rate.Capacity is null ? perSecond : 100 * perSecond / rate.Capacity.Values[i];
        });
        return new MetricSeries(rate.Key, rate.Key.Indicator, rate.Spec.Unit, rate.Spec.Better, rate.Grid, values, null, rate.Counter.Presence);
    }

    private static double[] Weights(CounterSteps total)
    {
        double[] weights = new double[total.Increase.Length];
        for (int i = 0; i < weights.Length; i++)
        {
            double at = total.At(i);
            weights[i] = double.IsNaN(at) ? 0 : at;
        }

        return weights;
    }

    private static double[] Steps(TimeGrid grid, Func<int, double> at)
    {
        double[] values = new double[grid.Count];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = at(i);
        }

        return values;
    }
}
