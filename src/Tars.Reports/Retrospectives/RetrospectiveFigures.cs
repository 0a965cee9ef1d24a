using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Charts;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using Tars.Reports.Pages;
using Tars.Reports.Stability;

namespace Tars.Reports.Retrospectives;

/// <summary>The charts of a retrospective.</summary>
internal sealed class RetrospectiveFigures(Retrospective retro, SeriesSet set)
{
    private const int MostCharts = 12;
    private readonly SvgFrame _svg = new();
    private readonly ChartFrame _frame = new(retro.Window, [.. retro.Stability.Days.Select(day => new CalendarDay(day.Date, day.Kpis.Window, day.IsWhole))]);
    private readonly RetrospectiveMarks _marks = new(retro);

    /// <summary>A lane for everything and one per service.</summary>
    public Html Timeline() => Html.Of(
        $"""
        {TimelineChart.Of(_svg, _frame, [
            new TimelineLane("monitoring", _marks.SpansOf(null), []),
            .. Ranked().Take(3 * MostCharts).Select(service => new TimelineLane(service, _marks.SpansOf(service), _marks.DeploymentsOf(service))),
        ])}
        <ul class="legend">{Swatch("span-incident", "incident")}{Swatch("span-degradation", "degradation")}{Swatch("span-alert", "alert firing")}{Swatch("span-maintenance", "announced maintenance")}{Swatch("span-gap", "no data")}<li><svg width="14" height="12" aria-hidden="true"><svg class="mark" x="7" y="2"><path class="deploy-mark" d="M-5 -1h10l-5 8z"/></svg></svg>deployment</li></ul>
        {Html.When(Ranked().Length > 3 * MostCharts, () => Html.Of($"<p class=\"note\">The {3 * MostCharts} services with most findings are shown, of {Ranked().Length}.</p>"))}
        """);

    /// <summary>What is left of each error budget.</summary>
    public Html BurnDowns() => Html.Of(
        $"""
        <div class="figures">{Html.Each(retro.Budgets.Where(story => story.Budget.Days.Any(day => day.RemainingShare.Value is not null)).OrderByDescending(story => story.Budget.ConsumedShare.Value).Take(MostCharts / 2), story => Figure(
            story.Budget.Objective.Name, Display.Share(story.Budget.RemainingShare) + " left", BurnDownChart.Of(_svg, _frame, story.Budget)))}</div>
        <p class="note">What is left of the budget of the whole objective window at the end of each day, counted from the start of this period; at most six, the most consumed first. Where the data is shorter than that window it is a projection.</p>

        """);

    /// <summary>Errors and requests per day, and the table of days.</summary>
    public Html Days() => Html.Of(
        $"""
        <div class="figures">{Figure("Failed requests per day", "red: an objective was missed", Bars("Failed requests per day", KpiNames.TotalErrors))}{Figure("Requests per day", string.Empty, Bars("Requests per day", KpiNames.TotalRequests))}</div>
        {HtmlTable.Of(WeeklyTables.Days(retro.Stability))}

        """);

    /// <summary>The table of services, then the courses of each.</summary>
    public Html Services()
    {
        ReportTable table = KpiTables.Scopes("Services", "service", [retro.Kpis.Overall, .. retro.Kpis.Services]);
        string[] charted = [.. Ranked().Take(MostCharts)];
        return Html.Of(
            $"""
            {HtmlTable.Of(table.Without("rate", "unmeasured"), row => row == 0 ? Html.Empty : Spark(retro.Kpis.Services[row - 1].Service!), "requests")}
            <ul class="legend">{Swatch("course-swatch", "median of a column")}{Swatch("extent", "lowest to highest step")}{Swatch("expected", "range expected in an event")}<li><svg width="18" height="10" aria-hidden="true"><path class="before" d="M0 5h18"/></svg>period before</li></ul>
            {Html.Each(charted, service => Html.Of($"<h3>{service}</h3><div class=\"figures\">{Html.Each(Courses(service), course => Course(service, course))}</div>\n"))}
            {Html.When(Ranked().Length > charted.Length, () => Html.Of($"<p class=\"note\">Courses of the {charted.Length} services with most findings are drawn, of {Ranked().Length}.</p>"))}
            """);
    }

