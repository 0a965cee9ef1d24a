using System.Globalization;

namespace Tars.Observability.TimeSeries;

/// <summary>The few pieces of PromQL text that T.A.R.S. writes: quoted strings, durations, step-bounded range functions.</summary>
public static class PromQl
{
    /// <summary>A PromQL string literal with backslash, quote and control characters escaped.</summary>
    public static string Quote(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        System.Text.StringBuilder text = new(value.Length + 2);
        text.Append('"');
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => text.Append("\\\\"),
                '"' => text.Append("\\\""),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                _ => text.Append(c),
            };
        }

        return text.Append('"').ToString();
    }

    /// <summary>A PromQL duration: the largest single unit that divides it, for example <c>60s</c> → <c>1m</c>, <c>59999ms</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The duration is not a positive whole number of milliseconds.</exception>
    public static string Duration(TimeSpan duration)
    {
        long milliseconds = (long)duration.TotalMilliseconds;
        if (milliseconds <= 0 || TimeSpan.FromMilliseconds(milliseconds) != duration)
        {
            throw new ArgumentOutOfRangeException(nameof(duration), duration, "a duration is a positive whole number of milliseconds");
        }

        (long size, string unit)[] units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1000, "s"), (1, "ms")];
        (long size, string unit) best = units.First(u => milliseconds % u.size == 0);
        return (milliseconds / best.size).ToString(CultureInfo.InvariantCulture) + best.unit;
    }

    /// <summary>
    /// The range that holds exactly the samples of the half-open-to-the-left step <c>(t - step, t]</c>. Prometheus before 3.0 includes
    /// a sample that lies exactly at the start of a range, so one millisecond is taken off there; later versions and VictoriaMetrics
    /// do not.
    /// </summary>
    public static string StepRange(TimeSpan step, RangeBoundary boundary) =>
        Duration(boundary == RangeBoundary.Closed ? step - TimeSpan.FromMilliseconds(1) : step);
}

/// <summary>Whether a backend's range selector includes a sample exactly at the start of its range.</summary>
public enum RangeBoundary
{
    /// <summary>Included: Prometheus before 3.0, Thanos and Mimir built on it.</summary>
    Closed,

    /// <summary>Not included: Prometheus 3.0 and later, VictoriaMetrics.</summary>
    LeftOpen,
}
