using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>CPU, memory, saturation and every other gauge, rate or ratio of a scope: mean and worst step.</summary>
internal static class ResourceFigures
{
    /// <summary>Mean and worst step of an indicator, over services added up step by step.</summary>
    public static IEnumerable<KpiFigure> Of(IReadOnlyList<ScopePart> scope, string indicator)
    {
        IndicatorParts<IndicatorSeries> parts = IndicatorParts<IndicatorSeries>.Of(scope, indicator);
        MetricSeries[] courses = [.. parts.Answered.Select(part => scope[0].Index.CourseOf(part.Series))];
        IndicatorDefinition? definition = scope.Select(part => part.Find(indicator)?.Definition).FirstOrDefault(found => found is not null);
        string unit = definition?.Unit ?? string.Empty;
        Better better = definition?.Better ?? Better.Lower;
        bool summable = courses.Length <= 1 || courses.All(course => course.Unit == unit && unit != "%");
        string problem = summable ? "no step was measured" : "shares of different capacities cannot be added";
        double At(int step)
        {
            double sum = 0;
            for (int p = 0; p < courses.Length; p++)
            {
                sum += parts.Answered[p].Steps.Contains(step) ? courses[p].Values[step] : double.NaN;
            }

            return summable ? sum : double.NaN;
        }

        Figure Figure(Func<double> value) => parts.Figure(indicator, PresenceOf, value, problem);

        yield return new KpiFigure(
            KpiNames.Average(indicator), unit, better, Figure(() => Courses.Mean(parts.Answered[0].Steps, At)), parts.Queries, parts.MissingNote());
        yield return new KpiFigure(
            KpiNames.Worst(indicator, better), unit, better,
            Figure(() => Courses.Extreme(parts.Answered[0].Steps, better == Better.Higher, At)), parts.Queries, parts.MissingNote());
    }

    /// <summary>
    /// Figures of an indicator that has no field of its own. A ratio: the share over the window (ratio of sums) under its name, and the
    /// worst step; a gauge: mean and worst step; a counter: these and the total.
    /// </summary>
    public static IEnumerable<KpiFigure> OfOther(ScopePart part, IndicatorDefinition definition)
    {
        if (definition is IndicatorDefinition.Latency latency)
        {
            return LatencyFigures.OfOther(part, latency);
        }

        IEnumerable<KpiFigure> figures = Of([part], definition.Name);
        return definition switch
        {
            IndicatorDefinition.Ratio ratio => [Share(part, ratio), .. figures.Skip(1)],
            IndicatorDefinition.Rate rate => [.. figures, Total(part, rate)],
            _ => figures,
        };
    }

    private static KpiFigure Share(ScopePart part, IndicatorDefinition.Ratio definition)
    {
        IndicatorParts<IndicatorSeries.Ratio> parts = IndicatorParts<IndicatorSeries.Ratio>.Of([part], definition.Name);
        double Value()
        {
            double total = parts.Answered[0].Steps.Sum(parts.Answered[0].Series.Total);
            double bad = RequestFigures.Bad(parts.Answered[0]);
            return total > 0 ? 100 * (definition.PartIs == RatioPart.Used ? bad : total - bad) / total : double.NaN;
        }

        return new KpiFigure(
            definition.Name, "%", definition.Better, parts.Figure(definition.Name, static series => series.Total.Presence, Value, "no events"), parts.Queries);
    }

    private static KpiFigure Total(ScopePart part, IndicatorDefinition.Rate definition)
    {
        IndicatorParts<IndicatorSeries.Rate> parts = IndicatorParts<IndicatorSeries.Rate>.Of([part], definition.Name);
        return new KpiFigure(
            KpiNames.Total(definition.Name), string.Empty, definition.Better,
            parts.Figure(definition.Name, static series => series.Counter.Presence, () => parts.Answered[0].Steps.Sum(parts.Answered[0].Series.Counter), "no samples"),
            parts.Queries);
    }

    private static StepPresence? PresenceOf(IndicatorSeries series) => series switch
    {
        IndicatorSeries.Gauge gauge => gauge.Values.Presence,
        IndicatorSeries.Rate rate => rate.Counter.Presence,
        IndicatorSeries.Ratio ratio => ratio.Total.Presence,
        IndicatorSeries.Latency latency => latency.Histogram.Presence,
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
