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
        Course[] courses = [.. set.Indicators.AsParallel().AsOrdered().SelectMany(MetricSeriesOf.Indicator).Select(series => new Course(series))];
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
        SlowShapeScans scans = new(calendar, SeasonFit.TermsOf(calendar));
        double[] stepTerms = new double[calendar.Grid.Count * calendar.ColumnCount];
        for (int i = 0; i < calendar.Grid.Count; i++)
        {
            calendar.Terms(i, stepTerms.AsSpan(i * calendar.ColumnCount, calendar.ColumnCount));
        }

        CourseModel?[] models = new CourseModel?[courses.Length];
        IReadOnlyList<Finding>[] perCourse = new IReadOnlyList<Finding>[courses.Length];
        Parallel.For(0, courses.Length, c =>
            (models[c], perCourse[c]) = notJudged[c] is null ? OfCourse(c, courses[c], calendar, options, scans, stepTerms) : (null, []));

        Dictionary<(string, string?), double[]> traffic = [];
        for (int c = 0; c < courses.Length; c++)
        {
            if (courses[c].Series.Metric == MetricNames.RequestRate && models[c] is { } model)
            {
                traffic[(courses[c].Series.Key.Service, courses[c].Series.Key.Region)] = model.Deseasoned;
            }
        }

        bool IsExplained(Finding finding) =>
            courses[finding.Course] is { } course
            && traffic.TryGetValue((course.Series.Key.Service, course.Series.Key.Region), out double[]? load)
            && TrafficRule.Explains(finding, course.Traits, load, calendar);

        double[]?[] expected = [.. models.Select(model => model?.Expected)];
        return [.. perCourse.SelectMany(findings => findings).Where(finding => !IsExplained(finding) && QuantileRule.Resolves(finding, courses, expected))];
    }

    private static (CourseModel? Model, IReadOnlyList<Finding> Findings) OfCourse(
        int c, Course course, Calendar calendar, AnomalyOptions options, SlowShapeScans scans, double[] stepTerms)
    {
        if (course.Traits.Scale == FigureScale.Counts)
        {
            return (null, CountExcursions.Of(c, course, calendar, options));
        }

        IReadOnlyList<Finding> flat = Flatlines.Of(c, course, calendar);
        foreach (Finding finding in flat)
        {
            course.SetAside(finding.From, finding.To);
        }

        CourseModel model = CourseModel.Of(course, calendar, scans, stepTerms);
        return (model, [.. flat, .. LastingFindings.Of(c, course, model, calendar), .. Excursions.Of(c, course, model, calendar, options)]);
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
