using Tars.Statistics.Segmentation;
using Xunit;

namespace Tars.Statistics.Tests.Segmentation;

public sealed class PartitionTests
{
    [Fact]
    public void SegmentCostOf_RandomSegments_AgreesWithLeastSquares()
    {
        var (random, seed) = RandomSeed.Draw();
        double[] values = random.Normals(40);
        for (int round = 0; round < 200; round++)
        {
            int start = random.NextInt32(38);
            int end = start + 2 + random.NextInt32(39 - start);
            double[] y = values[start..end];
            double mean = y.Average();
            double center = (y.Length - 1) / 2.0;
            double slope = y.Select((v, i) => (i - center) * v).Sum() / y.Select((_, i) => (i - center) * (i - center)).Sum();
            RandomSeed.Close(y.Sum(v => (v - mean) * (v - mean)), new SegmentCost(values, false).Of(start, end), 1e-10, $"level, seed {seed}");
            double residual = y.Select((v, i) => Math.Pow(v - mean - (slope * (i - center)), 2)).Sum();
            RandomSeed.Close(residual, new SegmentCost(values, true).Of(start, end), 1e-10, $"line, seed {seed}");
            RandomSeed.Close(slope, new SegmentCost(values, true).Slope(start, end), 1e-10, $"slope, seed {seed}");
        }
    }

    [Fact]
    public void PrunedPartitionFind_ShortSeries_IsAsGoodAsTryingAllSegmentations()
    {
        var (random, seed) = RandomSeed.Draw();
        for (int round = 0; round < 60; round++)
        {
            double[] values = [.. random.Normals(12).Select((v, i) => v + (i >= 5 ? 2 : 0) + (i >= 9 ? -3 : 0))];
            SegmentCost cost = new(values, trend: round % 2 == 0);
            int minimum = 1 + random.NextInt32(3);
            double penalty = 0.2 + (4 * random.NextDouble());
            double best = double.PositiveInfinity;
            for (int set = 0; set < 1 << 11; set++)
            {
                int[] changes = [.. Enumerable.Range(1, 11).Where(i => (set >> (i - 1) & 1) == 1)];
                best = Math.Min(best, Total(cost, changes, penalty, minimum));
            }

            RandomSeed.Close(best, Total(cost, PrunedPartition.Find(cost, penalty, minimum), penalty, minimum), 1e-10, $"seed {seed} round {round}");
            IReadOnlyList<int[]> byCount = SegmentNeighbourhood.Find(cost, minimum, 11);
            RandomSeed.Close(best, byCount.Min(c => Total(cost, c, penalty, minimum)), 1e-10, $"neighbourhood, seed {seed} round {round}");
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => PrunedPartition.Find(new SegmentCost([1, 2], false), 0));
    }

    private static double Total(SegmentCost cost, int[] changes, double penalty, int minimum)
    {
        int[] edges = [0, .. changes, cost.Length];
        double total = penalty * changes.Length;
        for (int i = 0; i + 1 < edges.Length; i++)
        {
            total += edges[i + 1] - edges[i] < minimum ? double.PositiveInfinity : cost.Of(edges[i], edges[i + 1]);
        }

        return total;
    }
}
