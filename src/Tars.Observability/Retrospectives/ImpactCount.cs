using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>Counts what a span touched.</summary>
/// <param name="data">Everything that was computed.</param>
internal sealed class ImpactCount(RetrospectiveData data)
{
    /// <summary>Counts the part of a span that lies in the period.</summary>
    public Impact Of(string service, DateTimeOffset start, DateTimeOffset end)
    {
        TimeWindow? span = start < end ? new TimeWindow(start, end).Intersect(data.Period) : null;
        if (span is not { } inside || !HasStep(inside))
        {
            Figure none = new Figure.NoData("no step of the period lies in it");
            return new Impact(none, none, none, []);
        }

        Objective[] objectives = [.. data.Settings.Objectives.Where(objective => objective.Service == service)];
        BudgetImpact[] budgets = [.. objectives.Select(objective => BudgetOf(objective, inside))];
        if (data.Set.Find(service, IndicatorNames.Availability) is not IndicatorSeries.Ratio ratio)
        {
            Figure none = new Figure.NoData($"{(service.Length == 0 ? "no service" : service)} counts no requests");
            return new Impact(none, none, none, budgets);
        }

        AnalysedSteps steps = Steps(service, inside);
        AnalysedSteps all = Steps(service, data.Period);
        (double requests, double errors) = Traffic(ratio, steps);
        (double periodRequests, double periodErrors) = Traffic(ratio, all);
        double rest = periodRequests - requests;
        double expected = rest > 0 ? requests * (periodErrors - errors) / rest : double.NaN;
        Figure Of(double value, string reason) => ratio.State.Select(() => steps.Count == 0 || steps.Coverage(ratio.Total.Presence).Value == 0
            ? new Figure.NoData("no samples in the span")
            : Figure.Of(value, steps.Coverage(ratio.Total.Presence), reason));
        return new Impact(Of(requests, "no requests"), Of(errors, "no requests"), Of(expected, "no requests in the rest of the period"), budgets);
    }

    private BudgetImpact BudgetOf(Objective objective, TimeWindow span)
    {
        ObjectiveEvents events = data.EventsOf(objective);
        AnalysedSteps steps = Steps(objective.Service, span);
        AnalysedSteps all = Steps(objective.Service, data.Period);
        double total = all.Sum(events.Total);
        Figure bad = events.State.Select(() => steps.Count == 0 || steps.Coverage(events.Presence).Value == 0
            ? new Figure.NoData("no samples in the span, or all of it is maintenance")
            : Figure.Of(steps.Sum(events.Bad), steps.Coverage(events.Presence), events.Note ?? "the buckets do not bound the threshold"));
        Figure Per(double scale) => total > 0 ? bad.Select(count => count / total * scale) : new Figure.NoData("no events in the period");
        return new BudgetImpact(objective.Name, bad, Per(1 / (1 - objective.Target.Value)), Per(all.Count * all.Grid.Step.TotalMinutes));
    }

    private AnalysedSteps Steps(string service, TimeWindow window) => AnalysedSteps.Of(data.Set.Grid, window, data.Settings.Maintenance, service);

    private bool HasStep(TimeWindow window)
    {
        (_, int length) = data.Set.Grid.RangeOf(window).GetOffsetAndLength(data.Set.Grid.Count);
        return length > 0;
    }

    private static (double Requests, double Errors) Traffic(IndicatorSeries.Ratio ratio, AnalysedSteps steps)
    {
        double total = steps.Sum(ratio.Total);
        double part = steps.Sum(ratio.Part);
        return (total, ratio.Spec.PartIs == RatioPart.Good ? Math.Max(0, total - part) : part);
    }
}
