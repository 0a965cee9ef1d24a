using System.Globalization;
using System.Text;
using Tars.Observability.Budgets;
using Tars.Reports.Formats;

namespace Tars.Reports.Charts;

/// <summary>What is left of an error budget at the end of each day, counted from the start of the window.</summary>
internal static class BurnDownChart
{
    private const int Top = 20;
    private const int Bottom = 112;
    private const int Total = 132;
    private const int Scale = 1000;

    /// <summary>Draws a budget. A day without data interrupts the line.</summary>
    public static Html Of(SvgFrame svg, ChartFrame frame, ErrorBudget budget)
    {
        double[] left = [.. budget.Days.Select(day => day.RemainingShare.Value ?? double.NaN)];
        double lowest = Math.Min(0, left.Where(double.IsFinite).DefaultIfEmpty(0).Min());
        double bottom = lowest < 0 ? -PixelColumns.Ceiling(-lowest) : 0;
        int YOf(double share) => Top + (int)Math.Round((Bottom - Top) * (1 - share) / (1 - bottom));
        bool overspent = left.Any(share => share < 0);
        Html drawing = Html.Of(
            $"""
            {frame.DayLines(Top, Bottom)}<line class="grid" x1="0" x2="100%" y1="{Top}" y2="{Top}"/><line class="axis" x1="0" x2="100%" y1="{YOf(0)}" y2="{YOf(0)}"/>
            <svg x="0" y="{Top}" width="100%" height="{Bottom - Top}" viewBox="0 0 {Scale} {Bottom - Top}" preserveAspectRatio="none"><path class="budget-area" d="{Path(frame, budget, left, YOf, closed: true)}"/><path class="course{(overspent ? " over" : string.Empty)}" d="{Path(frame, budget, left, YOf, closed: false)}"/></svg>
            <text class="tick" x="0" y="{Top - 6}">100 % left</text>{Html.When(bottom < 0, () => Html.Of($"""<text class="tick" x="0" y="{Bottom - 3}">{Display.Share(bottom)}</text>"""))}{frame.Labels(Total - 4)}
            """);
        string description = string.Join(", ", budget.Days.Select(day => $"{Display.Date(day.Date)}: {Display.Share(day.RemainingShare)}"));
        return svg.Picture("chart", Total, $"Error budget of {budget.Objective.Name}", $"Left at the end of each day. {description}.", drawing);
    }

    private static string Path(ChartFrame frame, ErrorBudget budget, double[] left, Func<double, int> y, bool closed)
    {
        StringBuilder path = new();
        int start = 0; // the window starts with the whole budget
        int last = start;
        bool open = left.Length > 0 && double.IsFinite(left[0]);
        if (open)
        {
            path.Append(CultureInfo.InvariantCulture, $"M{start} {y(1) - Top}");
        }

        for (int i = 0; i < left.Length; i++)
        {
            int end = (int)Math.Round(Scale * frame.Fraction(budget.Days[i].Window.To));
            if (!double.IsFinite(left[i]))
            {
                Close();
                open = false;
                continue;
            }

            if (!open)
            {
                start = end;
                path.Append(CultureInfo.InvariantCulture, $"M{end} {y(left[i]) - Top}h.5");
                open = true;
            }

            path.Append(CultureInfo.InvariantCulture, $"L{end} {y(left[i]) - Top}");
            last = end;
        }

        Close();
        return path.ToString();

        void Close()
        {
            if (open && closed)
            {
                path.Append(CultureInfo.InvariantCulture, $"L{last} {y(0) - Top}L{start} {y(0) - Top}z");
            }
        }
    }
}
