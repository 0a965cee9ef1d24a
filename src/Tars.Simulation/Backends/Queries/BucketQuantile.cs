using System.Globalization;

namespace Tars.Simulation.Backends.Queries;

/// <summary><c>histogram_quantile</c> as Prometheus 2 computes it: linear within a bucket, from zero in the first, the last finite bound beyond.</summary>
internal static class BucketQuantile
{
    /// <summary>The quantile of every histogram at every instant.</summary>
    public static IEnumerable<Column> Of(double level, IReadOnlyList<Column> buckets, int count)
    {
        foreach (IGrouping<SeriesLabels, Column> histogram in buckets.GroupBy(column => column.Labels.Without("le", SeriesLabels.MetricName)))
        {
            (double Bound, double[] Counts)[] sorted = [.. histogram
                .Select(column => (Bound: Bound(column.Labels["le"]), column.Values))
                .Where(bucket => !double.IsNaN(bucket.Bound))
                .OrderBy(bucket => bucket.Bound)];
            double[] values = new double[count];
            List<(double Bound, double Count)> present = [];
            for (int i = 0; i < count; i++)
            {
                present.Clear();
                foreach ((double bound, double[] counts) in sorted)
                {
                    if (Column.IsPresent(counts[i]))
                    {
                        present.Add((bound, counts[i]));
                    }
                }

                values[i] = present.Count == 0 ? Column.Absent : At(level, present);
            }

            yield return new Column(histogram.Key, values);
        }
    }

    private static double At(double level, List<(double Bound, double Count)> buckets)
    {
        if (double.IsNaN(level) || level < 0 || level > 1)
        {
            return double.IsNaN(level) ? double.NaN : level < 0 ? double.NegativeInfinity : double.PositiveInfinity;
        }

        Settle(buckets);
        double observations = buckets[^1].Count;
        if (!double.IsPositiveInfinity(buckets[^1].Bound) || buckets.Count < 2 || observations == 0)
        {
            return double.NaN;
        }

        double rank = level * observations;
        int b = 0;
        while (b < buckets.Count - 1 && !(buckets[b].Count >= rank))
        {
            b++;
        }

        if (b == buckets.Count - 1)
        {
            return buckets[^2].Bound;
        }

        if (b == 0 && buckets[0].Bound <= 0)
        {
            return buckets[0].Bound;
        }

        (double start, double below) = b == 0 ? (0, 0) : buckets[b - 1];
        return start + ((buckets[b].Bound - start) * ((rank - below) / (buckets[b].Count - below)));
    }

    /// <summary>Joins buckets of the same bound and makes counts monotone.</summary>
    private static void Settle(List<(double Bound, double Count)> buckets)
    {
        for (int i = buckets.Count - 1; i > 0; i--)
        {
            if (buckets[i].Bound == buckets[i - 1].Bound)
            {
                buckets[i - 1] = (buckets[i].Bound, buckets[i - 1].Count + buckets[i].Count);
                buckets.RemoveAt(i);
            }
        }

        double most = double.NegativeInfinity;
        for (int i = 0; i < buckets.Count; i++)
        {
            most = buckets[i].Count > most ? buckets[i].Count : most;
            buckets[i] = (buckets[i].Bound, most);
        }
    }

    private static double Bound(string text) => text is "+Inf" ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double bound) ? bound : double.NaN;
}
