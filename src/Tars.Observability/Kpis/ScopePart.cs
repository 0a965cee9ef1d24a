using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>What one service contributes to a scope: its indicators (of one region, or of all) and the steps that count for it.</summary>
internal sealed record ScopePart(IndicatorIndex Index, ServiceDefinition Service, string? Region, AnalysedSteps Steps)
{
    /// <summary>An indicator of this part, or null when it is not configured.</summary>
    public IndicatorSeries? Find(string indicator) =>
        Index.Find(Service.Name, indicator, Region) is { } series ? series
        : Region is not null && Index.Find(Service.Name, indicator, null) is { } whole ? WithoutData(whole, Region)
        : null;

    /// <summary>The queries behind an indicator.</summary>
    public IReadOnlyList<string> QueriesOf(string indicator) => Index.QueriesOf(Service.Name, indicator);

    private static IndicatorSeries WithoutData(IndicatorSeries whole, string region) => whole with
    {
        State = whole.State is ReadState.Answered ? new ReadState.Empty($"no series of {whole.Key} in region {region}") : whole.State,
    };
}

/// <summary>One indicator of one part of a scope.</summary>
internal sealed record IndicatorPart<T>(T Series, AnalysedSteps Steps, string Service)
    where T : IndicatorSeries;

/// <summary>The same indicator of all parts of a scope: those with data, and why the others have none.</summary>
internal sealed record IndicatorParts<T>(IReadOnlyList<IndicatorPart<T>> Answered, IReadOnlyList<(string Service, ReadState State)> Missing, IReadOnlyList<string> Queries)
    where T : IndicatorSeries
{
    /// <summary>Parts that have the indicator configured.</summary>
    public int Configured => Answered.Count + Missing.Count;

    /// <summary>Collects an indicator from the parts of a scope.</summary>
    public static IndicatorParts<T> Of(IReadOnlyList<ScopePart> parts, string indicator)
    {
        List<IndicatorPart<T>> answered = [];
        List<(string, ReadState)> missing = [];
        List<string> queries = [];
        foreach (ScopePart part in parts)
        {
            if (part.Find(indicator) is not T series)
            {
                continue;
            }

            queries.AddRange(part.QueriesOf(indicator));
            if (series.State is ReadState.Answered)
            {
                answered.Add(new IndicatorPart<T>(series, part.Steps, part.Service.Name));
            }
            else
            {
                missing.Add((part.Service.Name, series.State));
            }
        }

        return new IndicatorParts<T>(answered, missing, queries);
    }

    /// <summary>
    /// The figure of the scope. Coverage is the mean over the parts that have the indicator configured; a part without data counts as
    /// zero, so that a missing service lowers the coverage of the whole instead of disappearing from it.
    /// </summary>
    /// <param name="indicator">The indicator's name, for the reason when nobody has it configured.</param>
    /// <param name="presenceOf">Presence of a part.</param>
    /// <param name="value">The number; NaN means <paramref name="reasonIfNaN"/>.</param>
    /// <param name="reasonIfNaN">Why there would be no number although samples exist.</param>
    public Figure Figure(string indicator, Func<T, StepPresence?> presenceOf, Func<double> value, string reasonIfNaN)
    {
        if (Configured == 0)
        {
            return new Figure.NoData($"no indicator {indicator} is configured");
        }

        if (Answered.Count == 0)
        {
            return Missing.Select(missing => missing.State).OfType<ReadState.Failed>().FirstOrDefault() is { } failed
                ? new Figure.QueryFailed(failed.Reason)
                : Missing[0].State.Select(static () => throw new System.Diagnostics.UnreachableException());
        }

        if (Answered.All(part => part.Steps.Count == 0))
        {
            return new Figure.NoData("the whole window is announced maintenance");
        }

        double coverage = Answered.Sum(part => part.Steps.Coverage(presenceOf(part.Series)).Value) / Configured;
        return coverage == 0
            ? new Figure.NoData("no samples in the window")
            : TimeSeries.Figure.Of(value(), new Ratio(Math.Clamp(coverage, 0, 1)), reasonIfNaN);
    }

    /// <summary>Which parts are missing, for people; null when none is.</summary>
    public string? MissingNote() => Missing.Count == 0 || Answered.Count == 0
        ? null
        : $"without {string.Join(", ", Missing.Select(missing => missing.Service))}: no data";
}
