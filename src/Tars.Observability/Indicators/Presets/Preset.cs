namespace Tars.Observability.Indicators.Presets;

/// <summary>Indicators as a framework or an exporter names them.</summary>
/// <param name="Name">The name a configuration uses.</param>
/// <param name="Title">What it is for, for people.</param>
/// <param name="Kind">Whether it describes services or what they stand on.</param>
/// <param name="Indicators">The indicators, names unique. Those whose metrics a backend lacks are "no data", never a default.</param>
public sealed record Preset(string Name, string Title, ServiceKind Kind, IReadOnlyList<IndicatorDefinition> Indicators)
{
    /// <summary>The metric names an indicator reads, as a backend lists them: a histogram by its <c>_bucket</c>.</summary>
    public static IReadOnlyList<string> MetricsOf(IndicatorDefinition indicator) => indicator switch
    {
        IndicatorDefinition.Ratio ratio => [.. new[] { ratio.Part.Metric, ratio.Whole.Metric }.Distinct()],
        IndicatorDefinition.Latency latency => [latency.Histogram.Metric + "_bucket"],
        IndicatorDefinition.Gauge { Capacity: { } capacity } gauge => [gauge.Metric.Metric, capacity.Metric],
        IndicatorDefinition.Gauge gauge => [gauge.Metric.Metric],
        IndicatorDefinition.Rate { Capacity: { } capacity } rate => [rate.Counter.Metric, capacity.Metric],
        IndicatorDefinition.Rate rate => [rate.Counter.Metric],
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
