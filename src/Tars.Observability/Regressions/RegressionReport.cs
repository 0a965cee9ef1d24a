using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>What changed for good: across each deployment, and from one period to another. Method in docs/math.md, "Regressions".</summary>
/// <param name="Window">The analysed window: deployments in it are compared, and it is the later period.</param>
/// <param name="Baseline">The earlier period, or null when periods were not compared.</param>
/// <param name="Step">The step of the data.</param>
/// <param name="MethodVersion">Version of the formulas.</param>
/// <param name="Options">How strictly was compared.</param>
/// <param name="Deployments">Each deployment in the window, by time and service.</param>
/// <param name="Periods">Period against period: one entry per service and figure, in configuration order; empty when not asked for.</param>
/// <param name="PeriodExclusions">Time left out of the two periods.</param>
/// <param name="BaselineReason">Why periods were asked for and not compared, or null.</param>
/// <param name="TestCount">Number of p-values over which was adjusted.</param>
/// <param name="Assessment">The whole in a word, and whether to roll back.</param>
public sealed record RegressionReport(
    TimeWindow Window,
    TimeWindow? Baseline,
    TimeSpan Step,
    string MethodVersion,
    RegressionOptions Options,
    IReadOnlyList<DeploymentComparison> Deployments,
    IReadOnlyList<MetricComparison> Periods,
    IReadOnlyList<ExcludedTime> PeriodExclusions,
    string? BaselineReason,
    int TestCount,
    RegressionAssessment Assessment)
{
    /// <summary>Compares each deployment in a window, and, when the options ask for it, the window with an earlier one.</summary>
    /// <param name="set">What was collected; time before the window serves as history and as the side before a deployment.</param>
    /// <param name="settings">Objectives, maintenance, configured deployments, time zone.</param>
    /// <param name="options">How strictly to compare.</param>
    /// <param name="window">A window inside the set's.</param>
    /// <param name="disturbances">Spans known to be unusual, left out and listed; an effect of a deployment itself must not be among them.</param>
    /// <exception cref="ArgumentException">
    /// The window does not lie inside the set's, or the block length is no whole number of steps, or does not divide a day.
    /// </exception>
    public static RegressionReport Of(
        SeriesSet set, AnalysisSettings settings, RegressionOptions options, TimeWindow window, IReadOnlyList<Disturbance>? disturbances = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        if (window.From < set.Window.From || window.To > set.Window.To)
        {
            throw new ArgumentException($"the window {window} does not lie inside {set.Window}, which was collected", nameof(window));
        }

        if (options.Block <= TimeSpan.Zero || TimeSpan.TicksPerDay % options.Block.Ticks != 0
            || (options.Block > set.Grid.Step && options.Block.Ticks % set.Grid.Step.Ticks != 0))
        {
            throw new ArgumentException($"blocks of {options.Block} are no whole number of steps of {set.Grid.Step} or do not divide a day", nameof(options));
        }

        return new RegressionAnalysis(set, settings, options, window, disturbances ?? []).Run();
    }

    /// <summary>Every comparison: deployments first, then periods.</summary>
    public IEnumerable<MetricComparison> Comparisons => Deployments.SelectMany(deployment => deployment.Metrics).Concat(Periods);

    /// <summary>Regressions, the most severe first, then by multiple of the minimum effect.</summary>
    public IReadOnlyList<MetricComparison> Regressions =>
    [
        .. Comparisons.Where(comparison => comparison.Outcome == ComparisonOutcome.Regression)
            .OrderByDescending(comparison => comparison.Severity).ThenByDescending(comparison => comparison.Multiple),
    ];

    /// <summary>Improvements, the largest first.</summary>
    public IReadOnlyList<MetricComparison> Improvements =>
    [
        .. Comparisons.Where(comparison => comparison.Outcome == ComparisonOutcome.Improvement).OrderByDescending(comparison => comparison.Multiple),
    ];
}

/// <summary>What one deployment was followed by.</summary>
/// <param name="Deployment">The deployment.</param>
/// <param name="AlsoKnownAs">The same deployment as other sources saw it.</param>
/// <param name="Before">The window before; null when there is none.</param>
/// <param name="After">The window after, of the same length, past the roll-out; null when there is none.</param>
/// <param name="Excluded">Time inside these windows that was left out.</param>
/// <param name="TrafficRatio">Requests per second after ÷ before; null when not measured. Context, not a finding.</param>
/// <param name="Metrics">One entry per figure of the service, in configuration order; empty when nothing could be compared.</param>
/// <param name="IsLatest">Whether no later deployment of this service is known: only then can it be rolled back.</param>
/// <param name="NotCompared">Why nothing was compared, or null.</param>
public sealed record DeploymentComparison(
    Deployment Deployment,
    IReadOnlyList<Deployment> AlsoKnownAs,
    TimeWindow? Before,
    TimeWindow? After,
    IReadOnlyList<ExcludedTime> Excluded,
    double? TrafficRatio,
    IReadOnlyList<MetricComparison> Metrics,
    bool IsLatest,
    string? NotCompared);

/// <summary>Time left out of a comparison.</summary>
/// <param name="Service">The service it was left out for; null for all.</param>
/// <param name="Window">When, cut to the compared windows.</param>
/// <param name="Reason">Why: maintenance, a known disturbance, missing data.</param>
public sealed record ExcludedTime(string? Service, TimeWindow Window, string Reason);

/// <summary>The whole in a word.</summary>
/// <param name="Overall">The worst that was found.</param>
/// <param name="Reason">What it rests on.</param>
/// <param name="RollbackRecommended">Whether any rule for rolling back fired.</param>
/// <param name="Rules">The rules that fired, with their evidence; empty when none did.</param>
public sealed record RegressionAssessment(
    OverallAssessment Overall, string Reason, bool RollbackRecommended, IReadOnlyList<RollbackRule> Rules);

/// <summary>The worst that was found.</summary>
public enum OverallAssessment
{
    /// <summary>Nothing could be compared: not known to be stable.</summary>
    Inconclusive,

    /// <summary>Something was compared and no regression was found.</summary>
    Stable,

    /// <summary>The worst regression is low or medium.</summary>
    MinorRegression,

    /// <summary>The worst regression is high.</summary>
    MajorRegression,

    /// <summary>The worst regression is critical.</summary>
    CriticalRegression,
}

/// <summary>A rule for rolling back that fired. Only regressions that users feel count: errors and latency.</summary>
/// <param name="Rule">The rule in words.</param>
/// <param name="Deployment">The deployment to roll back.</param>
/// <param name="Evidence">The regressions it rests on.</param>
public sealed record RollbackRule(string Rule, Deployment Deployment, IReadOnlyList<MetricComparison> Evidence);
