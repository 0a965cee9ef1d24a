using Tars.Observability.Indicators;

namespace Tars.Observability.Kpis;

/// <summary>Availability, requests, errors, error rate and throughput of a scope: ratios of sums.</summary>
internal static class RequestFigures
{
    /// <summary>The figures.</summary>
    public static IEnumerable<KpiFigure> Of(IReadOnlyList<ScopePart> scope)
    {
        IndicatorParts<IndicatorSeries.Ratio> parts = IndicatorParts<IndicatorSeries.Ratio>.Of(scope, IndicatorNames.Availability);
        double total = parts.Answered.Sum(part => part.Steps.Sum(part.Series.Total));
        double bad = parts.Answered.Sum(Bad);
        KpiFigure Figure(string name, string unit, Better better, double value, string? more = null) => new(
            name, unit, better,
            parts.Figure(IndicatorNames.Availability, static series => series.Total.Presence, () => value, "no requests"),
            parts.Queries, Join(parts.MissingNote(), more));

        yield return Figure(KpiNames.Availability, "%", Better.Higher, total > 0 ? 100 * (total - bad) / total : double.NaN);
        yield return Figure(KpiNames.TotalRequests, string.Empty, Better.Neither, total);
        yield return Figure(KpiNames.TotalErrors, string.Empty, Better.Lower, bad);
        yield return Figure(KpiNames.ErrorRate, "%", Better.Lower, total > 0 ? 100 * bad / total : double.NaN);
        yield return Figure(KpiNames.RequestRate, "1/s", Better.Neither, Throughput(parts.Answered));
    }

    /// <summary>Failed events of a ratio over steps, gaps bridged; never below zero nor above the total.</summary>
    public static double Bad(IndicatorPart<IndicatorSeries.Ratio> part)
    {
        double total = part.Steps.Sum(part.Series.Total);
        double counted = part.Steps.Sum(part.Series.Part);
        return Math.Clamp(part.Series.Spec.PartIs == RatioPart.Good ? total - counted : counted, 0, Math.Max(0, total));
    }

    private static double Throughput(IReadOnlyList<IndicatorPart<IndicatorSeries.Ratio>> parts)
    {
        double sum = 0;
        foreach (IndicatorPart<IndicatorSeries.Ratio> part in parts)
        {
            sum += Courses.Mean(part.Steps, step => part.Steps.Contains(step) ? part.Series.Total.At(step) : double.NaN) / part.Steps.Grid.Step.TotalSeconds;
        }

        return sum;
    }

    private static string? Join(string? first, string? second) => first is null ? second : second is null ? first : $"{first}; {second}";
}
