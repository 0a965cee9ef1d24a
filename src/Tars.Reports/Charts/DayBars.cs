using System.Globalization;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>A day's bar.</summary>
/// <param name="Day">The day.</param>
/// <param name="Value">The value, zero or more.</param>
/// <param name="CssClass"><c>pass</c>, <c>fail</c> or <c>inconclusive</c>.</param>
/// <param name="Tip">What it is.</param>
internal sealed record DayBar(CalendarDay Day, Figure Value, string CssClass, string Tip);

/// <summary>One bar per day; a day that was not measured is hatched over the whole height instead of low.</summary>
internal static class DayBars
{
    private const int Top = 20;
    private const int Bottom = 112;
    private const int Total = 132;

    /// <summary>Draws the bars.</summary>
    public static Html Of(SvgFrame svg, ChartFrame frame, string title, string unit, IReadOnlyList<DayBar> bars)
    {
        double top = PixelColumns.Ceiling(1.15 * (bars.Max(bar => bar.Value.Value) ?? 0));
        Html drawing = Html.Of(
            $"""<line class="grid" x1="0" x2="100%" y1="{Top}" y2="{Top}"/>{Html.Each(bars, bar => Bar(frame, bar, unit, top))}<line class="axis" x1="0" x2="100%" y1="{Bottom}" y2="{Bottom}"/><text class="tick" x="0" y="{Top - 6}">{Display.Compact(top, unit)}</text>{frame.Labels(Total - 4)}""");
        string description = string.Join(", ", bars.Select(bar => $"{Display.Date(bar.Day.Date)}: {Display.Of(bar.Value, unit)}"));
        return svg.Picture("chart", Total, title, description + ".", drawing);
    }

    private static Html Bar(ChartFrame frame, DayBar bar, string unit, double top)
    {
        double from = frame.Fraction(bar.Day.Window.From);
        double width = frame.Fraction(bar.Day.Window.To) - from;
        string x = ChartFrame.Percent(from + (width * 0.18));
        string wide = ChartFrame.Percent(width * 0.64);
        if (bar.Value.Value is not { } value)
        {
            return Html.Of($"""<rect class="span-gap" x="{x}" width="{wide}" y="{Top}" height="{Bottom - Top}"><title>{bar.Tip}</title></rect>""");
        }

        int height = Math.Max(value > 0 ? 2 : 0, (int)Math.Round((Bottom - Top) * Math.Clamp(value / top, 0, 1)));
        string middle = (100 * (from + (width / 2))).ToString("0.###", CultureInfo.InvariantCulture) + "%";
        return Html.Of(
            $"""<rect class="bar-{bar.CssClass}" x="{x}" width="{wide}" y="{Bottom - height}" height="{height}"><title>{bar.Tip}</title></rect><text class="tick bar-text" x="{middle}" y="{Bottom - height - 4}" text-anchor="middle">{Display.Compact(value, unit)}</text>""");
    }
}
