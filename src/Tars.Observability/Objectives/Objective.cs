using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>A service level objective: the share of good events promised over a window.</summary>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The name of one of its indicators.</param>
/// <param name="Goal">What counts as good.</param>
/// <param name="Target">The promised share of good events, in (0, 1).</param>
/// <param name="Window">The window over which the promise holds, for example 30 days.</param>
public sealed record Objective(string Service, string Indicator, ObjectiveGoal Goal, Ratio Target, TimeSpan Window)
{
    /// <summary>The name reports use, for example <c>checkout/latency p99 &lt;= 500ms</c>.</summary>
    public string Name => $"{Service}/{Indicator}{Goal.Suffix}";
}

/// <summary>What counts as good.</summary>
public abstract record ObjectiveGoal
{
    private ObjectiveGoal()
    {
    }

    /// <summary>What distinguishes the goal in an objective's name; begins with a space unless empty.</summary>
    public abstract string Suffix { get; }

    /// <summary>For a ratio: the good events of the indicator itself.</summary>
    public sealed record GoodEvents : ObjectiveGoal
    {
        /// <inheritdoc/>
        public override string Suffix => string.Empty;
    }

    /// <summary>
    /// For a latency: requests at or below a threshold are good. With a quantile, the quantile itself is judged as well: it must not
    /// exceed the threshold over the report's window.
    /// </summary>
    /// <param name="ThresholdSeconds">The threshold in seconds, positive.</param>
    /// <param name="Quantile">The quantile to judge, in (0, 1), or null.</param>
    public sealed record FasterThan(double ThresholdSeconds, double? Quantile) : ObjectiveGoal
    {
        /// <inheritdoc/>
        public override string Suffix => FormattableString.Invariant(
            $" {(Quantile is { } q ? $"p{q * 100:0.####} " : string.Empty)}<= {ThresholdSeconds * 1000:0.###}ms");
    }

    /// <summary>For a gauge or rate: steps in which it stays within a limit are good.</summary>
    /// <param name="Limit">The limit, in the unit of the figure that reports show (percent where there is a capacity).</param>
    /// <param name="AtMost">Whether good means at most the limit; otherwise at least.</param>
    public sealed record WithinLimit(double Limit, bool AtMost) : ObjectiveGoal
    {
        /// <inheritdoc/>
        public override string Suffix => FormattableString.Invariant($" {(AtMost ? "<=" : ">=")} {Limit:0.######}");
    }
}
