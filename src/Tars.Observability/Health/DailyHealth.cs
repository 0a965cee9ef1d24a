using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Health;

/// <summary>How a calendar day was.</summary>
/// <param name="Date">The date in the configured time zone.</param>
/// <param name="Window">Its instants.</param>
/// <param name="IsWhole">Whether that is the whole day.</param>
/// <param name="Score">0 to 100, see <see cref="ObjectiveScore"/>: at least 90 exactly when every judged objective was kept; no data without one.</param>
/// <param name="Status">Agrees with the certification of the day: pass is healthy, inconclusive is inconclusive.</param>
/// <param name="Findings">What a reader should know, the gravest first.</param>
/// <param name="Metrics">Each service's figures, with objective and change from the day before.</param>
/// <param name="Anomalies">Anomalies that touch the day, by start.</param>
/// <param name="AnomaliesLookedFor">Whether anomalies were looked for at all; without, an empty list means nothing.</param>
/// <param name="Budgets">Error budgets on the day.</param>
/// <param name="Hints">First steps that may help: hints, not findings.</param>
/// <param name="Kpis">The key figures of the day.</param>
public sealed record DailyHealth(
    DateOnly Date,
    TimeWindow Window,
    bool IsWhole,
    Figure Score,
    HealthStatus Status,
    IReadOnlyList<HealthFinding> Findings,
    IReadOnlyList<HealthMetric> Metrics,
    IReadOnlyList<AnomalyEvent> Anomalies,
    bool AnomaliesLookedFor,
    IReadOnlyList<ErrorBudget> Budgets,
    IReadOnlyList<MitigationHint> Hints,
    KpiSummary Kpis)
{
    /// <summary>Looks at a day.</summary>
    /// <param name="set">What was collected; burn rates look back over all of it.</param>
    /// <param name="settings">Objectives and exceptions.</param>
    /// <param name="day">The day, inside the set's window.</param>
    /// <param name="anomalies">Anomalies of any window, of which those that touch the day are taken; null when nobody looked for any.</param>
    /// <param name="previousDay">The figures of the day before, or null; when the set holds it, they are computed from the set.</param>
    /// <exception cref="ArgumentException">The day does not lie inside the set's window.</exception>
    public static DailyHealth Of(
        SeriesSet set, AnalysisSettings settings, CalendarDay day, IReadOnlyList<AnomalyEvent>? anomalies = null, KpiSummary? previousDay = null)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        TimeWindow before = CalendarDay.WindowOf(day.Date.AddDays(-1), settings.TimeZone);
        bool holdsBefore = before.From >= set.Window.From && before.To <= set.Window.To;
        IReadOnlyList<KpiSummary> summaries =
            KpiSummary.OfEach(set, settings, previousDay is null && holdsBefore ? [day.Window, before] : [day.Window]);
        KpiSummary kpis = summaries[0];
        KpiSummary? previous = previousDay ?? (summaries.Count > 1 ? summaries[1] : null);
        IReadOnlyList<ErrorBudget> budgets = ErrorBudget.Of(set, settings, day.Window);
        AnomalyEvent[]? today = anomalies is null ? null : [.. anomalies.Where(anomaly => anomaly.Window.Overlaps(day.Window)).OrderBy(anomaly => anomaly.Start)];
        Figure score = ObjectiveScore.Of(kpis.Certification.Objectives);
        return new DailyHealth(
            day.Date,
            day.Window,
            day.IsWhole,
            score,
            HealthStatuses.Of(kpis.Certification.Verdict, score),
            HealthFinding.Of(kpis, budgets, today),
            HealthMetric.Of(kpis, previous, set),
            today ?? [],
            today is not null,
            budgets,
            MitigationHint.Of(kpis, set, settings),
            kpis);
    }
}
