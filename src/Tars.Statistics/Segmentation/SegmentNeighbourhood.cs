namespace Tars.Statistics.Segmentation;

/// <summary>
/// The best segmentation for every number of changes from 0 to a maximum, by dynamic programming.
/// Source: I. E. Auger and C. E. Lawrence, Bulletin of Mathematical Biology 51 (1989) 39-54, doi:10.1007/BF02458835.
/// </summary>
public static class SegmentNeighbourhood
{
    private const int GridLimit = 2000;

    /// <summary>
    /// Finds the segmentations of least cost. Exact up to 2,000 values; longer series are searched on an even grid of at most 2,000 positions
    /// and each change is then moved to the best place between its neighbouring grid positions.
    /// </summary>
    /// <param name="cost">Segment costs.</param>
    /// <param name="minimumSegment">Shortest segment, positive.</param>
    /// <param name="maximumChanges">At least 0.</param>
    /// <returns>Index k holds the best k changes (first indices of new segments, ascending); shorter than asked when they do not fit.</returns>
    /// <exception cref="ArgumentOutOfRangeException">An argument is outside its range.</exception>
    public static IReadOnlyList<int[]> Find(SegmentCost cost, int minimumSegment, int maximumChanges)
    {
        ArgumentNullException.ThrowIfNull(cost);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(minimumSegment);
        ArgumentOutOfRangeException.ThrowIfNegative(maximumChanges);
        int stride = (cost.Length + GridLimit - 1) / GridLimit;
        stride = Math.Max(1, stride);
        int[] positions = [.. Enumerable.Range(0, ((cost.Length - 1) / stride) + 1).Select(i => i * stride), cost.Length];
        int last = positions.Length - 1;
        double[][] best = new double[maximumChanges + 1][];
        int[][] previous = new int[maximumChanges + 1][];
        for (int k = 0; k <= maximumChanges; k++)
        {
            best[k] = new double[last + 1];
            previous[k] = new int[last + 1];
            Array.Fill(best[k], double.PositiveInfinity);
        }

        double[] costs = new double[last + 1];
        for (int end = 1; end <= last; end++)
        {
            int starts = 0;
            while (starts < end && positions[end] - positions[starts] >= minimumSegment)
            {
                costs[starts] = cost.Of(positions[starts], positions[end]);
                starts++;
            }

            if (starts > 0)
            {
                best[0][end] = costs[0];
            }

            for (int k = 1; k <= maximumChanges; k++)
            {
                double[] before = best[k - 1];
                double least = double.PositiveInfinity;
                int at = 0;
                for (int start = 1; start < starts; start++)
                {
                    double total = before[start] + costs[start];
                    if (total < least)
                    {
                        (least, at) = (total, start);
                    }
                }

                (best[k][end], previous[k][end]) = (least, at);
            }
        }

        List<int[]> found = [];
        for (int k = 0; k <= maximumChanges && double.IsFinite(best[k][last]); k++)
        {
            int[] changes = new int[k];
            for (int at = last, left = k; left > 0; left--)
            {
                at = previous[left][at];
                changes[left - 1] = positions[at];
            }

            Refine(cost, changes, stride, minimumSegment);
            found.Add(changes);
        }

        return found;
    }

    private static void Refine(SegmentCost cost, int[] changes, int stride, int minimumSegment)
    {
        for (int i = 0; i < changes.Length && stride > 1; i++)
        {
            int left = i == 0 ? 0 : changes[i - 1];
            int right = i == changes.Length - 1 ? cost.Length : changes[i + 1];
            int from = Math.Max(left + minimumSegment, changes[i] - stride + 1);
            int to = Math.Min(right - minimumSegment, changes[i] + stride - 1);
            double least = cost.Of(left, changes[i]) + cost.Of(changes[i], right);
            for (int at = from; at <= to; at++)
            {
                double total = cost.Of(left, at) + cost.Of(at, right);
                if (total < least)
                {
                    (least, changes[i]) = (total, at);
                }
            }
        }
    }
}
