using System.Globalization;
using System.Text.RegularExpressions;

namespace Tars.TestKit.Notation;

/// <summary>
/// The series notation of Prometheus unit tests (promtool, "Series"): items separated by spaces, each one of
/// <list type="bullet">
/// <item><c>a+bxn</c>: a, a+b, …, a+n·b (n+1 values); <c>a-bxn</c> counts down;</item>
/// <item><c>axn</c>: a, n+1 times;</item>
/// <item><c>_</c>: missing; <c>_xn</c>: missing n times;</item>
/// <item><c>stale</c>: the end of the series, here a missing value too;</item>
/// <item>a number, <c>Inf</c>, <c>-Inf</c> or <c>NaN</c>.</item>
/// </list>
/// A counter reset is a new item that starts lower: <c>0+10x10 0+10x5</c>.
/// </summary>
public static partial class SeriesNotation
{
    /// <summary>The values on the grid, one per point; NaN where no sample is. An empty notation gives no values.</summary>
    /// <exception cref="FormatException">An item is none of the above; the message holds it and its position.</exception>
    public static double[] Parse(string notation)
    {
        ArgumentNullException.ThrowIfNull(notation);
        List<double> values = [];
        string[] items = notation.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        for (int position = 0; position < items.Length; position++)
        {
            Append(values, items[position], position);
        }

        return [.. values];
    }

    private static void Append(List<double> values, string item, int position)
    {
        Match match = Item().Match(item);
        if (!match.Success)
        {
            throw new FormatException($"series notation: item {position + 1}, \"{item}\", is not a value, a+bxn, axn, _, _xn or stale");
        }

        bool repeated = match.Groups["times"].Success;
        int times = repeated ? int.Parse(match.Groups["times"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        if (match.Groups["missing"].Success)
        {
            values.AddRange(Enumerable.Repeat(double.NaN, repeated ? times : 1));
            return;
        }

        if (match.Groups["stale"].Success)
        {
            values.Add(double.NaN);
            return;
        }

        double value = Number(match.Groups["start"].Value);
        double step = match.Groups["step"].Success ? Number(match.Groups["step"].Value) : 0;
        for (int i = 0; i <= times; i++)
        {
            // Added up step by step, as promtool does: the last bits of fractional steps agree with it.
            values.Add(value);
            value += step;
        }
    }

    private static double Number(string text) => text.TrimStart('+', '-') switch
    {
        "Inf" => text[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity,
        "NaN" => double.NaN,
        _ => double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture),
    };

    [GeneratedRegex(
        @"^(?:(?<missing>_)(?:x(?<times>\d+))?|(?<stale>stale)|(?<start>[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|Inf|NaN))(?:(?<step>[+-](?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)?x(?<times>\d+))?)$",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Item();
}
