using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Which indicator of which service, whole or one region of it.</summary>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator's name.</param>
/// <param name="Region">The region, or null for all regions together.</param>
public readonly record struct IndicatorKey(string Service, string Indicator, string? Region)
{
    /// <summary><c>service/indicator</c> or <c>service/indicator@region</c>.</summary>
    public override string ToString() => Region is null ? $"{Service}/{Indicator}" : $"{Service}/{Indicator}@{Region}";
}

/// <summary>What one indicator was, step by step, in the analysed window. All arrays have one element per step of <see cref="Grid"/>.</summary>
/// <param name="Key">Which indicator.</param>
/// <param name="Definition">How it is defined.</param>
/// <param name="Grid">The steps of the analysed window (without lead-in).</param>
/// <param name="State">Whether the backend had it.</param>
public abstract record IndicatorSeries(IndicatorKey Key, IndicatorDefinition Definition, TimeGrid Grid, ReadState State)
{
    /// <summary>A ratio of counters.</summary>
    /// <param name="Key">Which indicator.</param>
    /// <param name="Spec">How it is defined.</param>
    /// <param name="Grid">The steps.</param>
    /// <param name="State">Whether the backend had it.</param>
    /// <param name="Part">Increases of the part, as defined (good, bad or used events).</param>
    /// <param name="Total">Increases of the whole, the part included. Its coverage is the indicator's.</param>
    public sealed record Ratio(IndicatorKey Key, IndicatorDefinition.Ratio Spec, TimeGrid Grid, ReadState State, CounterSteps Part, CounterSteps Total)
        : IndicatorSeries(Key, Spec, Grid, State);

    /// <summary>A latency distribution.</summary>
    /// <param name="Key">Which indicator.</param>
    /// <param name="Spec">How it is defined.</param>
    /// <param name="Grid">The steps.</param>
    /// <param name="State">Whether the backend had it.</param>
    /// <param name="Histogram">Increases per bucket.</param>
    public sealed record Latency(IndicatorKey Key, IndicatorDefinition.Latency Spec, TimeGrid Grid, ReadState State, HistogramSteps Histogram)
        : IndicatorSeries(Key, Spec, Grid, State);

    /// <summary>A gauge.</summary>
    /// <param name="Key">Which indicator.</param>
    /// <param name="Spec">How it is defined.</param>
    /// <param name="Grid">The steps.</param>
    /// <param name="State">Whether the backend had it.</param>
    /// <param name="Values">Aggregated values per step, or shares in [0, …) when there is a capacity.</param>
    public sealed record Gauge(IndicatorKey Key, IndicatorDefinition.Gauge Spec, TimeGrid Grid, ReadState State, GaugeSteps Values)
        : IndicatorSeries(Key, Spec, Grid, State);

    /// <summary>A counter per second.</summary>
    /// <param name="Key">Which indicator.</param>
    /// <param name="Spec">How it is defined.</param>
    /// <param name="Grid">The steps.</param>
    /// <param name="State">Whether the backend had it.</param>
    /// <param name="Counter">Increases of the counter.</param>
    /// <param name="Capacity">Summed capacity per step, or null when the definition has none.</param>
    public sealed record Rate(IndicatorKey Key, IndicatorDefinition.Rate Spec, TimeGrid Grid, ReadState State, CounterSteps Counter, GaugeSteps? Capacity)
        : IndicatorSeries(Key, Spec, Grid, State);
}

/// <summary>Whether a query brought anything.</summary>
public abstract record ReadState
{
    private ReadState()
    {
    }

    /// <summary>At least one series came.</summary>
    public sealed record Answered : ReadState;

    /// <summary>The backend answered and had no series.</summary>
    /// <param name="Reason">Which selector matched nothing.</param>
    public sealed record Empty(string Reason) : ReadState;

    /// <summary>The backend refused the query or failed to answer it.</summary>
    /// <param name="Reason">What it said.</param>
    public sealed record Failed(string Reason) : ReadState;

    /// <summary>The figure to state for an indicator in this state, given what it would be if it was answered.</summary>
    public Figure Select(Func<Figure> answered)
    {
        ArgumentNullException.ThrowIfNull(answered);
        return this switch
        {
            Answered => answered(),
            Empty empty => new Figure.NoData(empty.Reason),
            Failed failed => new Figure.QueryFailed(failed.Reason),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }
}
