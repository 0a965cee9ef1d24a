using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>Finds stretches in which a gauge repeats exactly one value far longer than it ever does otherwise.</summary>
internal static class Flatlines
{
    private const double Chance = 1e-3;
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(15);

    /// <summary>Finds them; figures about requests are never flat in this sense.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, Calendar calendar)
    {
        if (course.Series.Weights is not null)
        {
            return [];
        }

        double[] values = course.Series.Values;
        List<(int From, int To, int Count)> runs = Runs(values);
        int shortest = Math.Max(6, (int)Math.Ceiling(Shortest / calendar.Grid.Step));
        if (!runs.Exists(run => run.Count >= shortest))
        {
            return [];
        }

        int pairs = runs.Sum(run => run.Count - 1) + runs.Count;
        int[] lengths = [.. runs.Select(run => run.Count).OrderDescending()];
        List<Finding> findings = [];
        foreach ((int from, int to, int count) in runs)
        {
            if (count < shortest)
            {
                continue;
            }

            int longestOther = lengths.Length < 2 ? 0 : lengths.Where(length => length * 3 <= count).FirstOrDefault(1);
            int alike = lengths.Count(length => length * 3 > count);
            double repeats = runs.Where(run => run.Count * 3 <= count).Sum(run => run.Count - 1.0);
            double changes = runs.Count(run => run.Count * 3 <= count);
            double share = (repeats + 1) / (repeats + changes + 2);
            double p = pairs * Math.Pow(share, count - 1);
            // Seldom: at most three such stretches, and a course that otherwise moves.
            if (alike > 3 || changes < 10 || longestOther == 0 || !(p < Chance))
            {
                continue;
            }

            AnomalyPeak peak = new(
                calendar.Grid.TimeOf(from), values[from], Quantile.Of(values, 0.5), Quantile.Of(values, 0.05), Quantile.Of(values, 0.95));
            findings.Add(new Finding(index, AnomalyKind.Flatline, from, to, 0, (double)count / shortest, 0, Math.Min(1, p), peak));
        }

        return findings;
    }

    // Maximal stretches of one value, missing steps passed over; Count is the number of measured steps.
    private static List<(int From, int To, int Count)> Runs(double[] values)
    {
        List<(int From, int To, int Count)> runs = [];
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            if (runs.Count > 0 && values[runs[^1].From].Equals(values[i]))
            {
                runs[^1] = (runs[^1].From, i + 1, runs[^1].Count + 1);
            }
            else
            {
                runs.Add((i, i + 1, 1));
            }
        }

        return runs;
    }
}
