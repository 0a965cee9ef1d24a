using Tars.Statistics.Distributions;
using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// Events of a share of bad events among events: the number of bad events in windows of several lengths against the Poisson
/// probability of so many at the share expected from the hours around, the observed overdispersion counted in. Few requests give wide bounds by themselves.
/// </summary>
internal static class CountExcursions
{
    private const int Worst = 2;
    private const double Hot = 1e-8;
    private static readonly double[] WindowMinutes = [5, 15, 60];

    /// <summary>Finds them.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, Calendar calendar, AnomalyOptions options)
    {
        double[] values = course.Scaled;
        double[] weights = course.Series.Weights ?? new double[values.Length];
        double[] bad = new double[values.Length];
        double[] all = new double[values.Length];
        for (int i = 0; i < bad.Length; i++)
        {
            bool known = double.IsFinite(values[i]) && weights[i] > 0;
            all[i] = known ? weights[i] : 0;
            bad[i] = known ? values[i] / 100 * weights[i] : 0;
        }

        double[] expected = ExpectedShare(bad, all, calendar);
        double dispersion = Dispersion(bad, all, expected, calendar);
        double[] badSum = Cumulative(bad);
        double[] allSum = Cumulative(all);
        double minimum = course.Traits.Excursion / 100;
        int shortest = Math.Max(3, (int)Math.Ceiling(options.MinimumDuration / calendar.Grid.Step));
        List<(int From, int To, double P)> found = [];
        int previous = 0;
        foreach (double minutes in WindowMinutes)
        {
            int width = Math.Max(5, (int)Math.Round(TimeSpan.FromMinutes(minutes) / calendar.Grid.Step));
            if (width == previous)
            {
                continue;
            }

            previous = width;
            List<(int From, int To, double P)> hot = [];
            for (int i = 0; i + width <= values.Length; i++)
            {
                double n = allSum[i + width] - allSum[i];
                double b = badSum[i + width] - badSum[i];
                double share = expected[(i + (width / 2)) / calendar.StepsPerBin];
                if (n <= 0 || b / n < Math.Max(share + minimum, 2 * share))
                {
                    continue;
                }

                (b, n) = WithoutWorst(bad, all, i, width, b, n);
                double p = n <= 0 ? 1 : Tail(b, n * share, dispersion);
                if (p < Hot && b / n >= Math.Max(share + minimum, 2 * share))
                {
                    (int from, int to) = Tighten(bad, all, i, i + width, share, b / n);
                    hot.Add((from, to, Math.Min(1, p * WindowMinutes.Length * values.Length / width)));
                }
            }

            found = Joined(found, Merged(hot, 3 * shortest));
        }

        return [.. found
            .Select(stretch => Trimmed(bad, all, stretch, expected[stretch.From / calendar.StepsPerBin]))
            .Where(stretch => stretch.To - stretch.From >= shortest)
            .Select(stretch => Judge(index, course, calendar, stretch, badSum, allSum, expected[stretch.From / calendar.StepsPerBin], dispersion))];
    }

    private static Finding Judge(
        int index, Course course, Calendar calendar, (int From, int To, double P) stretch, double[] badSum, double[] allSum, double share, double dispersion)
    {
        double n = allSum[stretch.To] - allSum[stretch.From];
        double rate = (badSum[stretch.To] - badSum[stretch.From]) / n;
        int farthest = stretch.From;
        for (int i = stretch.From; i < stretch.To; i++)
        {
            farthest = course.Scaled[i] > course.Scaled[farthest] || double.IsNaN(course.Scaled[farthest]) ? i : farthest;
        }

        double perStep = Math.Max(1e-9, n / (stretch.To - stretch.From));
        double margin = Math.Max(3 * Math.Sqrt(dispersion * share / perStep), course.Traits.Excursion / 100);
        AnomalyPeak peak = new(
            calendar.Grid.TimeOf(farthest), course.Series.Values[farthest], 100 * share, 100 * Math.Max(0, share - margin), 100 * Math.Min(1, share + margin));
        double effect = 100 * (rate - share);
        bool lasting = stretch.To - stretch.From >= calendar.BinsPerDay * calendar.StepsPerBin;
        return new Finding(
            index, lasting ? AnomalyKind.LevelShift : AnomalyKind.Spike, stretch.From, stretch.To, 1, Math.Max(1, effect / course.Traits.Excursion), effect, stretch.P, peak);
    }

    // P(at least b) for a Poisson mean, counts and mean divided by the dispersion (a quasi-Poisson tail).
    private static double Tail(double bad, double mean, double dispersion) =>
        bad <= 0 ? 1 : GammaFunction.RegularizedLower(bad / dispersion, Math.Max(mean, 1e-12) / dispersion);

    // Evidence must survive without the two worst steps: one wild scrape of a counter makes two wild differences.
    private static (double Bad, double All) WithoutWorst(double[] bad, double[] all, int from, int width, double b, double n)
    {
        for (int k = 0, skip = -1; k < Worst; k++)
        {
            int worst = -1;
            for (int i = from; i < from + width; i++)
            {
                worst = i != skip && (worst < 0 || bad[i] > bad[worst]) ? i : worst;
            }

            (b, n, skip) = (b - bad[worst], n - all[worst], worst);
        }

        return (b, n);
    }

    private static (int From, int To) Tighten(double[] bad, double[] all, int from, int to, double share, double rate)
    {
        double half = (share + rate) / 2;
        bool High(int i) => all[i] > 0 && bad[i] >= half * all[i];
        while (from < to - 1 && !High(from))
        {
            from++;
        }

        while (to > from + 1 && !High(to - 1))
        {
            to--;
        }

        return (from, to);
    }

