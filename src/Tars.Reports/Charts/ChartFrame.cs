using System.Globalization;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>
/// The time axis that charts of one page share. Horizontal places are percentages, so that a chart fills any width without distorting
/// text or marks.
/// </summary>
/// <param name="Window">What the axis spans.</param>
/// <param name="Days">The calendar days in it, for ticks.</param>
internal sealed record ChartFrame(TimeWindow Window, IReadOnlyList<CalendarDay> Days)
{
    private const int MostLabels = 8;

    /// <summary>The place of an instant, cut to the axis: <c>12.5%</c>.</summary>
    public string X(DateTimeOffset time) => Percent(Fraction(time));

    /// <summary>The share of the axis before an instant, in [0, 1].</summary>
    public double Fraction(DateTimeOffset time) => Math.Clamp((time - Window.From) / Window.Duration, 0, 1);

    /// <summary>A bar from one instant to another, at least two thousandths of the axis wide.</summary>
    public Html Bar(string cssClass, DateTimeOffset from, DateTimeOffset to, int y, int height, string tip)
    {
        double start = Fraction(from);
        double width = Math.Max(0.002, Fraction(to) - start);
        start = Math.Min(start, 1 - width);
        return Html.Of($"""<rect class="{cssClass}" x="{Percent(start)}" y="{y}" width="{Percent(width)}" height="{height}"><title>{tip}</title></rect>""");
    }

    /// <summary>A vertical line.</summary>
    public Html Upright(string cssClass, DateTimeOffset time, int top, int bottom) =>
        Html.Of($"""<line class="{cssClass}" x1="{X(time)}" x2="{X(time)}" y1="{top}" y2="{bottom}"/>""");

    /// <summary>A mark of a deployment: a line with a triangle on top.</summary>
    public Html Deployment(DateTimeOffset time, int top, int bottom, string tip) => Html.Of(
        $"""{Upright("deploy", time, top, bottom)}<svg class="mark" x="{X(time)}" y="{top}" width="1" height="1"><path class="deploy-mark" d="M-5 -1h10l-5 8z"><title>{tip}</title></path></svg>""");

    /// <summary>Lines at the starts of days.</summary>
    public Html DayLines(int top, int bottom) => Html.Each(Days.Skip(1), day => Upright("grid", day.Window.From, top, bottom));

    /// <summary>Names of days under the axis; of hours when there is one day.</summary>
    public Html Labels(int y)
    {
        if (Days.Count <= 1)
        {
            return Html.Each(Enumerable.Range(0, 5), i => Label(
                Window.From + (Window.Duration * i / 4), (Window.From + (Window.Duration * i / 4)).ToString("HH:mm", CultureInfo.InvariantCulture), i == 4 ? "end" : i == 0 ? "start" : "middle", y));
        }

        int every = (Days.Count + MostLabels - 1) / MostLabels;
        string format = Days.Count <= MostLabels ? "ddd d" : "d MMM";
        return Html.Each(Days.Where((_, i) => i % every == 0), day => Label(
            day.Window.From + (day.Window.Duration / 2), day.Date.ToString(format, CultureInfo.InvariantCulture), "middle", y));
    }

    /// <summary>A share as a percentage of the width.</summary>
    public static string Percent(double fraction) => (fraction * 100).ToString("0.###", CultureInfo.InvariantCulture) + "%";

    private Html Label(DateTimeOffset time, string text, string anchor, int y) =>
        Html.Of($"""<text class="tick" x="{X(time)}" y="{y}" text-anchor="{anchor}">{text}</text>""");
}
