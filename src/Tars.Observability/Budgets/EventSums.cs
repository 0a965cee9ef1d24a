using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Budgets;

/// <summary>Running sums of an objective's events, so that the burn rate of any span of steps costs two subtractions.</summary>
internal sealed class EventSums
{
    private readonly double[] _total;
    private readonly double[] _bad;
    private readonly int[] _unknown;
    private readonly double _allowed;

    /// <summary>Adds up the events of the steps that count.</summary>
    public EventSums(ObjectiveEvents events, AnalysedSteps steps)
    {
        int count = events.Total.Length;
        (_total, _bad, _unknown) = (new double[count + 1], new double[count + 1], new int[count + 1]);
        _allowed = 1 - events.Objective.Target.Value;
        for (int i = 0; i < count; i++)
        {
            bool counts = steps.Contains(i);
            bool unknown = double.IsNaN(events.Bad[i]);
            _total[i + 1] = _total[i] + (counts ? events.Total[i] : 0);
            _bad[i + 1] = _bad[i] + (counts && !unknown ? events.Bad[i] : 0);
            _unknown[i + 1] = _unknown[i] + (counts && unknown ? 1 : 0);
        }
    }

    /// <summary>Events in steps [from, to).</summary>
    public double Total(int from, int to) => _total[to] - _total[from];

    /// <summary>Bad events in steps [from, to); NaN when the buckets do not tell.</summary>
    public double Bad(int from, int to) => _unknown[to] > _unknown[from] ? double.NaN : _bad[to] - _bad[from];

    /// <summary>Bad share ÷ allowed share in steps [from, to); NaN without events.</summary>
    public double BurnRate(int from, int to)
    {
        double total = Total(from, to);
        return total > 0 ? Bad(from, to) / total / _allowed : double.NaN;
    }

    /// <summary>When a rule would have fired in a window.</summary>
    public BurnAlert Apply(BurnRule rule, ObjectiveEvents events, TimeWindow window)
    {
        TimeGrid grid = events.Grid;
        double threshold = rule.ThresholdFor(events.Objective.Window);
        int longSteps = (int)Math.Round(rule.Long / grid.Step);
        int shortSteps = Math.Max(1, (int)Math.Round(rule.Short / grid.Step));
        (int from, int length) = grid.RangeOf(window).GetOffsetAndLength(grid.Count);
        int end = from + length;
        if (longSteps > grid.Count || longSteps < 1)
        {
            string why = longSteps < 1 ? "the step is longer than the window" : $"the data is shorter than the long window of {rule.Name}";
            return new BurnAlert(rule, threshold, new Figure.NoData(why), new Figure.NoData(why), [], why);
        }

        List<BurnEpisode> episodes = [];
        int start = -1;
        double peak = 0;
        for (int i = longSteps; i <= grid.Count; i++)
        {
            double burn = BurnRate(i - longSteps, i);
            bool fires = burn >= threshold && BurnRate(i - shortSteps, i) >= threshold;
            if (fires)
            {
                peak = start < 0 ? burn : Math.Max(peak, burn);
                start = start < 0 ? i : start;
            }

            if (start >= 0 && (!fires || i == grid.Count))
            {
                episodes.Add(new BurnEpisode(rule.Name, rule.Severity, grid.TimeOf(start), grid.TimeOf(i), fires, peak));
                start = -1;
            }
        }

        Figure At(int steps) => end < steps
            ? new Figure.NoData("the window begins before the data")
            : events.State.Select(() => Figure.Of(BurnRate(end - steps, end), AnalysedSteps.Of(grid, new TimeWindow(grid.TimeOf(end - steps), grid.TimeOf(end)), [], string.Empty).Coverage(events.Presence), "no events"));
        return new BurnAlert(rule, threshold, At(longSteps), At(shortSteps), [.. episodes.Where(e => e.Start <= window.To && e.End >= window.From)], null);
    }
}
