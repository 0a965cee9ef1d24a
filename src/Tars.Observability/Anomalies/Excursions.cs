using Tars.Statistics.Distributions;
using Tars.Statistics.Monitoring;
using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// Events of minutes to hours of a course on a logarithmic or linear scale: moving medians of what the model leaves, over several
/// lengths, against the robust spread of the same medians where the evidence (requests per step, or the time of day) is alike.
/// </summary>
internal static class Excursions
{
    private const double HotScore = 5.5;
    private const double WarmScore = 2.5;
    private const int Cells = 6;
    private static readonly double[] WindowMinutes = [5, 15, 45];

    /// <summary>Finds them.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, CourseModel model, Calendar calendar, AnomalyOptions options)
    {
        double[] rest = new double[course.Scaled.Length];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = course.Scaled[i] - model.Expected[i];
        }

        int[] cells = CellsOf(course, calendar);
        int shortest = Math.Max(3, (int)Math.Ceiling(options.MinimumDuration / calendar.Grid.Step));
        List<Stretch> stretches = [];
        double[] spread = [];
        int previous = 0;
        foreach (double minutes in WindowMinutes)
        {
            int width = Math.Max(5, (int)Math.Round(TimeSpan.FromMinutes(minutes) / calendar.Grid.Step)) | 1;
            if (width == previous || width * 8 > rest.Length)
            {
                continue;
            }

            previous = width;
            double[] medians = MovingMedian(rest, width);
            double[] scales = SpreadPerCell(medians, cells, width);
            spread = spread.Length == 0 ? scales : spread;
            Collect(stretches, rest, medians, scales, cells, width, course.Traits, calendar);
        }

        List<Finding> findings = [];
        foreach (Stretch merged in Merged(stretches, shortest))
        {
            Stretch stretch = Trimmed(rest, merged);
            if (Judge(index, course, model, calendar, rest, spread[cells[stretch.From]], stretch, shortest) is { } finding)
            {
                findings.Add(finding);
            }
        }

