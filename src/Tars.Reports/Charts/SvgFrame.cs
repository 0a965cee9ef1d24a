using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>Wraps drawings as accessible pictures; ids count up, so that the same page gets the same ones.</summary>
internal sealed class SvgFrame
{
    private int _count;

    /// <summary>A picture as wide as its place and of fixed height, with title and description for who cannot see it.</summary>
    public Html Picture(string cssClass, int height, string title, string description, Html drawing)
    {
        string id = FormattableString.Invariant($"g{++_count}");
        return Html.Of(
            $"""
            <svg class="{cssClass}" width="100%" height="{height}" role="img" aria-labelledby="{id}t {id}d"><title id="{id}t">{title}</title><desc id="{id}d">{description}</desc>{drawing}</svg>

            """);
    }

    /// <summary>Patterns that all pictures of a page share; once per page.</summary>
    public static Html Patterns { get; } = new(
        """
        <svg class="patterns" width="0" height="0" aria-hidden="true" focusable="false"><defs>
        <pattern id="gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="gap-ground" width="6" height="6"/><line class="gap-stroke" y2="6"/></pattern>
        <pattern id="maintenance" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(-45)"><rect class="maintenance-ground" width="6" height="6"/><line class="maintenance-stroke" y2="6"/></pattern>
        </defs></svg>

        """);
}
