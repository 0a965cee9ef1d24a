using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Anomalies;

/// <summary>Judges every course of a series set.</summary>
internal static class AnomalyDetection
{
    /// <summary>Detects events in the whole set and tells those that overlap the window.</summary>
    public static AnomalyReport Of(SeriesSet set, AnalysisSettings settings, AnomalyOptions options, TimeWindow window)
    {
        Calendar calendar = new(set.Grid, settings.TimeZone);
        Course[] courses = [.. MetricSeriesOf.All(set).Select(series => new Course(series))];
        string?[] notJudged = [.. courses.Select(course => Unjudgeable(course, calendar))];
        IReadOnlyList<(int From, int To)> backend = MissingStretches.OfBackend(courses, calendar);
        List<Finding> findings = options.Method == AnomalyMethod.Seasonal
            ? Seasonal(courses, notJudged, calendar, options)
            : Named(courses, notJudged, calendar, options);
        for (int c = 0; c < courses.Length; c++)
        {
            findings.AddRange(MissingStretches.Of(c, courses[c], calendar, backend));
        }

        BaselineKind baseline = options.Method == AnomalyMethod.Seasonal ? calendar.Baseline : BaselineKind.EarlierSteps;
        EventAssembly assembly = new(courses, calendar, settings, options, MethodName(options, baseline));
        return new AnomalyReport(
            window,
            set.Grid.Start,
            set.Grid.Step,
            options,
            assembly.Of(findings, backend, window, courses.Length - notJudged.Count(reason => reason is not null)),
            [.. courses.Select((course, c) => new JudgedCourse(
                course.Series.Key.Service, course.Series.Metric, course.Series.Key.Region,
                notJudged[c] is null ? baseline : BaselineKind.None, CoverageOf(course, set.Grid.RangeOf(window)), notJudged[c]))]);
    }

    private static List<Finding> Seasonal(Course[] courses, string?[] notJudged, Calendar calendar, AnomalyOptions options)
    {
        double[] binTerms = SeasonFit.TermsOf(calendar);
        double[] stepTerms = new double[calendar.Grid.Count * calendar.ColumnCount];
        for (int i = 0; i < calendar.Grid.Count; i++)
        {
            calendar.Terms(i, stepTerms.AsSpan(i * calendar.ColumnCount, calendar.ColumnCount));
        }

        List<Finding> findings = [];
        Dictionary<(string, string?), double[]> traffic = [];
        // Traffic first: other figures are compared with it.
        foreach (int c in Enumerable.Range(0, courses.Length).OrderBy(c => courses[c].Series.Metric == MetricNames.RequestRate ? 0 : 1))
        {
            if (notJudged[c] is not null)
            {
                continue;
            }

            Course course = courses[c];
            if (course.Traits.Scale == FigureScale.Counts)
            {
                findings.AddRange(CountExcursions.Of(c, course, calendar, options));
                continue;
            }

            IReadOnlyList<Finding> flat = Flatlines.Of(c, course, calendar);
            foreach (Finding finding in flat)
            {
                course.SetAside(finding.From, finding.To);
            }

            CourseModel model = CourseModel.Of(course, calendar, binTerms, stepTerms);
            IndicatorKey key = course.Series.Key;
            if (course.Series.Metric == MetricNames.RequestRate)
            {
                traffic[(key.Service, key.Region)] = model.Deseasoned;
            }

            findings.AddRange(flat);
            findings.AddRange(LastingFindings.Of(c, course, model, calendar)
                .Concat(Excursions.Of(c, course, model, calendar, options))
                .Where(finding => !(traffic.TryGetValue((key.Service, key.Region), out double[]? load) && TrafficRule.Explains(finding, course.Traits, load, calendar))));
        }

        return findings;
    }

    private static List<Finding> Named(Course[] courses, string?[] notJudged, Calendar calendar, AnomalyOptions options)
    {
        List<Finding> findings = [];
        for (int c = 0; c < courses.Length; c++)
        {
            if (notJudged[c] is null)
            {
                findings.AddRange(NamedMethods.Of(c, courses[c], calendar, options));
            }
        }

        return findings;
    }

    private static string? Unjudgeable(Course course, Calendar calendar)
    {
        int fewest = Math.Max(30, Math.Min(calendar.Grid.Count / 5, 3 * calendar.StepsPerBin));
        return course.MeasuredCount == 0 ? "no data"
            : course.MeasuredCount < fewest ? $"only {course.MeasuredCount} steps with a value; {fewest} are needed"
            : null;
    }

    private static Ratio CoverageOf(Course course, Range steps)
    {
        ReadOnlySpan<bool> missing = course.Missing.AsSpan(steps);
        return new Ratio(missing.Length == 0 ? 0 : 1 - (missing.Count(true) / (double)missing.Length));
    }

    private static string MethodName(AnomalyOptions options, BaselineKind baseline) => options.Method switch
    {
        AnomalyMethod.Ewma => "ewma",
        AnomalyMethod.ZScore => "zscore",
        _ => baseline switch
        {
            BaselineKind.LocalLevel => "level nearby (too little history for a season)",
            BaselineKind.TimeOfDay => "seasonal (time of day)",
            _ => "seasonal (time of day, weekday and weekend)",
        },
    };
}
