using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>
/// What an objective counts, step by step: requests, or, for a limit on a gauge, measured steps. Additive: the events of days add up to
/// those of the week. Definitions in docs/math.md, "Budgets".
/// </summary>
/// <param name="Objective">The objective.</param>
/// <param name="Grid">The steps; all arrays have one element each.</param>
/// <param name="State">Whether the indicator has data; when not, all events are zero.</param>
/// <param name="Total">Events, gaps bridged.</param>
/// <param name="Bad">Events that were not good; NaN where the buckets of a histogram do not tell.</param>
/// <param name="Presence">How much was measured; null without data.</param>
/// <param name="Note">How a latency threshold lies to the bucket bounds, or null.</param>
public sealed record ObjectiveEvents(
    Objective Objective, TimeGrid Grid, ReadState State, double[] Total, double[] Bad, StepPresence? Presence, string? Note)
{
    /// <summary>Events of an objective in a set.</summary>
    public static ObjectiveEvents Of(SeriesSet set, Objective objective)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(objective);
        IndicatorSeries? series = set.Find(objective.Service, objective.Indicator);
        return (series, objective.Goal) switch
        {
            (null, _) => None(set, objective, new ReadState.Empty($"{objective.Service} has no indicator {objective.Indicator}")),
            ({ State: not ReadState.Answered }, _) => None(set, objective, series.State),
            (IndicatorSeries.Ratio ratio, ObjectiveGoal.GoodEvents) => OfRatio(ratio, objective),
            (IndicatorSeries.Latency latency, ObjectiveGoal.FasterThan goal) => OfLatency(latency, objective, goal),
            (_, ObjectiveGoal.WithinLimit limit) when MetricSeriesOf.Indicator(series) is [{ } only] => OfLimit(only, objective, limit),
            _ => None(set, objective, new ReadState.Empty($"{objective.Name}: the goal does not fit a {series.GetType().Name} indicator")),
        };
    }

    /// <summary>The share of good events over steps, a ratio in [0, 1]; no data without events.</summary>
    public Figure GoodShare(AnalysedSteps steps)
    {
        ArgumentNullException.ThrowIfNull(steps);
        return State.Select(() =>
        {
            Ratio coverage = steps.Coverage(Presence);
            double total = steps.Sum(Total);
            double bad = steps.Sum(Bad);
            return steps.Count == 0 ? new Figure.NoData("the whole window is announced maintenance")
                : coverage.Value == 0 && total == 0 ? new Figure.NoData("no samples in the window")
                : total <= 0 ? new Figure.NoData("no requests")
                : double.IsNaN(bad) ? new Figure.NoData(Note ?? "the buckets do not bound the threshold")
                : new Figure.Measured(Math.Clamp((total - bad) / total, 0, 1), coverage);
        });
    }

    private static ObjectiveEvents None(SeriesSet set, Objective objective, ReadState state) =>
        new(objective, set.Grid, state, new double[set.Grid.Count], new double[set.Grid.Count], null, null);

    private static ObjectiveEvents OfRatio(IndicatorSeries.Ratio ratio, Objective objective)
    {
        double[] bad = new double[ratio.Grid.Count];
        for (int i = 0; i < bad.Length; i++)
        {
            bad[i] = ratio.Spec.PartIs == RatioPart.Good ? ratio.Total.Increase[i] - ratio.Part.Increase[i] : ratio.Part.Increase[i];
        }

        return new ObjectiveEvents(objective, ratio.Grid, ratio.State, ratio.Total.Increase, bad, ratio.Total.Presence, null);
    }

    private static ObjectiveEvents OfLatency(IndicatorSeries.Latency latency, Objective objective, ObjectiveGoal.FasterThan goal)
    {
        HistogramSteps histogram = latency.Histogram;
        LatencyThreshold threshold = LatencyThreshold.Of(histogram, goal.ThresholdSeconds / latency.Spec.SecondsPerUnit, latency.Spec.SecondsPerUnit);
        double[] total = histogram.Buckets[^1].Increase;
        double[] bad = new double[total.Length];
        for (int i = 0; i < bad.Length; i++)
        {
            bad[i] = threshold.SlowerThan(histogram, i);
        }

        return new ObjectiveEvents(objective, latency.Grid, latency.State, total, bad, histogram.Presence, threshold.Note);
    }

    private static ObjectiveEvents OfLimit(MetricSeries course, Objective objective, ObjectiveGoal.WithinLimit limit)
    {
        double[] total = new double[course.Values.Length];
        double[] bad = new double[course.Values.Length];
        for (int i = 0; i < total.Length; i++)
        {
            double value = course.Values[i];
            total[i] = double.IsNaN(value) ? 0 : 1;
            bad[i] = !double.IsNaN(value) && (limit.AtMost ? value > limit.Limit : value < limit.Limit) ? 1 : 0;
        }

        return new ObjectiveEvents(objective, course.Grid, new ReadState.Answered(), total, bad, course.Presence, "each measured step is one event");
    }
}
