using Tars.Observability.TimeSeries;

namespace Tars.Observability.Budgets;

/// <summary>
/// A multi-window burn rate alert: it fires while both the long and the short window burn the budget at the threshold or faster. The
/// threshold is the rate that consumes a share of the whole budget within the long window; never below 1, because at 1 the budget just
/// lasts. Source: Google, The Site Reliability Workbook (2018), chapter 5, "Alerting on SLOs", table 5-8.
/// </summary>
/// <param name="Name"><c>1h/5m</c>, <c>6h/30m</c>, <c>3d/6h</c>.</param>
/// <param name="Severity"><c>page</c> or <c>ticket</c>.</param>
/// <param name="Long">The long window.</param>
/// <param name="Short">The short window, which ends the alert soon after the burning.</param>
/// <param name="BudgetShare">The share of the budget that the threshold consumes in the long window.</param>
public sealed record BurnRule(string Name, string Severity, TimeSpan Long, TimeSpan Short, double BudgetShare)
{
    /// <summary>The three rules of the workbook.</summary>
    public static IReadOnlyList<BurnRule> All { get; } =
    [
        new("1h/5m", "page", TimeSpan.FromHours(1), TimeSpan.FromMinutes(5), 0.02),
        new("6h/30m", "page", TimeSpan.FromHours(6), TimeSpan.FromMinutes(30), 0.05),
        new("3d/6h", "ticket", TimeSpan.FromDays(3), TimeSpan.FromHours(6), 0.10),
    ];

    /// <summary>The burn rate from which it fires, for an objective over <paramref name="objectiveWindow"/>: 14.4, 6 and 1 for 30 days.</summary>
    public double ThresholdFor(TimeSpan objectiveWindow) => Math.Max(1, BudgetShare * (objectiveWindow / Long));
}

/// <summary>When a burn rate rule would have fired.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Severity"><c>page</c> or <c>ticket</c>.</param>
/// <param name="Start">End of the first step at which both windows burned fast enough, UTC.</param>
/// <param name="End">End of the first step at which they no longer did, UTC.</param>
/// <param name="IsFiringAtEnd">Whether it still fired at the end of the collected data.</param>
/// <param name="PeakBurnRate">Largest burn rate of the long window meanwhile.</param>
public sealed record BurnEpisode(string Rule, string Severity, DateTimeOffset Start, DateTimeOffset End, bool IsFiringAtEnd, double PeakBurnRate);

/// <summary>A burn rate rule applied to an objective.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Threshold">The burn rate from which it fires.</param>
/// <param name="Long">Burn rate of the long window at the end of the report's window.</param>
/// <param name="Short">Burn rate of the short window at the end of the report's window.</param>
/// <param name="Episodes">When it would have fired in the report's window, by start.</param>
/// <param name="NotJudged">Why it could not be applied (the data is shorter than the long window), or null.</param>
public sealed record BurnAlert(BurnRule Rule, double Threshold, Figure Long, Figure Short, IReadOnlyList<BurnEpisode> Episodes, string? NotJudged);
