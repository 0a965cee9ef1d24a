using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Tars.Simulation.Backends;

/// <summary>Numbers and times as the Prometheus API writes them.</summary>
internal static class PrometheusNumber
{
    /// <summary>Bytes that any value or time fits in.</summary>
    public const int MostBytes = 400;

    /// <summary>Writes the shortest text that reads back as the same number: plain from 1e-6 to below 1e21, else with an exponent of two digits or more.</summary>
    /// <returns>The number of bytes.</returns>
    public static int Write(double value, Span<byte> destination)
    {
        if (value == Math.Floor(value) && Math.Abs(value) < 1e15 && !(value == 0 && double.IsNegative(value)))
        {
            Utf8Formatter.TryFormat((long)value, destination, out int written);
            return written;
        }

        if (!double.IsFinite(value))
        {
            return Encoding.ASCII.GetBytes(double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf", destination);
        }

        value.TryFormat(destination, out int length, default, CultureInfo.InvariantCulture);
        double size = Math.Abs(value);
        bool plain = size is >= 1e-6 and < 1e21 || size == 0;
        return !destination[..length].Contains((byte)'E') ? length // .NET writes an exponent below 1e-5 and from 1e15
            : Encoding.ASCII.GetBytes(Rewrite(Encoding.ASCII.GetString(destination[..length]), plain), destination);
    }

    /// <summary>Writes a time in Unix seconds: three decimals where there are milliseconds, none else.</summary>
    /// <returns>The number of bytes.</returns>
    public static int WriteTime(long milliseconds, Span<byte> destination)
    {
        Utf8Formatter.TryFormat(milliseconds / 1000, destination, out int written);
        long rest = milliseconds % 1000;
        if (rest != 0)
        {
            destination[written] = (byte)'.';
            Utf8Formatter.TryFormat(rest, destination[(written + 1)..], out int decimals, new System.Buffers.StandardFormat('D', 3));
            written += 1 + decimals;
        }

        return written;
    }

    /// <summary>The text of a value.</summary>
    public static string Text(double value)
    {
        Span<byte> bytes = stackalloc byte[MostBytes];
        return Encoding.ASCII.GetString(bytes[..Write(value, bytes)]);
    }

    private static string Rewrite(string shortest, bool plain)
    {
        string sign = shortest[0] == '-' ? "-" : string.Empty;
        string[] parts = shortest[sign.Length..].Split('E'); // d or d.ddd before the E
        string digits = parts[0].Replace(".", string.Empty, StringComparison.Ordinal);
        int exponent = int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture) + 1; // 0.digits × 10^exponent
        if (plain)
        {
            return sign + (exponent <= 0 ? "0." + new string('0', -exponent) + digits
                : exponent >= digits.Length ? digits.PadRight(exponent, '0')
                : digits[..exponent] + "." + digits[exponent..]);
        }

        string fraction = digits.Length > 1 ? "." + digits[1..] : string.Empty;
        return FormattableString.Invariant($"{sign}{digits[0]}{fraction}e{(exponent <= 0 ? '-' : '+')}{Math.Abs(exponent - 1):00}");
    }
}
