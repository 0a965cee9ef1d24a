using Tars.Statistics.Quantiles;

namespace Tars.Observability.Regressions;

/// <summary>
/// Two sides of a comparison freed from the rhythm of day and week. The rhythm is the median per time of day, weekdays and weekend days
/// apart: from the time before both sides where there is enough of it, else from both sides together, of which then only times of day
/// that occur on both enter.
/// </summary>
/// <param name="Before">Indices of the blocks before that entered, ascending.</param>
/// <param name="After">Indices of the blocks after that entered, ascending.</param>
/// <param name="Values">One value per block of the grid, freed from the rhythm; meaningful for these indices alone.</param>
/// <param name="VarianceFactor">By how much residual variances are too small, because the rhythm was fitted to the same blocks; at least 1.</param>
/// <param name="Method">How it was removed, in words.</param>
internal sealed record Rhythm(int[] Before, int[] After, double[] Values, double VarianceFactor, string Method)
{
    // Of the blocks of either side, the share that must have a counterpart in history for history to be used.
    private const double KnownShare = 0.75;

    /// <summary>Removes the rhythm.</summary>
    /// <param name="values">One value per block; NaN is missing.</param>
    /// <param name="blocks">The blocks.</param>
    /// <param name="history">Blocks before both sides; may be empty.</param>
    /// <param name="before">Blocks of the first side.</param>
    /// <param name="after">Blocks of the second side.</param>
    /// <param name="leastBlocks">Blocks needed on either side.</param>
    /// <returns>The freed sides, or null when neither way leaves enough blocks.</returns>
    public static Rhythm? Remove(double[] values, BlockGrid blocks, Range history, Range before, Range after, int leastBlocks)
    {
        int[] first = Measured(values, before);
        int[] second = Measured(values, after);
        if (first.Length < leastBlocks || second.Length < leastBlocks)
        {
            return null;
        }

        double[] profile = Profile(values, blocks, Measured(values, history));
        int[] knownFirst = [.. first.Where(b => !double.IsNaN(profile[blocks.SlotOf(b)]))];
        int[] knownSecond = [.. second.Where(b => !double.IsNaN(profile[blocks.SlotOf(b)]))];
        if (Enough(knownFirst, first, leastBlocks) && Enough(knownSecond, second, leastBlocks))
        {
            return new Rhythm(knownFirst, knownSecond, Less(values, blocks, profile), 1, "less the median of the same time of day, weekdays and weekend days apart, from earlier days");
        }

        double[] one = Profile(values, blocks, first);
        double[] two = Profile(values, blocks, second);
        int[] sharedFirst = [.. first.Where(b => !double.IsNaN(two[blocks.SlotOf(b)]))];
        int[] sharedSecond = [.. second.Where(b => !double.IsNaN(one[blocks.SlotOf(b)]))];
        int slots = sharedFirst.Select(blocks.SlotOf).Distinct().Count();
        int count = sharedFirst.Length + sharedSecond.Length;
        if (sharedFirst.Length < leastBlocks || sharedSecond.Length < leastBlocks || count <= slots + 1)
        {
            return null;
        }

        double[] both = [.. one.Zip(two, (a, b) => 0.5 * (a + b))];
        return new Rhythm(sharedFirst, sharedSecond, Less(values, blocks, both), (double)count / (count - slots), "the same times of day on both sides, weekdays and weekend days apart");
    }

    private static bool Enough(int[] known, int[] all, int least) => known.Length >= least && known.Length >= KnownShare * all.Length;

    private static int[] Measured(double[] values, Range range)
    {
        (int from, int length) = range.GetOffsetAndLength(values.Length);
        return [.. Enumerable.Range(from, length).Where(b => double.IsFinite(values[b]))];
    }

    private static double[] Profile(double[] values, BlockGrid blocks, int[] indices)
    {
        double[] profile = new double[blocks.SlotCount];
        Array.Fill(profile, double.NaN);
        foreach (IGrouping<int, int> slot in indices.GroupBy(blocks.SlotOf))
        {
            profile[slot.Key] = Median.InPlace(slot.Select(b => values[b]).ToArray());
        }

        return profile;
    }

    private static double[] Less(double[] values, BlockGrid blocks, double[] profile) =>
        [.. values.Select((value, b) => value - profile[blocks.SlotOf(b)])];
}
