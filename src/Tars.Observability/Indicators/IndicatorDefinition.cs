namespace Tars.Observability.Indicators;

/// <summary>Which direction of an indicator is an improvement.</summary>
public enum Better
{
    /// <summary>Smaller is better: latency, errors, saturation.</summary>
    Lower,

    /// <summary>Larger is better: availability, cache hits.</summary>
    Higher,

    /// <summary>Neither: traffic.</summary>
    Neither,
}

/// <summary>
/// A typed service level indicator. A user names metrics; T.A.R.S. writes the queries. Well-known names map to well-known report
/// fields, see <see cref="IndicatorNames"/>.
/// </summary>
/// <param name="Name">Name, unique within its service.</param>
/// <param name="Unit">Unit of the indicator's value, for people: <c>%</c>, <c>s</c>, <c>bytes</c>, <c>cores</c>, <c>1/s</c>, or empty.</param>
/// <param name="Better">Which direction is an improvement.</param>
public abstract record IndicatorDefinition(string Name, string Unit, Better Better)
{
    /// <summary>A ratio of two counters, always computed as a ratio of sums.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Part">The counter of one part.</param>
    /// <param name="PartIs">What that part is.</param>
    /// <param name="Whole">The counter of the whole; or of the other part when <paramref name="WholeIncludesPart"/> is false.</param>
    /// <param name="WholeIncludesPart">Whether <paramref name="Whole"/> already counts <paramref name="Part"/>.</param>
    public sealed record Ratio(string Name, Selector Part, RatioPart PartIs, Selector Whole, bool WholeIncludesPart)
        : IndicatorDefinition(Name, "%", PartIs == RatioPart.Used ? Better.Lower : Better.Higher);

    /// <summary>A latency distribution, from a classic or native histogram.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Histogram">The histogram's base name (without <c>_bucket</c>) and matchers.</param>
    /// <param name="SecondsPerUnit">Seconds per unit of the bucket bounds: 1 for seconds, 0.001 for milliseconds.</param>
    /// <param name="Quantiles">Quantiles to report, each in (0, 1), ascending.</param>
    public sealed record Latency(string Name, Selector Histogram, double SecondsPerUnit, IReadOnlyList<double> Quantiles)
        : IndicatorDefinition(Name, "s", Better.Lower);

    /// <summary>A gauge, aggregated over series; with a capacity, the share of that capacity in use.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Metric">The gauge.</param>
    /// <param name="Aggregation">How series are put together.</param>
    /// <param name="Capacity">The gauge of what there is at most, or null.</param>
    /// <param name="GaugeIsFree">With a capacity: whether the gauge counts what is left (1 − gauge ÷ capacity is in use).</param>
    /// <param name="Unit">Unit of the value; with a capacity always <c>%</c>.</param>
    /// <param name="Better">Which direction is an improvement.</param>
    public sealed record Gauge(string Name, Selector Metric, Aggregation Aggregation, Selector? Capacity, bool GaugeIsFree, string Unit, Better Better)
        : IndicatorDefinition(Name, Capacity is null ? Unit : "%", Better);

    /// <summary>A counter per second, summed over series; with a capacity, the share of that capacity in use.</summary>
    /// <param name="Name">Name.</param>
    /// <param name="Counter">The counter.</param>
    /// <param name="Capacity">A gauge of the largest possible rate, or null.</param>
    /// <param name="Unit">Unit of the rate, for example <c>cores</c> for CPU seconds per second; with a capacity always <c>%</c>.</param>
    /// <param name="Better">Which direction is an improvement.</param>
    public sealed record Rate(string Name, Selector Counter, Selector? Capacity, string Unit, Better Better)
        : IndicatorDefinition(Name, Capacity is null ? Unit : "%", Better);
}

/// <summary>What the part of a ratio is.</summary>
public enum RatioPart
{
    /// <summary>Good events; the ratio is good ÷ total.</summary>
    Good,

    /// <summary>Bad events; the ratio is 1 − bad ÷ total.</summary>
    Bad,

    /// <summary>Use of something; the ratio is used ÷ total and smaller is better.</summary>
    Used,
}

/// <summary>How the series of a gauge are put together at one instant.</summary>
public enum Aggregation
{
    /// <summary>Sum.</summary>
    Sum,

    /// <summary>Unweighted mean.</summary>
    Average,

    /// <summary>Largest.</summary>
    Max,

    /// <summary>Smallest.</summary>
    Min,
}
