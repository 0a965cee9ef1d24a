using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>Finds incidents and counts minutes down and minutes unmeasured.</summary>
internal static class Downtime
{
    /// <summary>
    /// The incidents of an availability indicator over the whole grid, so that one that crosses midnight is one incident whichever day
    /// is looked at.
    /// </summary>
    public static IReadOnlyList<Incident> IncidentsOf(IndicatorSeries.Ratio ratio, AnalysedSteps all)
    {
        TimeGrid grid = ratio.Grid;
        int mergeSteps = (int)(DowntimeRules.MergeGap / grid.Step);
        int minimum = Math.Max(1, (int)Math.Ceiling(DowntimeRules.MinimumDuration / grid.Step));
        List<Incident> incidents = [];
        List<int> down = [];
        for (int i = 0; i <= grid.Count; i++)
        {
            bool isDown = i < grid.Count && all.Contains(i) && IsDown(ratio, i);
            if (down.Count > 0 && (i == grid.Count || (isDown && i - down[^1] > mergeSteps)))
            {
                if (down.Count >= minimum)
                {
                    incidents.Add(Incident(ratio, down));
                }

                down.Clear();
            }

            if (isDown)
            {
                down.Add(i);
            }
        }

        return incidents;
    }

    /// <summary>Minutes down and minutes unmeasured in a scope: the union over its services.</summary>
    public static IEnumerable<KpiFigure> Figures(IReadOnlyList<ScopePart> scope, IReadOnlyList<Incident> incidents)
    {
        IndicatorParts<IndicatorSeries.Ratio> parts = IndicatorParts<IndicatorSeries.Ratio>.Of(scope, IndicatorNames.Availability);
        double step = scope[0].Index.Set.Grid.Step.TotalMinutes;
        Figure Figure(Func<double> value) => parts.Figure(IndicatorNames.Availability, static series => series.Total.Presence, value, "no requests");
        string rule = scope.Count > 1 ? "at least one service down; " + DowntimeRules.Text : DowntimeRules.Text;

        yield return new KpiFigure(
            KpiNames.DowntimeMinutes, "min", Better.Lower,
            Figure(() => step * CountSteps(parts, (part, i) => IsDown(part.Series, i) && incidents.Any(incident => Holds(incident, part, i)))), parts.Queries, rule);
        yield return new KpiFigure(
            KpiNames.UnmeasuredMinutes, "min", Better.Lower,
            parts.Answered.Count == 0
                ? Figure(static () => double.NaN)
                : new Figure.Measured(step * CountSteps(parts, static (part, i) => double.IsNaN(part.Series.Total.At(i))), new Ratio(1)),
            parts.Queries,
            scope.Count > 1 ? "at least one service without data" : null);
    }

    /// <summary>Whether a measured step is down.</summary>
    public static bool IsDown(IndicatorSeries.Ratio ratio, int step)
    {
        double total = ratio.Total.At(step);
        double bad = MetricSeriesOf.BadAt(ratio, step);
        return total > 0 && (bad >= total || (total >= DowntimeRules.MinimumRequests && bad >= DowntimeRules.ErrorShare * total));
    }

    private static bool Holds(Incident incident, IndicatorPart<IndicatorSeries.Ratio> part, int step)
    {
        DateTimeOffset time = part.Series.Grid.TimeOf(step);
        return incident.Service == part.Service && incident.Region == part.Series.Key.Region && time >= incident.Start && time < incident.End;
    }

    private static int CountSteps(IndicatorParts<IndicatorSeries.Ratio> parts, Func<IndicatorPart<IndicatorSeries.Ratio>, int, bool> condition)
    {
        int count = 0;
        for (int i = parts.Answered[0].Steps.From; i < parts.Answered[0].Steps.To; i++)
        {
            count += parts.Answered.Any(part => part.Steps.Contains(i) && condition(part, i)) ? 1 : 0;
        }

        return count;
    }

    private static Incident Incident(IndicatorSeries.Ratio ratio, List<int> down) => new(
        ratio.Key.Service,
        ratio.Key.Region,
        ratio.Grid.TimeOf(down[0]),
        ratio.Grid.TimeOf(down[^1] + 1),
        down[^1] == ratio.Grid.Count - 1,
        down.Count * ratio.Grid.Step.TotalMinutes,
        down.Sum(ratio.Total.At),
        down.Sum(step => MetricSeriesOf.BadAt(ratio, step)),
        down.Max(step => 100 * MetricSeriesOf.BadAt(ratio, step) / ratio.Total.At(step)));
}
