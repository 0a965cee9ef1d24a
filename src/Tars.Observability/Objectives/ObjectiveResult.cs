using System.Globalization;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Histograms;

namespace Tars.Observability.Objectives;

/// <summary>One thing an objective promises, judged over a window: value against threshold.</summary>
/// <param name="Objective">Name of the objective.</param>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="What">What is compared: <c>good requests</c>, <c>requests within 500 ms</c>, <c>p99 latency</c>, <c>steps at most 80</c>.</param>
/// <param name="Value">The value in <paramref name="Unit"/>, unrounded.</param>
/// <param name="Threshold">The threshold in <paramref name="Unit"/>.</param>
/// <param name="IsAtLeast">Whether the value must be at least the threshold; otherwise at most.</param>
/// <param name="Unit"><c>ratio</c> (0 to 1) or <c>ms</c>.</param>
/// <param name="Window">The window judged.</param>
/// <param name="Queries">The PromQL texts the value rests on.</param>
/// <param name="Note">How the value came about where that matters, or null.</param>
/// <param name="Verdict">Pass, fail, or inconclusive.</param>
/// <param name="Quantile">The quantile judged, in (0, 1), or null when a share of events is.</param>
public sealed record ObjectiveResult(
    string Objective,
    string Service,
    string Indicator,
    string What,
    Figure Value,
    double Threshold,
    bool IsAtLeast,
    string Unit,
    TimeWindow Window,
    IReadOnlyList<string> Queries,
    string? Note,
    Verdict Verdict,
    double? Quantile = null)
{
    /// <summary>
    /// Differences up to this share of the threshold are no difference: decimal fractions such as 99.9 % have no exact binary form. One
    /// failed request in 10^12 is the first it could hide.
    /// </summary>
    public const double Tolerance = 1e-12;

    /// <summary>The reason in words: objective, value, threshold, window.</summary>
    public string Reason => Verdict switch
    {
        Verdict.Fail fail => fail.Reason,
        Verdict.Inconclusive inconclusive => inconclusive.Reason,
        _ => Compared(Value.Value!.Value),
    };

    /// <summary>Judges an objective over a window: the share of good events, and the quantile where the goal names one.</summary>
    /// <exception cref="ArgumentException">The window shares no step with the set.</exception>
    public static IReadOnlyList<ObjectiveResult> Of(SeriesSet set, AnalysisSettings settings, Objective objective, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(objective);
        AnalysedSteps steps = AnalysedSteps.Of(set.Grid, window, settings.Maintenance, objective.Service);
        ObjectiveEvents events = ObjectiveEvents.Of(set, objective);
        ObjectiveResult share = new(
            objective.Name, objective.Service, objective.Indicator, WhatOf(objective.Goal), events.GoodShare(steps), objective.Target.Value, true, "ratio",
            window, set.QueriesOf(objective.Service, objective.Indicator), events.Note, new Verdict.Pass());
        share = share with { Verdict = share.Judge(settings.CoverageMinimum, isLowerLimit: false) };
        return objective.Goal is ObjectiveGoal.FasterThan { Quantile: { } quantile } goal
            ? [share, OfQuantile(set, settings, share, goal, quantile, steps)]
            : [share];
    }

    private static ObjectiveResult OfQuantile(
        SeriesSet set, AnalysisSettings settings, ObjectiveResult share, ObjectiveGoal.FasterThan goal, double quantile, AnalysedSteps steps)
    {
        Figure value = share.Value is Figure.QueryFailed failed ? failed : new Figure.NoData((share.Value as Figure.NoData)?.Reason ?? "no latency histogram");
        bool isLowerLimit = false;
        if (set.Find(share.Service, share.Indicator) is IndicatorSeries.Latency { State: ReadState.Answered } latency && steps.Count > 0)
        {
            double[] counts = [.. latency.Histogram.Buckets.Select(steps.Sum)];
            double milliseconds = 1000 * latency.Spec.SecondsPerUnit * HistogramQuantile.Of(quantile, latency.Histogram.UpperBounds, counts);
            Ratio coverage = steps.Coverage(latency.Histogram.Presence);
            isLowerLimit = counts.Length > 1 && quantile * counts[^1] > counts[^2];
            value = coverage.Value == 0 ? new Figure.NoData("no samples in the window") : Figure.Of(milliseconds, coverage, "no requests");
        }

        string what = $"p{(quantile * 100).ToString("0.####", CultureInfo.InvariantCulture)} latency";
        ObjectiveResult result = share with
        {
            What = what,
            Quantile = quantile,
            Value = value,
            Threshold = goal.ThresholdSeconds * 1000,
            IsAtLeast = false,
            Unit = "ms",
            Note = isLowerLimit ? "the quantile lies above the highest bucket bound; the value is a lower limit" : null,
        };
        return result with { Verdict = result.Judge(settings.CoverageMinimum, isLowerLimit) };
    }

    private Verdict Judge(Ratio coverageMinimum, bool isLowerLimit)
    {
        if (Value is not Figure.Measured measured)
        {
            string why = Value is Figure.QueryFailed failed ? $"query failed: {failed.Reason}" : $"no data: {((Figure.NoData)Value).Reason}";
            return new Verdict.Inconclusive($"{Objective}: {What}: {why}");
        }

        if (measured.Coverage.Value < coverageMinimum.Value - Tolerance)
        {
            return new Verdict.Inconclusive($"{Compared(measured.Number)}; coverage {measured.Coverage} is below the minimum {coverageMinimum}");
        }

        double slack = Math.Abs(Threshold) * Tolerance;
        bool met = IsAtLeast ? measured.Number >= Threshold - slack : measured.Number <= Threshold + slack;
        return !met ? new Verdict.Fail(Compared(measured.Number))
            : isLowerLimit ? new Verdict.Inconclusive($"{Objective}: {What} is at least {Format(measured.Number)}, above the highest bucket bound; how far is not measured")
            : new Verdict.Pass();
    }

    private string Compared(double value)
    {
        bool atLeast = value >= Threshold;
        string relation = Format(value) == Format(Threshold) && value != Threshold ? (atLeast ? "just above" : "just below")
            : value == Threshold ? "exactly" : atLeast ? "above" : "below";
        return $"{Objective}: {What} {Format(value)} is {relation} the {(IsAtLeast ? "target" : "limit")} {Format(Threshold)} in {Window}";
    }

    private string Format(double value) => Unit == "ratio"
        ? (value * 100).ToString("0.######", CultureInfo.InvariantCulture) + " %"
        : value.ToString("0.######", CultureInfo.InvariantCulture) + " " + Unit;

    private static string WhatOf(ObjectiveGoal goal) => goal switch
    {
        ObjectiveGoal.GoodEvents => "good requests",
        ObjectiveGoal.FasterThan faster => FormattableString.Invariant($"requests within {faster.ThresholdSeconds * 1000:0.###} ms"),
        ObjectiveGoal.WithinLimit limit => FormattableString.Invariant($"steps {(limit.AtMost ? "at most" : "at least")} {limit.Limit:0.######}"),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