        return findings;
    }

    private static void Collect(
        List<Stretch> stretches, double[] rest, double[] medians, double[] scales, int[] cells, int width, FigureTraits traits, Calendar calendar)
    {
        double Score(int i) => scales[cells[i]] > 0 ? medians[i] / scales[cells[i]] : 0;
        ExtremeScore up = ExtremeScore.Of(medians.Length, i => Score(i), calendar.StepsPerBin);
        ExtremeScore down = ExtremeScore.Of(medians.Length, i => -Score(i), calendar.StepsPerBin);
        for (int i = 0; i < medians.Length; i++)
        {
            double score = Score(i);
            if (!(Math.Abs(score) >= HotScore) || !traits.IsEvent(score) || Math.Abs(medians[i]) < traits.Excursion)
            {
                continue;
            }

            int sign = Math.Sign(score);
            int from = i;
            int to = i + 1;
            int hottest = i;
            while (to < medians.Length && (double.IsNaN(medians[to]) || sign * Score(to) >= WarmScore))
            {
                hottest = sign * Score(to) > sign * Score(hottest) ? to : hottest;
                to++;
            }

            double best = sign * Score(hottest);

            while (from > 0 && sign * Score(from - 1) >= WarmScore)
            {
                from--;
            }

            (int start, int end) = Tighten(rest, Math.Max(0, from - (width / 2)), Math.Min(rest.Length, to + (width / 2)), sign, hottest);
            double p = Math.Min(1, WindowMinutes.Length * Math.Max(
                (sign > 0 ? up : down).Chance(best), (double)rest.Length / width * NormalDistribution.Survival(best)));
            stretches.Add(new Stretch(start, end, sign, p, width));
            i = to;
        }
    }

    // A median reaches half its width beyond an event: the bounds are the first and last steps beyond half the typical height around the hot step.
    private static (int From, int To) Tighten(double[] rest, int from, int to, int sign, int hot)
    {
        double typical = sign * Median.Of(rest.AsSpan(Math.Max(from, hot - 2), Math.Min(to, hot + 3) - Math.Max(from, hot - 2)));
        bool High(int i) => sign * rest[i] >= 0.5 * typical;
        bool Sustained(int i, int inwards) => High(i) && (High(i + inwards) || High(i + (2 * inwards)));
        while (from < hot && !(from + 2 < rest.Length && Sustained(from, 1)))
        {
            from++;
        }

        while (to > hot + 1 && !(to >= 3 && Sustained(to - 1, -1)))
        {
            to--;
        }

        return (from, to);
    }

    private static List<Stretch> Merged(List<Stretch> stretches, int shortest)
    {
        List<Stretch> merged = [];
        foreach (Stretch next in stretches.OrderBy(stretch => stretch.From))
        {
            int at = merged.FindLastIndex(kept => kept.Sign == next.Sign && next.From <= kept.To + Math.Max(3 * shortest, Math.Min(kept.To - kept.From, next.To - next.From) / 2));
            if (at < 0)
            {
                merged.Add(next);
                continue;
            }

            Stretch kept = merged[at];
            Stretch better = next.PValue < kept.PValue ? next : kept;
            merged[at] = better with { From = Math.Min(kept.From, next.From), To = Math.Max(kept.To, next.To) };
        }

        return merged;
    }

    // Longer windows blur the bounds: they are moved in to the steps beyond half the height of the stretch's upper quarter, three of five.
    private static Stretch Trimmed(double[] rest, Stretch stretch)
    {
        double[] heights = [.. rest[stretch.From..stretch.To].Select(value => stretch.Sign * value)];
        double half = 0.5 * Quantile.Of(heights, 0.75);
        bool IsHigh(int i) => i >= 0 && i < heights.Length && heights[i] >= half;
        bool IsEdge(int i, int inwards) => IsHigh(i) && Enumerable.Range(1, 4).Count(k => IsHigh(i + (k * inwards))) >= 2;
        int first = Enumerable.Range(0, heights.Length).FirstOrDefault(i => IsEdge(i, 1), -1);
        int last = Enumerable.Range(0, heights.Length).LastOrDefault(i => IsEdge(i, -1), -1);
        return half > 0 && first >= 0 && last > first ? stretch with { From = stretch.From + first, To = stretch.From + last + 1 } : stretch;
    }

    private static Finding? Judge(
        int index, Course course, CourseModel model, Calendar calendar, double[] rest, double spread, Stretch stretch, int shortest)
    {
        FigureTraits traits = course.Traits;
        double typical = Median.Of(rest.AsSpan(stretch.From, stretch.To - stretch.From));
        double steady = Quantile.Of([.. rest[stretch.From..stretch.To].Select(value => stretch.Sign * value)], 0.25);
        int persistent = 0;
        int farthest = -1;
        for (int i = stretch.From; i < stretch.To; i++)
        {
            double height = stretch.Sign * rest[i];
            persistent += height >= 0.5 * traits.Excursion ? 1 : 0;
            // One wild step inside an event is not its peak: a step counts with the lower of its neighbours beside it.
            farthest = height > 0 && (farthest < 0 || height > stretch.Sign * rest[farthest]) && Supported(rest, i, stretch, height) ? i : farthest;
        }

        if (persistent < shortest || steady < 0.5 * traits.Excursion || farthest < 0 || stretch.Sign * typical < 0.8 * traits.Excursion || Recurs(rest, stretch, typical, calendar))
        {
            return null;
        }

        double Original(double scaled) => course.FromScale(scaled);
        double centre = model.Expected[farthest];
        double margin = Math.Max(3 * spread * 1.5, traits.Excursion);
        AnomalyPeak peak = new(
            calendar.Grid.TimeOf(farthest),
            course.Series.Values[farthest],
            Original(centre),
            Original(centre - margin),
            Original(centre + margin));
        if (Math.Abs(peak.Deviation) < traits.AbsoluteFloor)
        {
            return null;
        }

        return new Finding(
            index, stretch.Sign > 0 ? AnomalyKind.Spike : AnomalyKind.Drop, stretch.From, stretch.To, stretch.Sign,
            Math.Max(1, Math.Abs(typical) / traits.Excursion), typical, stretch.PValue, peak);
    }

    // What happened at the same time of another week at six tenths of the size is a weekly habit (a weekend that ends later in one region);
    // what happened at half the size at the same time of a third of the other days is a daily one (a job of a few minutes).
    private static bool Recurs(double[] rest, Stretch stretch, double typical, Calendar calendar)
    {
        int day = calendar.BinsPerDay * calendar.StepsPerBin;
        int length = stretch.To - stretch.From;
        int days = 0;
        int alike = 0;
        for (int from = stretch.From % day; from + length <= rest.Length && length < day; from += day)
        {
            double share = Median.Of(rest.AsSpan(from, length)) / typical;
            if (from == stretch.From || double.IsNaN(share))
            {
                continue;
            }

            if ((from - stretch.From) % (7 * day) == 0 && share >= 0.6)
            {
                return true;
            }

            days++;
            alike += share >= 0.5 ? 1 : 0;
        }

        return alike >= 2 && alike * 3 >= days;
    }

    private static bool Supported(double[] rest, int i, Stretch stretch, double height)
    {
        double left = i > 0 ? stretch.Sign * rest[i - 1] : double.NaN;
        double right = i + 1 < rest.Length ? stretch.Sign * rest[i + 1] : double.NaN;
        return left >= 0.3 * height || right >= 0.3 * height;
    }

    private static double[] MovingMedian(double[] values, int width)
    {
        RollingWindow window = new(width);
        double[] medians = new double[values.Length];
        int half = width / 2;
        for (int i = 0; i < values.Length + half; i++)
        {
            window.Add(i < values.Length ? values[i] : double.NaN);
            if (i >= half)
            {
                medians[i - half] = window.Count * 2 > width ? window.Median : double.NaN;
            }
        }

        return medians;
    }

    // Steps of alike evidence: by the number of requests where there is one, else by the time of day.
    private static int[] CellsOf(Course course, Calendar calendar)
    {
        int[] cells = new int[course.Scaled.Length];
        if (course.Series.Weights is { } weights)
        {
            double[] sorted = Array.FindAll(weights, weight => weight > 0);
            Array.Sort(sorted);
            double[] bounds = [.. Enumerable.Range(1, Cells - 1).Select(k => Quantile.OfSorted(sorted, k / (double)Cells))];
            for (int i = 0; i < cells.Length; i++)
            {
                while (cells[i] < bounds.Length && weights[i] > bounds[cells[i]])
                {
                    cells[i]++;
                }
            }

            return cells;
        }

        for (int i = 0; i < cells.Length; i++)
        {
            cells[i] = calendar.Baseline == BaselineKind.LocalLevel ? 0 : calendar.QuarterOf(i) * Cells / 96;
        }

        return cells;
    }

    // The larger of the scaled MAD and the scaled 80 % quantile of the absolute value: heavy tails widen it, an event in a tenth of the time does not.
    private static double[] SpreadPerCell(double[] medians, int[] cells, int width)
    {
        int stride = Math.Max(1, width / 5);
        Span<int> next = stackalloc int[Cells + 1];
        next.Clear();
        for (int i = 0; i < medians.Length; i += stride)
        {
            next[cells[i] + 1] += double.IsFinite(medians[i]) ? 1 : 0;
        }

        for (int cell = 0; cell < Cells; cell++)
        {
            next[cell + 1] += next[cell];
        }

        // One cell after the other; afterwards next[cell] is where the cell ends.
        double[] sizes = new double[next[Cells]];
        for (int i = 0; i < medians.Length; i += stride)
        {
            if (double.IsFinite(medians[i]))
            {
                sizes[next[cells[i]]++] = Math.Abs(medians[i]);
            }
        }

        double[] spreads = new double[Cells];
        for (int cell = 0, from = 0; cell < Cells; from = next[cell++])
        {
            spreads[cell] = next[cell] - from < 30 ? 0 : Spread(sizes.AsSpan(from, next[cell] - from));
        }

        double overall = Spread(sizes);
        for (int cell = 0, from = 0; cell < Cells; from = next[cell++])
        {
            spreads[cell] = Math.Max(1e-9, next[cell] - from < 30 ? overall : Math.Max(spreads[cell], 0.5 * overall));
        }

        return spreads;
    }

    private static double Spread(Span<double> sizes) =>
        sizes.IsEmpty ? 0 : Math.Max(Quantile.InPlace(sizes, 0.5) * 1.4826, Quantile.InPlace(sizes, 0.8) / 1.2816);

    private readonly record struct Stretch(int From, int To, int Sign, double PValue, int Width);
}
