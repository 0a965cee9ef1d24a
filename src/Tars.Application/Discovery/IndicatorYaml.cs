using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Tars.Observability.Indicators;

namespace Tars.Application.Discovery;

/// <summary>Writes an indicator as one YAML flow mapping that a configuration reads back as the same indicator.</summary>
public static partial class IndicatorYaml
{
    private static readonly double[] DefaultQuantiles = [0.5, 0.95, 0.99];

    // What YAML 1.1 or 1.2 reads as a truth value or as nothing.
    private static readonly string[] WordsOfOtherTypes = ["null", "true", "false", "yes", "no", "on", "off", "y", "n"];

    /// <summary>Returns <c>{ rate: "x_total", unit: "cores" }</c> and the like; what is a default is left out.</summary>
    /// <exception cref="ArgumentException">A ratio of bad events without their total, which a configuration cannot say.</exception>
    public static string Of(IndicatorDefinition indicator)
    {
        (string Key, string Value)[] pairs = indicator switch
        {
            IndicatorDefinition.Ratio ratio => [("ratio", Ratio(ratio))],
            IndicatorDefinition.Latency latency =>
            [
                ("histogram", Quote(latency.Histogram)),
                .. latency.SecondsPerUnit == 1 ? [] : new[] { ("bucket_unit", "milliseconds") },
                .. latency.Quantiles.SequenceEqual(DefaultQuantiles) ? [] : new[] { ("quantiles", $"[{string.Join(", ", latency.Quantiles.Select(Number))}]") },
            ],
            IndicatorDefinition.Gauge gauge =>
            [
                ("gauge", Quote(gauge.Metric)),
                .. gauge.Aggregation == Aggregation.Sum ? [] : new[] { ("aggregate", NameOf(gauge.Aggregation)) },
                .. Capacity(gauge.Capacity),
                .. gauge.GaugeIsFree ? new[] { ("counts", "free") } : [],
                .. Unit(gauge.Capacity, gauge.Unit, string.Empty),
                .. Better(gauge.Better),
            ],
            IndicatorDefinition.Rate rate =>
                [("rate", Quote(rate.Counter)), .. Capacity(rate.Capacity), .. Unit(rate.Capacity, rate.Unit, "1/s"), .. Better(rate.Better)],
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return Flow(pairs);
    }

    /// <summary>
    /// A text as a YAML scalar: plain where it is a word, else quoted with control characters escaped; <c>${</c> as a configuration wants it
    /// for the characters themselves.
    /// </summary>
    public static string Quote(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Word().IsMatch(text) && !WordsOfOtherTypes.Contains(text, StringComparer.OrdinalIgnoreCase))
        {
            return text;
        }

        string literal = text.Replace("${", "$${", StringComparison.Ordinal);
        return Printable().IsMatch(literal) ? $"'{literal.Replace("'", "''", StringComparison.Ordinal)}'" : Escaped(literal);
    }

    private static string Escaped(string text)
    {
        StringBuilder quoted = new("\"");
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string Quote(Selector selector) => Quote(selector.ToString());

    private static string Ratio(IndicatorDefinition.Ratio ratio)
    {
        string part = ratio.PartIs switch
        {
            RatioPart.Good => "good",
            RatioPart.Bad => "bad",
            _ => "used",
        };
        if (!ratio.WholeIncludesPart && ratio.PartIs != RatioPart.Good)
        {
            throw new ArgumentException($"{ratio.Name}: a ratio of two halves is written with its good one first", nameof(ratio));
        }

        return Flow([(part, Quote(ratio.Part)), (ratio.WholeIncludesPart ? "total" : "bad", Quote(ratio.Whole))]);
    }

    private static (string, string)[] Capacity(Selector? capacity) => capacity is null ? [] : [("capacity", Quote(capacity))];

    private static (string, string)[] Unit(Selector? capacity, string unit, string usual) => capacity is not null || unit == usual ? [] : [("unit", Quote(unit))];

    private static (string, string)[] Better(Better better) => better switch
    {
        Observability.Indicators.Better.Higher => [("better", "higher")],
        Observability.Indicators.Better.Neither => [("better", "neither")],
        _ => [],
    };

    private static string NameOf(Aggregation aggregation) => aggregation switch
    {
        Aggregation.Average => "avg",
        Aggregation.Max => "max",
        Aggregation.Min => "min",
        _ => "sum",
    };

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Flow(IEnumerable<(string Key, string Value)> pairs) => $"{{ {string.Join(", ", pairs.Select(pair => $"{pair.Key}: {pair.Value}"))} }}";

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_.-]*\z")]
    private static partial Regex Word();

    [GeneratedRegex(@"^[ -~]*\z")]
    private static partial Regex Printable();
}
