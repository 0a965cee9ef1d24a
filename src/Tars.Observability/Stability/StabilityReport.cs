using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>Day by day and all together: is the system as good as promised, as good as before, and does it stay so?</summary>
/// <param name="Window">The window.</param>
/// <param name="Days">Its calendar days in the configured time zone, parts of days included.</param>
/// <param name="Week">The key figures of the whole window.</param>
/// <param name="Score">How well the window kept the objectives, 0 to 100, see <see cref="ObjectiveScore"/>; no data without a judged objective.</param>
/// <param name="Baseline">What it is compared with, or null.</param>
/// <param name="Drift">The window compared with the baseline; empty without one.</param>
/// <param name="Trends">Trends over the days.</param>
/// <param name="DegradedDays">Days on which an objective was measurably missed.</param>
/// <param name="Recommendation">Hold, watch or roll back, and why.</param>
public sealed record StabilityReport(
    TimeWindow Window,
    IReadOnlyList<DaySummary> Days,
    KpiSummary Week,
    Figure Score,
    Baseline? Baseline,
    IReadOnlyList<Drift> Drift,
    IReadOnlyList<DailyTrend> Trends,
    int DegradedDays,
    Recommendation Recommendation)
{
    /// <summary>Looks at a window.</summary>
    /// <param name="set">What was collected.</param>
    /// <param name="settings">Objectives and exceptions.</param>
    /// <param name="window">A window inside the set's.</param>
    /// <param name="baseline">What to compare with, or null.</param>
    /// <exception cref="ArgumentException">The window does not lie inside the set's window, or holds no step.</exception>
    public static StabilityReport Of(SeriesSet set, AnalysisSettings settings, TimeWindow window, Baseline? baseline)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        KpiSummary week = KpiSummary.Of(set, settings, window);
        IReadOnlyList<DaySummary> days = DaySummary.Of(set, settings, window, baseline);
        IReadOnlyList<Drift> drift = baseline is null ? [] : Stability.Drift.Of(week, baseline, settings);
        IReadOnlyList<DailyTrend> trends = DailyTrend.Of(days, settings.CoverageMinimum);
        return new StabilityReport(
            window,
            days,
            week,
            ObjectiveScore.Of(week.Certification.Objectives),
            baseline,
            drift,
            trends,
            days.Count(day => day.IsDegraded),
            Recommendation.Of(week, days, drift, trends));
    }
}
