using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Regressions;

/// <summary>The two sides of a comparison.</summary>
/// <param name="Deployment">The deployment between them, or null for periods.</param>
/// <param name="Before">The earlier side.</param>
/// <param name="After">The later side.</param>
/// <param name="History">Time before both from which a rhythm may be learnt, or null.</param>
internal sealed record Sides(Deployment? Deployment, TimeWindow Before, TimeWindow After, TimeWindow? History);

/// <summary>Compares one figure on two sides. The adjusted p-value and what follows from it come later, when all p-values are known.</summary>
internal static class FigureComparison
{
    private const string LevelMethod = "difference of 20 % trimmed means of blocks (Yuen), allowing for autocorrelation";
    private const string CountMethod = "ratio of error rates from counts per block (quasi-Poisson), allowing for autocorrelation";

    /// <summary>Compares.</summary>
    public static MetricComparison Of(BlockSeries series, BlockGrid blocks, Sides sides, RegressionOptions options)
    {
        Range before = blocks.BlocksIn(sides.Before);
        Range after = blocks.BlocksIn(sides.After);
        int[] first = Measured(series, before);
        int[] second = Measured(series, after);
        int least = Math.Max(3, (int)Math.Ceiling(options.ShortestSide / blocks.Length));
        MetricComparison none = Empty(series, sides, first.Length, second.Length);
        if (series.Missing is not null)
        {
            return none with { Reason = series.Missing };
        }

        if (first.Length < least || second.Length < least)
        {
            return none with
            {
                Reason = FormattableString.Invariant(
                    $"{first.Length} measured blocks before and {second.Length} after; at least {least} of {blocks.Length.TotalMinutes:0} minutes are needed on either side"),
            };
        }

        return series.Events is null
            ? OfLevels(none, series, blocks, sides, options, least)
            : OfCounts(none, series, first, second, options);
    }

    private static MetricComparison OfLevels(MetricComparison none, BlockSeries series, BlockGrid blocks, Sides sides, RegressionOptions options, int least)
    {
        Range before = blocks.BlocksIn(sides.Before);
        Range after = blocks.BlocksIn(sides.After);
        Range history = sides.History is { } earlier ? blocks.BlocksIn(earlier) : 0..0;
        bool logarithmic = !series.MinimumIsAbsolute && Measured(series, before).Concat(Measured(series, after)).Concat(Measured(series, history)).All(b => series.Values[b] > 0);
        double[] scaled = logarithmic ? [.. series.Values.Select(value => Math.Log(value))] : series.Values;
        if (Rhythm.Remove(scaled, blocks, history, before, after, least) is not { } freed)
        {
            return none with { Reason = "a change cannot be told from the daily rhythm: the sides hold different times of day and earlier days are not there to compare with" };
        }

        BlockTest test = BlockTest.OfLevels(freed, options.ConfidenceLevel);
        double beforeValue = TrimmedSample.Of([.. freed.Before.Select(b => series.Values[b])]).Mean;
        double afterValue = TrimmedSample.Of([.. freed.After.Select(b => series.Values[b])]).Mean;
        double Relative(double shift) => logarithmic ? Math.Exp(shift) - 1 : shift / Math.Abs(beforeValue);
        double Absolute(double shift) => logarithmic ? beforeValue * (Math.Exp(shift) - 1) : shift;
        bool relative = logarithmic || beforeValue != 0;
        return none with
        {
            BeforeValue = beforeValue,
            AfterValue = afterValue,
            Change = Absolute(test.Shift),
            ChangeLow = Finite(Absolute(test.Low)),
            ChangeHigh = Finite(Absolute(test.High)),
            RelativeChange = relative ? Relative(test.Shift) : null,
            RelativeLow = relative ? Finite(Relative(test.Low)) : null,
            RelativeHigh = relative ? Finite(Relative(test.High)) : null,
            CliffsDelta = test.CliffsDelta,
            PValue = Finite(test.PValue),
            BlocksBefore = freed.Before.Length,
            BlocksAfter = freed.After.Length,
            Method = $"{LevelMethod}; {freed.Method}",
        };
    }

    private static MetricComparison OfCounts(MetricComparison none, BlockSeries series, int[] before, int[] after, RegressionOptions options)
    {
        BlockTest test = BlockTest.OfCounts(series, before, after, options.ConfidenceLevel);
        double Rate(int[] blocks) => 100 * blocks.Sum(b => series.Events![b]) / blocks.Sum(b => series.Exposure![b]);
        double first = Rate(before);
        double second = Rate(after);
        bool relative = first > 0;
        return none with
        {
            BeforeValue = first,
            AfterValue = second,
            Change = second - first,
            ChangeLow = relative ? Finite(first * (Math.Exp(test.Low) - 1)) : null,
            ChangeHigh = relative ? Finite(first * (Math.Exp(test.High) - 1)) : null,
            RelativeChange = relative ? (second / first) - 1 : null,
            RelativeLow = relative ? Finite(Math.Exp(test.Low) - 1) : null,
            RelativeHigh = relative ? Finite(Math.Exp(test.High) - 1) : null,
            CliffsDelta = test.CliffsDelta,
            PValue = Finite(test.PValue),
            Method = CountMethod,
        };
    }

    private static MetricComparison Empty(BlockSeries series, Sides sides, int before, int after) => new(
        series.Key.Service, series.Key.Indicator, series.Metric, series.Unit, series.Better, sides.Deployment, sides.Before, sides.After,
        null, null, null, null, null, null, null, null, null, null, null, series.MinimumEffect, series.MinimumIsAbsolute, before, after,
        ComparisonOutcome.NotEnoughData, null, series.Events is null ? LevelMethod : CountMethod, series.Note)
    {
        Region = series.Key.Region,
    };

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;

    // An error rate needs requests as well; a block without any says nothing.
    private static int[] Measured(BlockSeries series, Range range)
    {
        (int from, int length) = range.GetOffsetAndLength(series.Values.Length);
        return [.. Enumerable.Range(from, length).Where(b => double.IsFinite(series.Values[b]))];
    }
}
