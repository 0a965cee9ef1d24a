using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// What is expected of a course at every step: season, time-of-day habit, lasting changes and the level nearby, none of which the tested
/// step has a part in (season and habit come from other days, the level from hours around but not next to it).
/// </summary>
internal sealed class CourseModel
{
    private const int MaximumShapes = 8;
    private const double StepScore = 6;
    private const double RampScore = 6.5;

    private CourseModel(double[] expected, double[] deseasoned, IReadOnlyList<LastingChange> changes)
    {
        Expected = expected;
        Deseasoned = deseasoned;
        Changes = changes;
    }

    /// <summary>The expectation per step, on the course's scale.</summary>
    public double[] Expected { get; }

    /// <summary>The course without season and habit; lasting changes and level are still in it.</summary>
    public double[] Deseasoned { get; }

    /// <summary>Lasting changes, with their exact bounds.</summary>
    public IReadOnlyList<LastingChange> Changes { get; }

    /// <summary>Fits the model.</summary>
    /// <param name="course">The course.</param>
    /// <param name="calendar">The calendar of its grid.</param>
    /// <param name="scans">The scans for slow shapes.</param>
    /// <param name="stepTerms">Seasonal terms per step.</param>
    public static CourseModel Of(Course course, Calendar calendar, SlowShapeScans scans, double[] stepTerms)
    {
        double[] bins = BinMedians(course.Scaled, calendar);
        SeasonFit season = SeasonFit.Of(calendar, scans.Terms, bins);
        List<SlowShape> shapes = [];
        List<SlowShape> accepted = [];
        if (calendar.Baseline != BaselineKind.LocalLevel)
        {
            SlowShapeScan scan = scans.Over(bins);
            for (int round = 0; round < MaximumShapes; round++)
            {
                double[] left = [.. bins.Select((value, b) => value - season.AtBin(b) - shapes.Sum(shape => shape.At(b + 0.5)))];
                if (scan.Best(left) is not { } best || best.Score < (best.Form == SlowForm.Step ? StepScore : RampScore))
                {
                    break;
                }

                shapes.Add(best);
                if (IsLasting(best, calendar, course.Traits))
                {
                    accepted.Add(best);
                }

                season = SeasonFit.Of(calendar, scans.Terms, [.. bins.Select((value, b) => value - shapes.Sum(shape => shape.At(b + 0.5)))]);
            }
        }

        return Of(course, calendar, season.Steps(stepTerms), accepted);
    }

    private static CourseModel Of(Course course, Calendar calendar, double[] season, List<SlowShape> accepted)
    {
        int n = season.Length;
        double[] deseasoned = new double[n];
        for (int i = 0; i < n; i++)
        {
            deseasoned[i] = course.Scaled[i] - season[i];
        }

        List<LastingChange> changes = [.. accepted.Select(shape => LastingChange.Of(shape, deseasoned, calendar))];
        double[] slow = new double[n];
        foreach (LastingChange change in changes)
        {
            change.AddTo(slow);
        }

        double[] rest = new double[n];
        for (int i = 0; i < n; i++)
        {
            rest[i] = deseasoned[i] - slow[i];
        }

        double[] habit = DailyHabit.Of(rest, calendar);
        for (int i = 0; i < n; i++)
        {
            rest[i] -= habit[i];
            deseasoned[i] -= habit[i];
        }

        double[] level = LevelNearby(rest, calendar);
        double[] expected = new double[n];
        for (int i = 0; i < n; i++)
        {
            expected[i] = season[i] + habit[i] + slow[i] + level[i / calendar.StepsPerBin];
        }

        return new CourseModel(expected, deseasoned, changes);
    }

    // Changes shorter than a third of a day that ended are excursions: they are left in the course for the finer scales.
    private static bool IsLasting(SlowShape shape, Calendar calendar, FigureTraits traits)
    {
        int length = shape.To - shape.From;
        bool atEdge = shape.To == calendar.BinCount || shape.From == 0;
        return shape.Form != SlowForm.Step
            ? Math.Abs(shape.Amplitude) >= 0.5 * traits.Drift
            : length * (atEdge ? 4 : 3) >= calendar.BinsPerDay && Math.Abs(shape.Amplitude) >= 0.5 * traits.Shift;
    }

    private static double[] BinMedians(double[] values, Calendar calendar)
    {
        double[] medians = new double[calendar.BinCount];
        double[] buffer = new double[calendar.StepsPerBin];
        for (int b = 0; b < medians.Length; b++)
        {
            int from = b * calendar.StepsPerBin;
            int length = Math.Min(calendar.StepsPerBin, values.Length - from);
            int count = Statistics.MeasuredValues.CopyTo(values.AsSpan(from, length), buffer);
            medians[b] = count * 3 >= length ? Median.InPlace(buffer.AsSpan(0, count)) : double.NaN;
        }

        return medians;
    }

    // Per coarse bin, the median of the bins within half a day that are not the bin itself or its neighbours; a few hours without a season.
    private static double[] LevelNearby(double[] rest, Calendar calendar)
    {
        double[] medians = BinMedians(rest, calendar);
        int reach = Math.Max(3, calendar.BinsPerDay / (calendar.Baseline == BaselineKind.LocalLevel ? 6 : 2));
        double[] level = new double[medians.Length];
        List<double> around = [];
        double overall = Median.Of(medians);
        for (int b = 0; b < medians.Length; b++)
        {
            around.Clear();
            for (int k = Math.Max(0, b - reach); k <= Math.Min(medians.Length - 1, b + reach); k++)
            {
                if (Math.Abs(k - b) > 1 && double.IsFinite(medians[k]))
                {
                    around.Add(medians[k]);
                }
            }

            level[b] = around.Count >= 3 ? Median.InPlace(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(around)) : double.IsNaN(overall) ? 0 : overall;
        }

        return level;
    }
}