    private Html Course(string service, MetricSeries course)
    {
        double[] values = Part(course, retro.Window);
        TimeWindow before = new(retro.Window.From - retro.Window.Duration, retro.Window.From);
        double[] earlier = before.From >= set.Window.From ? Part(course, before) : [];
        double? limit = retro.Kpis.Certification.Objectives.FirstOrDefault(result => result.Service == service && result.Indicator == course.Key.Indicator && LimitOf(result, course) is not null) is { } judged
            ? LimitOf(judged, course) : null;
        (int from, _) = course.Grid.RangeOf(retro.Window).GetOffsetAndLength(course.Grid.Count);
        CourseDrawing drawing = new($"{service} {course.Metric}", course.Unit, new TimeGrid(course.Grid.TimeOf(from), course.Grid.Step, values.Length), values, earlier, limit);
        KpiFigure? overall = retro.Kpis.Find(service)?.Find(course.Metric);
        return Figure(
            course.Metric, overall?.Value is { } value ? $"{Display.Number(value, course.Unit)} over the period" : string.Empty,
            CourseChart.Of(_svg, _frame, drawing, _marks.EventsOf(service, course.Metric), _marks.DeploymentsOf(service)));
    }

    private static double? LimitOf(ObjectiveResult result, MetricSeries course) => result switch
    {
        { Quantile: { } quantile } => course.Metric == MetricNames.Latency(quantile) ? result.Threshold : null,
        { Indicator: IndicatorNames.Availability, Unit: "ratio" } => course.Metric == MetricNames.ErrorRate ? 100 * (1 - result.Threshold) : null,
        _ => null,
    };

    private MetricSeries[] Courses(string service)
    {
        MetricSeries[] all = [.. set.Indicators.Where(series => series.Key.Service == service && series.Key.Region is null).SelectMany(MetricSeriesOf.Indicator)];
        string[] told = [.. retro.Anomalies.Events.Where(e => e.Service == service && e.IsHarmful).Select(e => e.Metric)];
        string[] shown = [MetricNames.ErrorRate, MetricNames.P99Latency, MetricNames.RequestRate];
        return
        [
            .. all.Where(course => shown.Contains(course.Metric)).OrderBy(course => Array.IndexOf(shown, course.Metric)),
            .. all.Where(course => !shown.Contains(course.Metric) && told.Contains(course.Metric)).Take(3),
        ];
    }

    private Html Spark(string service) =>
        set.Find(service, IndicatorNames.Availability) is { } series && MetricSeriesOf.Indicator(series).FirstOrDefault(course => course.Metric == MetricNames.RequestRate) is { } course
            ? Sparkline.Of(Part(course, retro.Window))
            : Html.Empty;

    private Html Bars(string title, string name) => DayBars.Of(_svg, _frame, title, string.Empty,
    [
        .. retro.Stability.Days.Select(day =>
        {
            Figure figure = day.Kpis.Overall.Find(name)!.Figure.Select(Math.Round);
            string tone = day.Kpis.Certification.Verdict switch
            {
                Verdict.Fail when name == KpiNames.TotalErrors => "fail",
                _ => "pass",
            };
            return new DayBar(new CalendarDay(day.Date, day.Kpis.Window, day.IsWhole), figure, tone, $"{Display.Date(day.Date)}: {Display.Of(figure, string.Empty)}, {day.Kpis.Certification.Verdict.Name}");
        }),
    ]);

    // Services with most to tell first, then in configuration order.
    private string[] Ranked() =>
    [
        .. retro.Kpis.Services.Select(scope => scope.Service!).Select((service, order) => (service, order, Weight: Weight(service)))
            .OrderByDescending(entry => retro.Kpis.Services.Count > MostCharts ? entry.Weight : 0).ThenBy(entry => entry.order).Select(entry => entry.service),
    ];

    private int Weight(string service) => (10 * retro.Incidents.Count(incident => incident.Service == service))
        + (3 * retro.Regressions.Count(story => story.Comparison.Service == service)) + retro.Degradations.Count(degradation => degradation.Event.Service == service);

    private static double[] Part(MetricSeries course, TimeWindow window) => course.Values[course.Grid.RangeOf(window)];

    private static Html Figure(string title, string aside, Html picture) =>
        Html.Of($"<figure class=\"figure\"><figcaption><span class=\"name\" title=\"{title}\">{title}</span><span>{aside}</span></figcaption>{picture}</figure>\n");

    private static Html Swatch(string cssClass, string text) => Html.Of(
        $"<li><svg width=\"18\" height=\"12\" aria-hidden=\"true\">{(cssClass == "course-swatch" ? new Html("<path class=\"course\" d=\"M0 6h18\"/>") : Html.Of($"<rect class=\"{cssClass}\" width=\"18\" height=\"12\"/>"))}</svg>{text}</li>");
}
