using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Histograms;

namespace Tars.Observability.Kpis;

/// <summary>Latency quantiles of a scope, from histograms merged over its services, instances and time; never from averaged quantiles.</summary>
internal static class LatencyFigures
{
    private static readonly double[] Standard = [0.5, 0.95, 0.99];

    /// <summary>The figures of the service's own latency: p50, p95, p99 and any other configured quantile, and the worst step's p99.</summary>
    public static IEnumerable<KpiFigure> OfRequests(IReadOnlyList<ScopePart> scope)
    {
        IndicatorParts<IndicatorSeries.Latency> parts = IndicatorParts<IndicatorSeries.Latency>.Of(scope, IndicatorNames.Latency);
        IEnumerable<double> quantiles = Standard.Concat(parts.Answered.SelectMany(part => part.Series.Spec.Quantiles)).Distinct().Order();
        MergedHistogram? merged = parts.Answered.Count == 0 ? null : MergedHistogram.Of(parts.Answered);
        foreach (double quantile in quantiles)
        {
            yield return Quantile(parts, merged, IndicatorNames.Latency, MetricNames.Latency(quantile), quantile);
        }

        double Worst() => 1000 * Courses.Extreme(parts.Answered[0].Steps, smallest: false, step => merged!.QuantileAt(0.99, step));
        yield return new KpiFigure(
            KpiNames.MaxP99Latency, "ms", Better.Lower, parts.Figure(IndicatorNames.Latency, PresenceOf, Worst, "no requests"), parts.Queries,
            parts.MissingNote());
    }

    /// <summary>The figures of another latency indicator: its quantiles.</summary>
    public static IEnumerable<KpiFigure> OfOther(ScopePart part, IndicatorDefinition.Latency definition)
    {
        IndicatorParts<IndicatorSeries.Latency> parts = IndicatorParts<IndicatorSeries.Latency>.Of([part], definition.Name);
        MergedHistogram? merged = parts.Answered.Count == 0 ? null : MergedHistogram.Of(parts.Answered);
        return definition.Quantiles.Select(quantile => Quantile(parts, merged, definition.Name, KpiNames.Latency(definition.Name, quantile), quantile));
    }

    private static KpiFigure Quantile(
        IndicatorParts<IndicatorSeries.Latency> parts, MergedHistogram? merged, string indicator, string name, double quantile)
    {
        double[] counts = merged?.Counts ?? [];
        string? note = parts.MissingNote();
        if (merged is not null && merged.Bounds.Length > 1 && quantile * counts[^1] > counts[^2])
        {
            double highest = merged.Bounds[^2] * 1000;
            note = Join(note, FormattableString.Invariant($"lies above the highest bucket bound: at least {highest:0.###} ms"));
        }

        note = merged?.LayoutsDiffer == true ? Join(note, "bucket bounds differ; only shared ones are used") : note;
        Figure figure = parts.Figure(
            indicator, PresenceOf, () => 1000 * HistogramQuantile.Of(quantile, merged!.Bounds, counts),
            merged?.Bounds.Length == 1 ? "the histograms share no finite bucket bound" : "no requests");
        return new KpiFigure(name, "ms", Better.Lower, figure, parts.Queries, note);
    }

    private static StepPresence? PresenceOf(IndicatorSeries.Latency latency) => latency.Histogram.Presence;

    private static string Join(string? first, string second) => first is null ? second : $"{first}; {second}";
}
