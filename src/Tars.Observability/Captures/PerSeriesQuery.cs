using System.Globalization;
using System.Text.RegularExpressions;
using Tars.Observability.Indicators;

namespace Tars.Observability.Captures;

/// <summary>A query of the shape <see cref="PlannedQuery.PerSeriesText"/> writes.</summary>
/// <param name="IsAverage">Whether it is <c>avg_over_time</c>, else <c>last_over_time</c>.</param>
/// <param name="Selector">The selector.</param>
/// <param name="RangeMilliseconds">The range, positive.</param>
internal sealed partial record PerSeriesQuery(bool IsAverage, Selector Selector, long RangeMilliseconds)
{
    /// <summary>Whether the answer keeps the metric's name: <c>last_over_time</c> does, <c>avg_over_time</c> does not, as in Prometheus.</summary>
    public bool KeepsName => !IsAverage;

    /// <summary>Reads a query; null when it has another shape.</summary>
    public static PerSeriesQuery? Parse(string text)
    {
        Match match = Shape().Match(text);
        if (!match.Success || !SelectorParser.TryParse(match.Groups["selector"].Value, out Selector? selector, out _))
        {
            return null;
        }

        long unit = match.Groups["unit"].Value switch { "ms" => 1, "s" => 1000, "m" => 60_000, "h" => 3_600_000, _ => 86_400_000 };
        return long.TryParse(match.Groups["number"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is > 0 and < 1_000_000_000
            ? new PerSeriesQuery(match.Groups["function"].Value == "avg", selector, number * unit)
            : null;
    }

    [GeneratedRegex(
        @"^(?<function>last|avg)_over_time\((?<selector>.*)\[(?<number>\d+)(?<unit>ms|s|m|h|d)\]\)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture | RegexOptions.Singleline)]
    private static partial Regex Shape();
}
