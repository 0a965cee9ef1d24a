namespace Tars.Statistics.Segmentation;

/// <summary>
/// The exact segmentation of least penalised cost by PELT: optimal partitioning with pruning, linear time when changes keep occurring.
/// Source: R. Killick, P. Fearnhead and I. A. Eckley, Journal of the American Statistical Association 107 (2012) 1590-1598, doi:10.1080/01621459.2012.737745.
/// </summary>
public static class PrunedPartition
{
    /// <summary>Minimises the sum of segment costs plus a penalty per change.</summary>
    /// <param name="cost">Segment costs.</param>
    /// <param name="penalty">Positive, in the unit of the cost; 2 s^2 log n is usual for a level with noise variance s^2.</param>
    /// <param name="minimumSegment">Shortest segment, positive.</param>
    /// <returns>First indices of the second and later segments, ascending; empty when one segment is best or the series is too short.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The penalty or the minimum is not positive.</exception>
    public static int[] Find(SegmentCost cost, double penalty, int minimumSegment = 2)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(penalty);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumSegment);
        int n = cost.Length;
        if (n < 2 * minimumSegment)
        {
            return [];
        }

        double[] best = new double[n + 1];
        int[] previous = new int[n + 1];
        Array.Fill(best, double.PositiveInfinity);
        best[0] = -penalty;
        List<(int Start, int Expires)> candidates = [(0, int.MaxValue)];
        for (int end = minimumSegment; end <= n; end++)
        {
            candidates.RemoveAll(c => c.Expires <= end);
            foreach ((int start, _) in candidates)
            {
                double total = best[start] + cost.Of(start, end) + penalty;
                if (total < best[end])
                {
                    (best[end], previous[end]) = (total, start);
                }
            }

            // A start that already loses against ending a segment here can only win again before the next segment may end.
            for (int i = 0; i < candidates.Count; i++)
            {
                (int start, int expires) = candidates[i];
                if (expires == int.MaxValue && best[start] + cost.Of(start, end) > best[end])
                {
                    candidates[i] = (start, end + minimumSegment);
                }
            }

            int opening = end - minimumSegment + 1;
            if (opening >= minimumSegment)
            {
                candidates.Add((opening, int.MaxValue));
            }
        }

        List<int> changes = [];
        for (int at = previous[n]; at > 0; at = previous[at])
        {
            changes.Add(at);
        }

        changes.Reverse();
        return [.. changes];
    }
}
