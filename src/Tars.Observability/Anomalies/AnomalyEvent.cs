using Tars.Observability.TimeSeries;

namespace Tars.Observability.Anomalies;

/// <summary>
/// Something unusual that lasted: neighbouring unusual steps, the quantiles of one latency and the regions of one service are one event.
/// How each number is obtained is in docs/math.md, "Anomalies".
/// </summary>
/// <param name="Service">The service, or <see cref="BackendService"/> where every series is concerned at once.</param>
/// <param name="Metric">The figure that shows the event most clearly (<see cref="Indicators.MetricNames"/> or an indicator's name); <see cref="AllMetrics"/> where all figures of the service went missing.</param>
/// <param name="Unit">Unit of the values in <paramref name="Peak"/>: <c>%</c>, <c>ms</c>, <c>1/s</c>, <c>bytes</c>, <c>cores</c>, or empty.</param>
/// <param name="Regions">The regions that show it, sorted, when some do and others do not; empty when it concerns all of them or the service has none.</param>
/// <param name="Kind">Its shape.</param>
/// <param name="Start">Start of the first unusual step, UTC.</param>
/// <param name="End">End of the last unusual step (exclusive), UTC; the end of the analysed window when <paramref name="IsOngoing"/>.</param>
/// <param name="IsOngoing">Whether it had not ended when the data did: "recovered" may be said only when this is false.</param>
/// <param name="Peak">The step farthest from what was expected; null for missing data.</param>
/// <param name="Severity">See <see cref="AnomalySeverity"/> for the rule.</param>
/// <param name="Confidence">
/// In [0, 1]: one minus the adjusted p-value, i.e. one minus the false discovery rate at which the event would just be reported, where
/// the p-value is the probability that noise as fitted to the rest of the series produces such an excursion anywhere in the window, and
/// the adjustment (Benjamini–Hochberg) is over all series judged. It says how surely it is no chance, not how much it matters.
/// </param>
/// <param name="IsHarmful">Whether the deviation is in the direction that hurts, or data or movement is missing.</param>
/// <param name="InMaintenance">Whether announced maintenance of the service overlaps the event.</param>
/// <param name="RelatedMetrics">Other figures of the same indicator that show the same event (p50 and p95 beside p99), by name.</param>
/// <param name="ConcurrentWith">Events of other figures or services that overlap this one, by service and metric. Overlap is no cause.</param>
/// <param name="Suggestions">First steps a person may take: suggestions by kind and figure, nothing that was found out.</param>
/// <param name="Method">The detector and baseline, for example <c>seasonal (weekday and weekend day)</c>, <c>ewma</c>.</param>
public sealed record AnomalyEvent(
    string Service,
    string Metric,
    string Unit,
    IReadOnlyList<string> Regions,
    AnomalyKind Kind,
    DateTimeOffset Start,
    DateTimeOffset End,
    bool IsOngoing,
    AnomalyPeak? Peak,
    AnomalySeverity Severity,
    double Confidence,
    bool IsHarmful,
    bool InMaintenance,
    IReadOnlyList<string> RelatedMetrics,
    IReadOnlyList<ConcurrentAnomaly> ConcurrentWith,
    IReadOnlyList<string> Suggestions,
    string Method)
{
    /// <summary>The service name of an event that concerns the monitoring backend itself.</summary>
    public const string BackendService = "(backend)";

    /// <summary>The metric name of an event that concerns every figure of its service.</summary>
    public const string AllMetrics = "(all)";

    /// <summary>When it was there.</summary>
    public TimeWindow Window => new(Start, End);
}

/// <summary>The step of an event that is farthest from what was expected.</summary>
/// <param name="Time">Start of the step, UTC.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Expected">What the baseline expects there; the tested step has no part in it.</param>
/// <param name="ExpectedLow">Lower end of the range in which values are taken for normal.</param>
/// <param name="ExpectedHigh">Upper end of that range.</param>
public sealed record AnomalyPeak(DateTimeOffset Time, double Value, double Expected, double ExpectedLow, double ExpectedHigh)
{
    /// <summary>Value − expected, in the unit of the value.</summary>
    public double Deviation => Value - Expected;

    /// <summary>(Value − expected) ÷ |expected|; null when zero is expected.</summary>
    public double? RelativeDeviation => Expected == 0 ? null : Deviation / Math.Abs(Expected);
}

/// <summary>Another event that was there at the same time.</summary>
/// <param name="Service">Its service.</param>
/// <param name="Metric">Its figure.</param>
/// <param name="Kind">Its shape.</param>
/// <param name="Start">Its start, UTC.</param>
public sealed record ConcurrentAnomaly(string Service, string Metric, AnomalyKind Kind, DateTimeOffset Start);

/// <summary>The shape of an event.</summary>
public enum AnomalyKind
{
    /// <summary>Above what is expected for minutes to hours, then back (or not yet back).</summary>
    Spike,

    /// <summary>Below what is expected for minutes to hours, then back (or not yet back).</summary>
    Drop,

    /// <summary>A new level that holds for a day or more.</summary>
    LevelShift,

    /// <summary>A slow, steady growth or decline over many hours.</summary>
    Drift,

    /// <summary>Exactly one value, repeated far longer than ever before, where the figure used to vary.</summary>
    Flatline,

    /// <summary>Nothing measured where there used to be measurements. Never read as zero.</summary>
    MissingData,
}

/// <summary>
/// How much an event asks for attention: by the size of the deviation in multiples of the figure's minimum effect, raised by duration and
/// lowered when harmless or in maintenance. The table is in docs/math.md, "Anomalies", severity.
/// </summary>
public enum AnomalySeverity
{
    /// <summary>Worth knowing.</summary>
    Low,

    /// <summary>Worth a look in working hours.</summary>
    Medium,

    /// <summary>Users most likely notice.</summary>
    High,

    /// <summary>Users certainly notice, or nothing is known any more.</summary>
    Critical,
}
