namespace Tars.Observability.Indicators.Presets;

/// <summary>Indicators as a framework or an exporter names them.</summary>
/// <param name="Name">The name a configuration uses.</param>
/// <param name="Title">What it is for, for people.</param>
/// <param name="Kind">Whether it describes services or what they stand on.</param>
/// <param name="Indicators">The indicators, names unique. Those whose metrics a backend lacks are "no data", never a default.</param>
public sealed record Preset(string Name, string Title, ServiceKind Kind, IReadOnlyList<IndicatorDefinition> Indicators)
{
    /// <summary>The metric names an indicator reads, as a backend lists them: a histogram by its <c>_bucket</c>.</summary>
    public static IReadOnlyList<string> MetricsOf(IndicatorDefinition indicator) =>
        [.. SelectorsOf(indicator).Select(selector => selector.Metric).Distinct()];

    /// <summary>The selectors an indicator reads, each of which needs series for the indicator to have data; a histogram by its <c>_bucket</c>.</summary>
    public static IReadOnlyList<Selector> SelectorsOf(IndicatorDefinition indicator) => indicator switch
    {
        IndicatorDefinition.Ratio ratio => [ratio.Part, ratio.Whole],
        IndicatorDefinition.Latency latency => [latency.Histogram.OnMetric(latency.Histogram.Metric + "_bucket")],
        IndicatorDefinition.Gauge { Capacity: { } capacity } gauge => [gauge.Metric, capacity],
        IndicatorDefinition.Gauge gauge => [gauge.Metric],
        IndicatorDefinition.Rate { Capacity: { } capacity } rate => [rate.Counter, capacity],
        IndicatorDefinition.Rate rate => [rate.Counter],
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
