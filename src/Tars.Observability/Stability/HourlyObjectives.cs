using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Stability;

/// <summary>Objectives hour by hour.</summary>
internal sealed class HourlyObjectives
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly SeriesSet _set;
    private readonly (ObjectiveEvents Events, AnalysedSteps Steps)[] _objectives;
    private readonly (IndicatorSeries.Ratio Series, AnalysedSteps Steps)[] _availabilities;

    public HourlyObjectives(SeriesSet set, AnalysisSettings settings)
    {
        _set = set;
        AnalysedSteps StepsOf(string service) => AnalysedSteps.Of(set.Grid, set.Window, settings.Maintenance, service);
        _objectives = [.. settings.Objectives.Select(objective => (ObjectiveEvents.Of(set, objective), StepsOf(objective.Service)))];
        _availabilities =
        [
            .. set.Services.Where(service => service.Kind == ServiceKind.Service)
                .Select(service => set.Find(service.Name, IndicatorNames.Availability)).OfType<IndicatorSeries.Ratio>()
                .Where(ratio => ratio.State is ReadState.Answered)
                .Select(ratio => (ratio, StepsOf(ratio.Key.Service))),
        ];
    }

    /// <summary>The worst and best hour of all services together.</summary>
    public HourlyRange AvailabilityOf(TimeWindow day)
    {
        List<double> values = [];
        foreach (TimeWindow hour in Hours(day))
        {
            double total = 0;
            double bad = 0;
            foreach ((IndicatorSeries.Ratio series, AnalysedSteps steps) in _availabilities)
            {
                AnalysedSteps inHour = steps.In(hour);
                double requests = inHour.Sum(series.Total);
                total += requests;
                bad += series.Spec.PartIs == RatioPart.Good ? requests - inHour.Sum(series.Part) : inHour.Sum(series.Part);
            }

            if (total > 0)
            {
                values.Add(100 * Math.Clamp((total - bad) / total, 0, 1));
            }
        }

        Ratio coverage = new(values.Count / (double)Math.Max(1, Hours(day).Count()));
        return values.Count == 0
            ? new HourlyRange(new Figure.NoData("no requests"), new Figure.NoData("no requests"))
            : new HourlyRange(new Figure.Measured(values.Min(), coverage), new Figure.Measured(values.Max(), coverage));
    }

    /// <summary>Hours that kept each objective.</summary>
    public IReadOnlyList<HourlyCompliance> ComplianceOf(TimeWindow day)
    {
        TimeWindow[] hours = [.. Hours(day)];
        return [.. _objectives.Select(objective =>
        {
            double[] shares = [.. hours.Select(hour => objective.Events.GoodShare(objective.Steps.In(hour)).Value).OfType<double>()];
            int kept = shares.Count(share => share >= objective.Events.Objective.Target.Value * (1 - ObjectiveResult.Tolerance));
            Figure percent = shares.Length == 0
                ? objective.Events.State.Select(() => new Figure.NoData("no hour had events"))
                : new Figure.Measured(100.0 * kept / shares.Length, new Ratio((double)shares.Length / hours.Length));
            return new HourlyCompliance(objective.Events.Objective.Name, kept, shares.Length, percent);
        })];
    }

    private IEnumerable<TimeWindow> Hours(TimeWindow day)
    {
        for (DateTimeOffset from = day.From; from < day.To; from += Hour)
        {
            TimeWindow hour = new(from, from + Hour < day.To ? from + Hour : day.To);
            (_, int length) = _set.Grid.RangeOf(hour).GetOffsetAndLength(_set.Grid.Count);
            if (length > 0)
            {
                yield return hour;
            }
        }
    }
}
