using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>
/// One figure of one service before and after. A change at the time of a deployment is an association: nothing here says what caused it.
/// </summary>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="Metric">The figure: a name of <see cref="MetricNames"/>, <see cref="CpuPerRequest"/>, or the indicator's name.</param>
/// <param name="Unit">Unit of the values: <c>%</c>, <c>ms</c>, <c>bytes</c>, <c>cores</c>, <c>ms/request</c> (CPU), or as configured.</param>
/// <param name="Better">Which direction is an improvement.</param>
/// <param name="Deployment">The deployment between the two windows; null when periods are compared.</param>
/// <param name="Before">The window before.</param>
/// <param name="After">The window after.</param>
/// <param name="BeforeValue">Typical block before (20 % trimmed mean; of an error rate errors ÷ requests), in the unit; null when not compared.</param>
/// <param name="AfterValue">The same after.</param>
/// <param name="Change">Change in the unit, freed from the rhythm of day and week; null when not compared.</param>
/// <param name="ChangeLow">Lower end of its confidence interval.</param>
/// <param name="ChangeHigh">Upper end of its confidence interval.</param>
/// <param name="RelativeChange">Relative change (0.12 is 12 % more), freed from the rhythm; null when not compared or nothing was there before.</param>
/// <param name="RelativeLow">Lower end of its confidence interval.</param>
/// <param name="RelativeHigh">Upper end of its confidence interval; null when unbounded.</param>
/// <param name="CliffsDelta">Cliff's delta of the blocks in [−1, 1]: how often a block after lies above a block before, minus the reverse.</param>
/// <param name="PValue">Two-sided p-value of no change; null when not compared.</param>
/// <param name="AdjustedPValue">The same, adjusted over everything tested in the run (Benjamini–Hochberg).</param>
/// <param name="MinimumEffect">The smallest change worth a finding: relative, or in the unit when <paramref name="MinimumIsAbsolute"/>.</param>
/// <param name="MinimumIsAbsolute">Whether the minimum is in the unit of the figure.</param>
/// <param name="BlocksBefore">Blocks that entered before.</param>
/// <param name="BlocksAfter">Blocks that entered after.</param>
/// <param name="Outcome">What follows.</param>
/// <param name="Severity">Of a regression: by the size of the effect; null otherwise.</param>
/// <param name="Method">How it was compared, in words.</param>
/// <param name="Reason">Why there is no conclusion, or what a reader must know besides; null when there is nothing.</param>
public sealed record MetricComparison(
    string Service,
    string Indicator,
    string Metric,
    string Unit,
    Better Better,
    Deployment? Deployment,
    TimeWindow Before,
    TimeWindow After,
    double? BeforeValue,
    double? AfterValue,
    double? Change,
    double? ChangeLow,
    double? ChangeHigh,
    double? RelativeChange,
    double? RelativeLow,
    double? RelativeHigh,
    double? CliffsDelta,
    double? PValue,
    double? AdjustedPValue,
    double MinimumEffect,
    bool MinimumIsAbsolute,
    int BlocksBefore,
    int BlocksAfter,
    ComparisonOutcome Outcome,
    RegressionSeverity? Severity,
    string Method,
    string? Reason)
{
    /// <summary>The region that was compared, or null for all regions of the service together.</summary>
    public string? Region { get; init; }

    /// <summary>The service, and the region where one was compared: <c>shop in eu</c>.</summary>
    public string Place => Region is null ? Service : $"{Service} in {Region}";

    /// <summary>The name of CPU seconds per request, in milliseconds.</summary>
    public const string CpuPerRequest = "cpu_ms_per_request";

    /// <summary>Size of the change in multiples of the minimum effect, not negative; null when not compared.</summary>
    public double? Multiple => (MinimumIsAbsolute ? Change : RelativeChange) is { } size ? Math.Abs(size) / MinimumEffect : null;

    /// <summary>Whether the change, if it is one, is in the direction that hurts.</summary>
    public bool IsHarmful => Change is { } change && ((Better == Better.Lower && change > 0) || (Better == Better.Higher && change < 0));
}

/// <summary>What follows from a comparison.</summary>
public enum ComparisonOutcome
{
    /// <summary>No change that is both sure and large enough. That is no proof of equality; the interval says what is possible.</summary>
    NoRelevantChange,

    /// <summary>Sure, large enough, and in the direction that hurts.</summary>
    Regression,

    /// <summary>Sure, large enough, and in the direction that is better.</summary>
    Improvement,

    /// <summary>Sure and large enough, of a figure without a good direction.</summary>
    Shift,

    /// <summary>Nothing was concluded; the reason says why.</summary>
    NotEnoughData,
}

/// <summary>How large a regression is, in multiples of the minimum effect of its figure.</summary>
public enum RegressionSeverity
{
    /// <summary>Less than twice the minimum effect.</summary>
    Low,

    /// <summary>At least twice.</summary>
    Medium,

    /// <summary>At least five times.</summary>
    High,

    /// <summary>At least ten times.</summary>
    Critical,
}