    private static List<(int From, int To, double P)> Merged(List<(int From, int To, double P)> hot, int slack)
    {
        List<(int From, int To, double P)> merged = [];
        foreach ((int From, int To, double P) next in hot.OrderBy(stretch => stretch.From))
        {
            if (merged.Count > 0 && next.From <= merged[^1].To + slack)
            {
                merged[^1] = (merged[^1].From, Math.Max(merged[^1].To, next.To), Math.Min(merged[^1].P, next.P));
            }
            else
            {
                merged.Add(next);
            }
        }

        return merged;
    }

    // The bounds are the first and last step beyond half the height of the stretch's upper quarter with two more such steps among the next
    // four inwards; with so few events per step that the upper quarter shows nothing they stay what they are.
    private static (int From, int To, double P) Trimmed(double[] bad, double[] all, (int From, int To, double P) stretch, double share)
    {
        double[] shares = new double[stretch.To - stretch.From];
        for (int i = 0; i < shares.Length; i++)
        {
            shares[i] = all[stretch.From + i] > 0 ? bad[stretch.From + i] / all[stretch.From + i] : double.NaN;
        }

        double high = Quantile.Of(shares, 0.75);
        bool IsHigh(int i) => i >= 0 && i < shares.Length && shares[i] >= (share + high) / 2;
        bool IsEdge(int i, int inwards) => IsHigh(i) && Enumerable.Range(1, 4).Count(k => IsHigh(i + (k * inwards))) >= 2;
        int first = high > share ? Enumerable.Range(0, shares.Length).FirstOrDefault(i => IsEdge(i, 1), -1) : -1;
        int last = high > share ? Enumerable.Range(0, shares.Length).LastOrDefault(i => IsEdge(i, -1), -1) : -1;
        return first >= 0 && last > first ? (stretch.From + first, stretch.From + last + 1, stretch.P) : stretch;
    }

    // Shorter windows know the bounds better: a longer window adds what they did not see and joins what they saw in pieces.
    private static List<(int From, int To, double P)> Joined(List<(int From, int To, double P)> shorter, List<(int From, int To, double P)> longer)
    {
        List<(int From, int To, double P)> joined = [.. shorter];
        foreach ((int From, int To, double P) wide in longer)
        {
            (int From, int To, double P)[] inside = [.. joined.Where(known => known.From < wide.To && wide.From < known.To)];
            joined.RemoveAll(inside.Contains);
            joined.Add(inside.Length == 0
                ? wide
                : (inside.Min(known => known.From), inside.Max(known => known.To), Math.Min(wide.P, inside.Min(known => known.P))));
        }

        return joined;
    }

    // Per coarse bin: the median share of the bins within a day, the bin and its neighbours left out; at least the share of all bins
    // without the worst tenth, because a median of few counts is zero too easily.
    private static double[] ExpectedShare(double[] bad, double[] all, Calendar calendar)
    {
        double[] shares = new double[calendar.BinCount];
        (double Bad, double All)[] bins = new (double, double)[calendar.BinCount];
        for (int b = 0; b < bins.Length; b++)
        {
            int from = b * calendar.StepsPerBin;
            int length = Math.Min(calendar.StepsPerBin, bad.Length - from);
            bins[b] = (Statistics.Moments.CompensatedSum.Of(bad.AsSpan(from, length)), Statistics.Moments.CompensatedSum.Of(all.AsSpan(from, length)));
            shares[b] = bins[b].All > 0 ? bins[b].Bad / bins[b].All : double.NaN;
        }

        double worst = Quantile.Of(shares, 0.9);
        (double bad, double all) kept = (0, 0);
        for (int b = 0; b < bins.Length; b++)
        {
            kept = shares[b] <= worst ? (kept.bad + bins[b].Bad, kept.all + bins[b].All) : kept;
        }

        double overall = kept.all > 0 ? (kept.bad + 0.5) / (kept.all + 1) : 0;
        double[] expected = new double[bins.Length];
        List<double> around = [];
        for (int b = 0; b < bins.Length; b++)
        {
            around.Clear();
            for (int k = Math.Max(0, b - calendar.BinsPerDay); k <= Math.Min(bins.Length - 1, b + calendar.BinsPerDay); k++)
            {
                if (Math.Abs(k - b) > 1 && double.IsFinite(shares[k]))
                {
                    around.Add(shares[k]);
                }
            }

            expected[b] = Math.Max(overall, around.Count >= 3 ? Median.Of(around.ToArray()) : 0);
        }

        return expected;
    }

    // Pearson's statistic per tenth of a coarse bin, its upper tenth left out (0.66 is the mean of a chi-square with one degree of freedom below its 90 % quantile).
    private static double Dispersion(double[] bad, double[] all, double[] expected, Calendar calendar)
    {
        int width = Math.Max(5, calendar.StepsPerBin / 10);
        List<double> ratios = [];
        for (int i = 0; i + width <= bad.Length; i += width)
        {
            double mean = expected[i / calendar.StepsPerBin] * Statistics.Moments.CompensatedSum.Of(all.AsSpan(i, width));
            if (mean >= 0.5)
            {
                double difference = Statistics.Moments.CompensatedSum.Of(bad.AsSpan(i, width)) - mean;
                ratios.Add(difference * difference / mean);
            }
        }

        if (ratios.Count < 20)
        {
            return 1;
        }

        ratios.Sort();
        int kept = ratios.Count * 9 / 10;
        return Math.Max(1, ratios.Take(kept).Sum() / kept / 0.66);
    }

    private static double[] Cumulative(double[] values)
    {
        double[] sums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
        {
            sums[i + 1] = sums[i] + values[i];
        }

        return sums;
    }
}
