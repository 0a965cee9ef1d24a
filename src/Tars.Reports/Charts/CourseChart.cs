using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>What to draw of one course.</summary>
/// <param name="Title">What it is, for people.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Grid">The steps of <paramref name="Values"/>.</param>
/// <param name="Values">One value per step, NaN where there is none.</param>
/// <param name="Before">The same steps of the period before; empty when there is none.</param>
/// <param name="Limit">A limit to draw, or null.</param>
internal sealed record CourseDrawing(string Title, string Unit, TimeGrid Grid, double[] Values, double[] Before, double? Limit);

/// <summary>A span to mark in a chart.</summary>
/// <param name="CssClass"><c>incident</c>, <c>degradation</c>, <c>maintenance</c>, <c>gap</c>, <c>alert</c>.</param>
/// <param name="From">Start.</param>
/// <param name="To">End.</param>
/// <param name="Tip">What it is.</param>
/// <param name="ExpectedLow">Lower end of the expected range, where the span is an event of the drawn figure.</param>
/// <param name="ExpectedHigh">Upper end.</param>
internal sealed record ChartSpan(string CssClass, DateTimeOffset From, DateTimeOffset To, string Tip, double? ExpectedLow = null, double? ExpectedHigh = null);

/// <summary>A point in time to mark in a chart.</summary>
/// <param name="Time">When.</param>
/// <param name="Tip">What it is.</param>
internal sealed record ChartMark(DateTimeOffset Time, string Tip);

/// <summary>Draws a course over time: extremes as an area, the middle as a line, gaps as gaps, with events, expected ranges and deployments.</summary>
internal static class CourseChart
{
    private const int Columns = 480;
    private const int Top = 20;
    private const int Bottom = 112;
    private const int Total = 132;

    /// <summary>Draws a course.</summary>
    public static Html Of(SvgFrame svg, ChartFrame frame, CourseDrawing course, IReadOnlyList<ChartSpan> spans, IReadOnlyList<ChartMark> deployments)
    {
        PixelColumns now = PixelColumns.Of(course.Values, Columns);
        PixelColumns before = PixelColumns.Of(course.Before, Columns / 4);
        bool hasBefore = course.Before.Any(double.IsFinite);
        double largest = Math.Max(now.Largest, Math.Max(before.Largest, spans.Max(span => span.ExpectedHigh) ?? 0));
        double top = PixelColumns.Ceiling(course.Limit is { } near && near <= largest * 2 ? Math.Max(largest, near) : largest);
        bool showsLimit = course.Limit is { } limit && limit <= top;
        int missing = course.Values.Count(value => !double.IsFinite(value));
        Html drawing = Html.Of(
            $"""
            {Html.Each(spans, span => frame.Bar("span-" + span.CssClass, span.From, span.To, Top, Bottom - Top, span.Tip))}{Gaps(frame, course)}{frame.DayLines(Top, Bottom)}
            <line class="axis" x1="0" x2="100%" y1="{Bottom}" y2="{Bottom}"/><line class="grid" x1="0" x2="100%" y1="{Top}" y2="{Top}"/>
            {Html.Each(spans.Where(span => span.ExpectedHigh is not null), span => Band(frame, span, top))}
            <svg x="0" y="{Top}" width="100%" height="{Bottom - Top}" viewBox="{now.ViewBox}" preserveAspectRatio="none"><path class="extent" d="{now.Area(top)}"/><path class="course" d="{now.Line(top)}"/></svg>
            {Html.When(hasBefore, () => Html.Of($"""<svg x="0" y="{Top}" width="100%" height="{Bottom - Top}" viewBox="{before.ViewBox}" preserveAspectRatio="none"><path class="before" d="{before.Line(top)}"/></svg>"""))}
            {Html.When(showsLimit, () => Limit(course.Limit!.Value, course.Unit, top))}{Html.Each(deployments, mark => frame.Deployment(mark.Time, Top, Bottom, mark.Tip))}
            <text class="tick" x="0" y="{Top - 6}">{Display.Number(top, course.Unit)}</text>{frame.Labels(Total - 4)}
            """);
        string description = now.Largest > 0 || missing < course.Values.Length
            ? $"Highest step {Display.Number(now.Largest, course.Unit)}. {(missing == 0 ? "Every step has a value." : $"{Display.Number(missing, string.Empty)} of {Display.Number(course.Values.Length, string.Empty)} steps have no value.")}"
            : "No step has a value.";
        return svg.Picture("chart", Total, course.Title, description, drawing);
    }

    private static Html Gaps(ChartFrame frame, CourseDrawing course)
    {
        List<Html> gaps = [];
        int from = -1;
        for (int i = 0; i <= course.Values.Length; i++)
        {
            bool has = i < course.Values.Length && double.IsFinite(course.Values[i]);
            if (!has && from < 0 && i < course.Values.Length)
            {
                from = i;
            }
            else if (from >= 0 && (has || i == course.Values.Length))
            {
                gaps.Add(frame.Bar("span-gap", course.Grid.TimeOf(from), course.Grid.TimeOf(i), Top, Bottom - Top, $"no value for {Display.Duration(course.Grid.Step * (i - from))}"));
                from = -1;
            }
        }

        // A figure that seldom has a value (errors of a quiet service) would be all marks: then the empty line says it.
        return Html.Each(gaps.Count > 200 ? [] : gaps, gap => gap);
    }

    private static Html Band(ChartFrame frame, ChartSpan span, double top)
    {
        int high = Y(span.ExpectedHigh!.Value, top);
        int low = Y(span.ExpectedLow ?? 0, top);
        return frame.Bar("expected", span.From, span.To, high, Math.Max(2, low - high), "expected range");
    }

    private static Html Limit(double limit, string unit, double top)
    {
        int y = Y(limit, top);
        return Html.Of($"""<line class="limit" x1="0" x2="100%" y1="{y}" y2="{y}"/><text class="tick limit-text" x="100%" y="{Top - 6}" text-anchor="end">objective {Display.Number(limit, unit)}</text>""");
    }

    private static int Y(double value, double top) => Bottom - (int)Math.Round((Bottom - Top) * Math.Clamp(value / top, 0, 1));
}
