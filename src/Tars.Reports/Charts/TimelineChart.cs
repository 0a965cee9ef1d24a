using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>A lane of a timeline.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Spans">What lasted, drawn in this order.</param>
/// <param name="Deployments">Deployments.</param>
internal sealed record TimelineLane(string Name, IReadOnlyList<ChartSpan> Spans, IReadOnlyList<ChartMark> Deployments);

/// <summary>Who was affected by what, and when: a lane per service over the whole window.</summary>
internal static class TimelineChart
{
    private const int Height = 34;

    /// <summary>Draws the lanes and, below them, the days.</summary>
    public static Html Of(SvgFrame svg, ChartFrame frame, IEnumerable<TimelineLane> lanes) => Html.Of(
        $"""
        <div class="lanes">
        {Html.Each(lanes, lane => Html.Of($"""<div class="lane"><div class="lane-name">{lane.Name}</div>{Lane(svg, frame, lane)}</div>"""))}<div class="lane lane-days"><div class="lane-name"></div><svg width="100%" height="18" aria-hidden="true" focusable="false">{frame.Labels(13)}</svg></div>
        </div>

        """);

    private static Html Lane(SvgFrame svg, ChartFrame frame, TimelineLane lane)
    {
        Html drawing = Html.Of(
            $"""<rect class="lane-ground" width="100%" height="{Height}"/>{frame.DayLines(0, Height)}{Html.Each(lane.Spans, span => Span(frame, span))}{Html.Each(lane.Deployments, mark => frame.Deployment(mark.Time, 1, Height, mark.Tip))}""");
        string[] told = [.. lane.Spans.Select(span => span.Tip), .. lane.Deployments.Select(mark => mark.Tip)];
        return svg.Picture("lane-picture", Height, lane.Name, told.Length == 0 ? "Nothing of note." : string.Join("; ", told.Take(20)) + (told.Length > 20 ? $"; and {(told.Length - 20).ToString(System.Globalization.CultureInfo.InvariantCulture)} more" : "."), drawing);
    }

    private static Html Span(ChartFrame frame, ChartSpan span)
    {
        (int y, int height) = span.CssClass switch
        {
            "gap" or "maintenance" => (0, Height),
            "alert" => (Height - 6, 4),
            "degradation" => (14, 12),
            _ => (8, 20),
        };
        return frame.Bar("span-" + span.CssClass, span.From, span.To, y, height, span.Tip);
    }
}
