using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>A calendar day.</summary>
/// <param name="Number">1 for the first day of the report.</param>
/// <param name="Date">The date in the configured time zone.</param>
/// <param name="IsWhole">Whether the report's window holds all of it.</param>
/// <param name="Kpis">Its key figures: counts of days add up to those of the week.</param>
/// <param name="Score">How well it kept the objectives, see <see cref="ObjectiveScore"/>.</param>
/// <param name="Availability">Availability of all services hour by hour: the worst and the best hour, percent.</param>
/// <param name="Compliance">Per objective the share of its hours that kept it.</param>
/// <param name="AlertsBySeverity">Alert episodes that touch the day, by severity; an alert of two days is on both.</param>
/// <param name="AlertFreeHours">Hours of the day in which no alert fired; no data when the backend has no alerts.</param>
/// <param name="Drift">The day compared with the baseline; empty without one.</param>
public sealed record DaySummary(
    int Number,
    DateOnly Date,
    bool IsWhole,
    KpiSummary Kpis,
    Figure Score,
    HourlyRange Availability,
    IReadOnlyList<HourlyCompliance> Compliance,
    IReadOnlyDictionary<string, int> AlertsBySeverity,
    Figure AlertFreeHours,
    IReadOnlyList<Drift> Drift)
{
    /// <summary>Whether an objective was measurably missed on this day.</summary>
    public bool IsDegraded => Kpis.Certification.Objectives.Any(result => result.Verdict is Verdict.Fail);

    /// <summary>The days of a window.</summary>
    internal static IReadOnlyList<DaySummary> Of(SeriesSet set, AnalysisSettings settings, TimeWindow window, Baseline? baseline)
    {
        CalendarDay[] days = [.. window.Days(settings.TimeZone).Where(day => HasStep(set.Grid, day.Window))];
        IReadOnlyList<KpiSummary> kpis = KpiSummary.OfEach(set, settings, days.Select(day => day.Window));
        HourlyObjectives hourly = new(set, settings);
        return
        [
            .. days.Select((day, index) => new DaySummary(
                index + 1,
                day.Date,
                day.IsWhole,
                kpis[index],
                ObjectiveScore.Of(kpis[index].Certification.Objectives),
                hourly.AvailabilityOf(day.Window),
                hourly.ComplianceOf(day.Window),
                kpis[index].Alerts.GroupBy(alert => alert.Severity, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal),
                FreeHours(set, day.Window),
                baseline is null ? [] : Stability.Drift.Of(kpis[index], baseline, settings))),
        ];
    }

    private static bool HasStep(TimeGrid grid, TimeWindow window)
    {
        (_, int length) = grid.RangeOf(window).GetOffsetAndLength(grid.Count);
        return length > 0;
    }

    private static Figure FreeHours(SeriesSet set, TimeWindow window) => set.Alerts.State.Select(() =>
    {
        (int from, int length) = set.Grid.RangeOf(window).GetOffsetAndLength(set.Grid.Count);
        bool[] silent = DataGap.StepsWithoutAnyData(set);
        int[] known = [.. Enumerable.Range(from, length).Where(step => !silent[step])];
        int free = known.Count(step => !set.Alerts.Firing.Any(alert => alert.Firing[step]));
        return known.Length == 0
            ? new Figure.NoData("no samples in the window")
            : new Figure.Measured(free * set.Grid.Step.TotalHours, new Ratio((double)known.Length / length));
    });
}

/// <summary>The worst and the best hour.</summary>
/// <param name="Lowest">The lowest hourly value.</param>
/// <param name="Highest">The highest hourly value.</param>
public sealed record HourlyRange(Figure Lowest, Figure Highest);

/// <summary>How many hours kept an objective.</summary>
/// <param name="Objective">Name of the objective.</param>
/// <param name="HoursKept">Hours with events whose share of good events was at least the target.</param>
/// <param name="HoursMeasured">Hours with events.</param>
/// <param name="Percent">Kept ÷ measured, percent; no data when no hour had events.</param>
public sealed record HourlyCompliance(string Objective, int HoursKept, int HoursMeasured, Figure Percent);
