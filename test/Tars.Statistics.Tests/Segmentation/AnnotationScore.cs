namespace Tars.Statistics.Tests.Segmentation;

/// <summary>F1 with margin 5 and segmentation cover against several annotators, as defined in arXiv:2003.06222, sections 4.1 and 4.2.</summary>
internal static class AnnotationScore
{
    internal static double F1(int[][] marks, int[] found)
    {
        int[] points = [.. found.Append(0).Distinct()];
        int[][] truths = [.. marks.Select(m => m.Append(0).Distinct().ToArray())];
        double precision = Matched([.. truths.SelectMany(t => t).Distinct()], points) / (double)points.Length;
        double recall = truths.Average(t => Matched(t, points) / (double)t.Length);
        return precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0;
    }

    internal static double Cover(int[][] marks, int[] found, int length)
    {
        (int From, int To)[] segments = Segments(found, length);
        return marks.Average(m => Segments(m, length).Sum(a => (a.To - a.From) * segments.Max(b => Jaccard(a, b))) / length);
    }

    private static int Matched(int[] truth, int[] points)
    {
        List<int> left = [.. points];
        int hits = 0;
        foreach (int t in truth.Order())
        {
            int[] near = [.. left.Where(p => Math.Abs(p - t) <= 5).OrderBy(p => Math.Abs(p - t))];
            if (near.Length > 0)
            {
                hits++;
                left.Remove(near[0]);
            }
        }

        return hits;
    }

    private static (int From, int To)[] Segments(int[] points, int length)
    {
        int[] edges = [0, .. points.Where(p => p > 0 && p < length).Distinct().Order(), length];
        return [.. edges.Zip(edges.Skip(1))];
    }

    private static double Jaccard((int From, int To) a, (int From, int To) b) =>
        Math.Max(0, Math.Min(a.To, b.To) - Math.Max(a.From, b.From)) / (double)(Math.Max(a.To, b.To) - Math.Min(a.From, b.From));
}
