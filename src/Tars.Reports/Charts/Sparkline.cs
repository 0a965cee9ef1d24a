using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>A course in the height of a line of text: shape only, no axis. It decorates a figure that stands beside it, and is hidden from readers of text.</summary>
internal static class Sparkline
{
    /// <summary>Draws a course, NaN where there is no value.</summary>
    public static Html Of(ReadOnlySpan<double> values)
    {
        PixelColumns columns = PixelColumns.Of(values, 96);
        double top = PixelColumns.Ceiling(columns.Largest);
        return Html.Of(
            $"""<svg class="spark" width="96" height="22" viewBox="{columns.ViewBox}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="extent" d="{columns.Area(top)}"/><path class="course" d="{columns.Line(top)}"/></svg>""");
    }
}
