using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// A quantile read from a histogram is known no better than its bucket is wide: when its rank lies near a bucket bound, a few requests
/// more on the other side move it far. So an excursion of one quantile counts when another quantile of the same histogram moves with it,
/// or when it exceeds the usual distance of neighbouring bounds, a factor of 2.5.
/// </summary>
internal static class QuantileRule
{
    private static readonly double BucketWidth = Math.Log(2.5);

    /// <summary>Whether a finding is beyond what the histogram's buckets may pretend.</summary>
    /// <param name="finding">The finding.</param>
    /// <param name="courses">All courses.</param>
    /// <param name="expected">Expectation per course on its scale; null where not judged.</param>
    public static bool Resolves(Finding finding, IReadOnlyList<Course> courses, IReadOnlyList<double[]?> expected)
    {
        Course course = courses[finding.Course];
        if (course.Series.Unit != "ms" || course.Series.Weights is null || finding.IsLasting || finding.Sign == 0
            || Math.Abs(finding.ScaledEffect) >= BucketWidth)
        {
            return true;
        }

        bool alone = true;
        double needed = Math.Max(course.Traits.Excursion, 0.4 * Math.Abs(finding.ScaledEffect));
        for (int c = 0; c < courses.Count; c++)
        {
            if (c == finding.Course || courses[c].Series.Key != course.Series.Key || expected[c] is not { } sibling)
            {
                continue;
            }

            alone = false;
            double[] rest = new double[finding.Length];
            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] = courses[c].Scaled[finding.From + i] - sibling[finding.From + i];
            }

            if (finding.Sign * Median.Of(rest) >= needed)
            {
                return true;
            }
        }

        return alone;
    }
}
