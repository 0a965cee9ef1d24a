using Tars.Statistics.Distributions;

namespace Tars.Observability.Anomalies;

/// <summary>
/// The two simple detectors of old, kept by name: distance from an exponentially weighted or a plain moving mean in standard deviations.
/// Unlike their predecessors they compare a step with earlier steps only, do not learn from unusual steps (until a whole window of them
/// says that the level is new), skip missing steps, ask for at least three unusual steps in a row and for the figure's smallest effect.
/// </summary>
internal static class NamedMethods
{
    /// <summary>Finds events.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, Calendar calendar, AnomalyOptions options)
    {
        double[] values = course.Series.Values;
        int shortest = Math.Max(3, (int)Math.Ceiling(options.MinimumDuration / calendar.Grid.Step));
        MovingBaseline baseline = new(options);
        List<(int Step, double Z, double Mean, double Deviation)> run = [];
        List<Finding> findings = [];
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            if (!double.IsFinite(value))
            {
                continue;
            }

            (double z, double centre, double deviation) = baseline.Next(value);
            bool unusual = Math.Abs(z) >= options.ZThreshold;
            if (run.Count > 0 && (!unusual || Math.Sign(z) != Math.Sign(run[^1].Z)))
            {
                Close(findings, index, course, calendar, run, shortest);
            }

            if (unusual)
            {
                run.Add((i, z, centre, deviation));
            }
        }

        Close(findings, index, course, calendar, run, shortest);
        return findings;
    }

    private static void Close(
        List<Finding> findings, int index, Course course, Calendar calendar, List<(int Step, double Z, double Mean, double Deviation)> run, int shortest)
    {
        if (run.Count >= shortest)
        {
            (int step, double z, double mean, double deviation) = run.MaxBy(point => Math.Abs(point.Z));
            double value = course.Series.Values[step];
            double smallest = course.Traits.Excursion;
            double[] effects = [.. run.Select(point => course.ToScale(course.Series.Values[point.Step]) - course.ToScale(point.Mean))];
            double effect = Statistics.Quantiles.Median.Of(effects);
            if (course.Traits.IsEvent(effect) && Math.Abs(effect) >= smallest && Math.Abs(value - mean) >= course.Traits.AbsoluteFloor)
            {
                double p = Math.Min(1, course.MeasuredCount * Math.Pow(NormalDistribution.TwoSided(run.Min(point => Math.Abs(point.Z))), shortest));
                findings.Add(new Finding(
                    index, effect > 0 ? AnomalyKind.Spike : AnomalyKind.Drop, run[0].Step, run[^1].Step + 1, Math.Sign(effect), Math.Abs(effect) / smallest, effect, p,
                    new AnomalyPeak(calendar.Grid.TimeOf(step), value, mean, mean - (3 * deviation), mean + (3 * deviation))));
            }
        }

        run.Clear();
    }
}
