using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Budgets;

/// <summary>Events of an objective in any window of a set, as figures.</summary>
internal sealed class BudgetFigures(ObjectiveEvents events, AnalysedSteps all, EventSums sums)
{
    /// <summary>Running sums of the events.</summary>
    public EventSums Sums => sums;

    /// <summary>Whether a window has any step.</summary>
    public bool Holds(TimeWindow window)
    {
        (_, int length) = events.Grid.RangeOf(window).GetOffsetAndLength(events.Grid.Count);
        return length > 0;
    }

    /// <summary>Events.</summary>
    public Figure Total(TimeWindow window) => Of(window, sums.Total, "no events");

    /// <summary>Bad events.</summary>
    public Figure Bad(TimeWindow window) => Of(window, sums.Bad, events.Note ?? "no events");

    /// <summary>Bad ÷ allowed.</summary>
    public Figure BurnRate(TimeWindow window) => Of(window, sums.BurnRate, Total(window).Value > 0 ? events.Note ?? "no requests" : "no requests");

    /// <summary>Events that may be bad in a window.</summary>
    public double AllowedIn(TimeWindow window)
    {
        (int from, int length) = events.Grid.RangeOf(window).GetOffsetAndLength(events.Grid.Count);
        return sums.Total(from, from + length) * (1 - events.Objective.Target.Value);
    }

    private Figure Of(TimeWindow window, Func<int, int, double> value, string reasonIfNaN) => events.State.Select(() =>
    {
        AnalysedSteps steps = all.In(window);
        Ratio coverage = steps.Coverage(events.Presence);
        return steps.Count == 0 ? new Figure.NoData("the whole window is announced maintenance")
            : coverage.Value == 0 ? new Figure.NoData("no samples in the window")
            : Figure.Of(value(steps.From, steps.To), coverage, reasonIfNaN);
    });
}
