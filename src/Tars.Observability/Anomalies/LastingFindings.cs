using Tars.Statistics.Distributions;
using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>Turns the lasting changes of a course's model into findings, where they are large enough and in a direction that matters.</summary>
internal static class LastingFindings
{
    // A scan looks at many bounds and forms, most of them alike: about this many are independent.
    private const double Chances = 500;

    /// <summary>The findings.</summary>
    public static IReadOnlyList<Finding> Of(int index, Course course, CourseModel model, Calendar calendar)
    {
        FigureTraits traits = course.Traits;
        List<Finding> findings = [];
        foreach (LastingChange change in model.Changes)
        {
            SlowShape shape = change.Shape;
            bool ramp = shape.Form != SlowForm.Step;
            double smallest = ramp ? traits.Drift : traits.Shift;
            int day = calendar.BinsPerDay * calendar.StepsPerBin;
            bool excursion = !ramp && change.To - change.From < day && change.To < calendar.Grid.Count && change.From > 0;
            smallest = excursion ? traits.Excursion : smallest;
            // A step that holds from the start of the data is the return from something unseen: its end tells nothing new in this direction.
            if (Math.Abs(shape.Amplitude) < smallest || !traits.IsEvent(shape.Amplitude) || (!ramp && change.From == 0))
            {
                continue;
            }

            int sign = Math.Sign(shape.Amplitude);
            AnomalyKind kind = ramp ? AnomalyKind.Drift
                : !excursion ? AnomalyKind.LevelShift
                : sign > 0 ? AnomalyKind.Spike
                : AnomalyKind.Drop;
            int at = ramp ? change.To - 1 : (change.From + change.To) / 2;
            findings.Add(new Finding(
                index, kind, change.From, change.To, sign, Math.Abs(shape.Amplitude) / smallest, shape.Amplitude,
                Math.Min(1, Chances * NormalDistribution.Survival(shape.Score)), Peak(course, model, calendar, at, shape.Amplitude)));
        }

        return findings;
    }

    // A lasting change has no single farthest step worth naming: the median of the hour around its highest (or middle) point stands for it.
    private static AnomalyPeak? Peak(Course course, CourseModel model, Calendar calendar, int at, double amplitude)
    {
        int from = Math.Max(0, Math.Min(at - (calendar.StepsPerBin / 2), course.Scaled.Length - calendar.StepsPerBin));
        int length = Math.Min(calendar.StepsPerBin, course.Scaled.Length - from);
        double value = Median.Of(course.Scaled.AsSpan(from, length));
        double expected = Median.Of(model.Expected.AsSpan(from, length)) - amplitude;
        double margin = course.Traits.Shift;
        return double.IsNaN(value)
            ? null
            : new AnomalyPeak(
                calendar.Grid.TimeOf(from), course.FromScale(value), course.FromScale(expected), course.FromScale(expected - margin), course.FromScale(expected + margin));
    }
}
