using System.Globalization;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Formats;

/// <summary>
/// Numbers and times as people read them: rounded, with unit, the same on every machine. Rounding never hides a fact: 99.99996 % is not
/// shown as 100 %, and what is not zero is not shown as 0.
/// </summary>
internal static class Display
{
    /// <summary>What stands where there is nothing to show.</summary>
    public const string Nothing = "–";

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The number with its unit, or the state: <c>no data</c>, <c>query failed</c>.</summary>
    public static string Of(Figure figure, string unit) => States.Of(figure) switch
    {
        "measured" => Number(figure.Value!.Value, unit),
        "no_data" => "no data",
        _ => "query failed",
    };

    /// <summary>A number with its unit.</summary>
    public static string Number(double value, string unit) => unit switch
    {
        _ when !double.IsFinite(value) => "no data",
        "%" => Percent(value) + " %",
        "ratio" => Percent(value * 100) + " %",
        "bytes" => Bytes(value),
        "" => Count(value),
        "min" => Decimal(value, Digits(value, 2)) + " min",
        "1/s" => Decimal(value, Digits(value, 3)) + " /s",
        _ => Decimal(value, Digits(value, 3)) + " " + unit,
    };

    /// <summary>A number beside a limit: where rounding would make the two look equal, it says on which side the number lies.</summary>
    public static string Against(double value, double limit, string unit)
    {
        string text = Number(value, unit);
        return value == limit || text != Number(limit, unit) ? text : (value < limit ? "< " : "> ") + text;
    }

    /// <summary>A difference with its sign; the difference of percentages is in points.</summary>
    public static string Difference(double value, string unit)
    {
        string text = unit == "%" ? Decimal(value, Digits(value, 3)) + " points" : Number(value, unit);
        return value > 0 ? "+" + text : text;
    }

    /// <summary>A relative change: 0.12 → <c>+12 %</c>.</summary>
    public static string Change(double? ratio) => ratio is { } value && double.IsFinite(value)
        ? (value > 0 ? "+" : string.Empty) + Decimal(value * 100, Digits(value * 100, 2)) + " %"
        : Nothing;

    /// <summary>Coverage in percent, or nothing.</summary>
    public static string Coverage(Figure figure) => States.CoverageOf(figure) is { } coverage ? Share(coverage) : Nothing;

    /// <summary>A share in percent with one decimal; only what is all is shown as 100 %, only what is nothing as 0 %.</summary>
    public static string Share(double ratio)
    {
        for (int digits = 1; digits <= 8; digits++)
        {
            string text = Decimal(ratio * 100, digits);
            if (ratio is 0 or 1 || (text is not ("0" or "-0" or "100") && !text.Contains("0.000001", StringComparison.Ordinal)))
            {
                return text + " %";
            }
        }

        return Number(ratio, "ratio");
    }

    /// <summary>The same, or the state of a figure that was not measured.</summary>
    public static string Share(Figure figure) => States.Of(figure) == "measured" ? Share(figure.Value!.Value) : Of(figure, "ratio");

    /// <summary>A large number in few letters, for charts: <c>20.4M</c>.</summary>
    public static string Compact(double value, string unit) => unit.Length > 0 ? Number(value, unit) : Math.Abs(value) switch
    {
        >= 1e9 => Decimal(value / 1e9, Digits(value / 1e9, 3)) + "G",
        >= 1e6 => Decimal(value / 1e6, Digits(value / 1e6, 3)) + "M",
        >= 1e4 => Decimal(value / 1e3, Digits(value / 1e3, 3)) + "k",
        _ => Count(value),
    };

    /// <summary>A probability: <c>0.034</c>, <c>≤ 0.0001</c>.</summary>
    public static string Probability(double? value) => value is not { } p || double.IsNaN(p) ? Nothing
        : p is > 0 and < 0.0001 ? "≤ 0.0001"
        : p is < 1 and > 0.9999 ? "≥ 0.9999"
        : p.ToString("0.####", Invariant);

    /// <summary><c>2026-01-05 14:32</c>, UTC.</summary>
    public static string Time(DateTimeOffset instant) =>
        instant.ToUniversalTime().ToString(instant.Second == 0 ? "yyyy-MM-dd HH:mm" : "yyyy-MM-dd HH:mm:ss", Invariant);

    /// <summary>A window in words, UTC.</summary>
    public static string Window(TimeWindow window) => $"{Time(window.From)} to {Time(window.To)} UTC ({Duration(window.Duration)})";

    /// <summary>A length of time in its two largest units.</summary>
    public static string Duration(TimeSpan span)
    {
        (int number, string unit)[] parts = [((int)span.TotalDays, "d"), (span.Hours, "h"), (span.Minutes, "min"), (span.Seconds, "s")];
        string[] shown = [.. parts.SkipWhile(part => part.number == 0).Take(2).Where(part => part.number > 0).Select(part => $"{part.number.ToString(Invariant)} {part.unit}")];
        return shown.Length == 0 ? "0 s" : string.Join(' ', shown);
    }

    /// <summary>A length of time given in minutes.</summary>
    public static string Minutes(double minutes) => minutes is >= 0 and < 1 ? Number(minutes, "min") : Duration(TimeSpan.FromSeconds(Math.Round(minutes * 60)));

    /// <summary>A day of a calendar.</summary>
    public static string Date(DateOnly date) => date.ToString("yyyy-MM-dd", Invariant);

    /// <summary>A day in words: <c>5 January 2026</c>.</summary>
    public static string LongDate(DateOnly date) => date.ToString("d MMMM yyyy", Invariant);

    /// <summary>Number and noun: <c>1 incident</c>, <c>3 incidents</c>.</summary>
    public static string Plural(int count, string noun) => $"{count.ToString(Invariant)} {noun}{(count == 1 ? string.Empty : "s")}";

    private static string Percent(double value)
    {
        for (int digits = Math.Abs(value) is > 90 and < 100 ? 3 : Digits(value, 3); digits <= 8; digits++)
        {
            string text = Decimal(value, digits);
            if (value is >= 100 or <= -100 || !text.TrimStart('-').StartsWith("100", StringComparison.Ordinal))
            {
                return text;
            }
        }

        return value > 0 ? "≥ 99.99999999" : "≤ -99.99999999";
    }

    private static string Bytes(double value)
    {
        string[] units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];
        int unit = 0;
        for (; Math.Abs(value) >= 1024 && unit < units.Length - 1; unit++)
        {
            value /= 1024;
        }

        return Decimal(value, unit == 0 ? 0 : Digits(value, 3)) + " " + units[unit];
    }

    private static string Count(double value) => value == Math.Floor(value) ? Decimal(value, 0) : Decimal(value, Digits(value, 3));

    // Digits after the point that leave at least this many significant ones.
    private static int Digits(double value, int significant)
    {
        double size = Math.Abs(value);
        return size == 0 ? 0 : Math.Clamp(significant - 1 - (int)Math.Floor(Math.Log10(size)), 0, 6);
    }

    private static string Decimal(double value, int digits)
    {
        string text = value.ToString(digits == 0 ? "#,##0" : "#,##0." + new string('#', digits), Invariant);
        return text switch
        {
            "0" or "-0" when value > 0 => "≤ 0.000001",
            "0" or "-0" when value < 0 => "≥ -0.000001",
            "-0" => "0",
            _ => text,
        };
    }
}
