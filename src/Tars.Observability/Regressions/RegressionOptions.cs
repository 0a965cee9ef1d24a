using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>How strictly to compare. Every default is reasoned in docs/math.md, "Regressions".</summary>
/// <param name="CompareTo">The baseline of the comparison of periods.</param>
/// <param name="FalseDiscoveryRate">Share of findings that may be chance, over everything tested in the run, in (0, 1).</param>
/// <param name="ConfidenceLevel">Level of the intervals, in (0, 1).</param>
/// <param name="Block">Length of the blocks that are compared; a whole number of steps that divides a day, at least the step.</param>
/// <param name="LongestSide">Most time compared on either side of a deployment, at least <paramref name="ShortestSide"/>.</param>
/// <param name="ShortestSide">Least measured time needed on either side; below it nothing is concluded.</param>
/// <param name="RollOut">Time left out after a deployment: instances restart and warm up one after another.</param>
/// <param name="MinimumEffects">Smallest effects worth a finding.</param>
/// <param name="CompareRegions">Whether each region of a service that has several is compared besides the whole of it.</param>
public sealed record RegressionOptions(
    ComparisonBaseline CompareTo,
    double FalseDiscoveryRate,
    double ConfidenceLevel,
    TimeSpan Block,
    TimeSpan LongestSide,
    TimeSpan ShortestSide,
    TimeSpan RollOut,
    MinimumEffects MinimumEffects,
    bool CompareRegions)
{
    /// <summary>
    /// Deployments only, a false discovery rate of 1 %, intervals of 95 %, blocks of 30 minutes, 2 to 24 hours on either side, 30
    /// minutes of roll-out, regions compared.
    /// </summary>
    public static RegressionOptions Default { get; } = new(
        new ComparisonBaseline.None(), 0.01, 0.95, TimeSpan.FromMinutes(30), TimeSpan.FromHours(24), TimeSpan.FromHours(2), TimeSpan.FromMinutes(30), MinimumEffects.Default, true);
}

/// <summary>What a window is compared with as a whole.</summary>
public abstract record ComparisonBaseline
{
    private ComparisonBaseline()
    {
    }

    /// <summary>Nothing: only deployments are compared.</summary>
    public sealed record None : ComparisonBaseline;

    /// <summary>The window of the same length that ends where the analysed window begins.</summary>
    public sealed record Previous : ComparisonBaseline;

    /// <summary>A stated window.</summary>
    /// <param name="Window">The window.</param>
    public sealed record Fixed(TimeWindow Window) : ComparisonBaseline;
}

/// <summary>
/// The smallest change of each kind of figure that is worth a finding: a statistically sure change below it is none. Severity counts in
/// multiples of it.
/// </summary>
/// <param name="Latency">Relative change of a latency quantile, for example 0.05.</param>
/// <param name="ErrorPoints">Change of the error rate in percentage points, where no objective says what an error costs.</param>
/// <param name="BudgetShare">Change of the error rate as a share of what the strictest objective of the indicator allows.</param>
/// <param name="ErrorRatio">Relative change that an error rate must show besides, for example 0.5.</param>
/// <param name="Cpu">Relative change of CPU per request.</param>
/// <param name="Memory">Relative change of memory.</param>
/// <param name="SharePoints">Change of any other share, in percentage points.</param>
/// <param name="Other">Relative change of anything else.</param>
public sealed record MinimumEffects(
    double Latency, double ErrorPoints, double BudgetShare, double ErrorRatio, double Cpu, double Memory, double SharePoints, double Other)
{
    /// <summary>Latency 5 %, errors 0.05 points or a quarter of the budget and at least 50 %, CPU and memory 10 %, shares 5 points, others 15 %.</summary>
    public static MinimumEffects Default { get; } = new(0.05, 0.05, 0.25, 0.5, 0.10, 0.10, 5, 0.15);
}

/// <summary>A span in which a service was known not to be itself, left out of what is compared.</summary>
/// <param name="Service">The service, or null for all.</param>
/// <param name="Window">When.</param>
/// <param name="Reason">What it was, in words.</param>
public sealed record Disturbance(string? Service, TimeWindow Window, string Reason);
