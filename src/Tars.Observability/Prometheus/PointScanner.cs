namespace Tars.Observability.Prometheus;

/// <summary>
/// Reads the points of one series, <c>[unix_seconds,"value"],…</c>, from UTF-8 straight into a dense array. Written for that one shape:
/// anything else is refused with its place. Works on whatever bytes are there and says how many it used; a point cut off by the end of
/// the bytes is read again when more are there.
/// </summary>
/// <param name="first">Instant of element 0, milliseconds since the Unix epoch.</param>
/// <param name="step">Distance between elements, milliseconds, positive.</param>
internal sealed class PointScanner(long first, long step)
{
    /// <summary>No value a backend writes is longer: the longest finite double in positional notation has 1,077 characters.</summary>
    private const int LongestValue = 1100;

    private int _last = -1;
    private bool _any;

    /// <summary>Values that are not NaN, of the series read last.</summary>
    public int PointCount { get; private set; }

    /// <summary>After an <see cref="InvalidDataException"/>: the offset in the bytes of that call at which the unexpected stands.</summary>
    public int FailedAt { get; private set; }

    /// <summary>Begins a series.</summary>
    public void Begin()
    {
        _last = -1;
        _any = false;
        PointCount = 0;
    }

    /// <summary>Reads points up to the array's closing bracket (which is left) or as far as whole points are there.</summary>
    /// <param name="bytes">What has come.</param>
    /// <param name="values">Where points go; element i belongs to <c>first + i * step</c>.</param>
    /// <param name="consumed">Bytes used.</param>
    /// <returns>Whether the closing bracket was reached; false asks for more bytes.</returns>
    /// <exception cref="InvalidDataException">Not the expected shape, a point off the grid, or points not ascending; <see cref="FailedAt"/> says where.</exception>
    public bool Scan(ReadOnlySpan<byte> bytes, Span<double> values, out int consumed)
    {
        int at = 0;
        consumed = 0;
        while (true)
        {
            SkipSpace(bytes, ref at);
            if (at >= bytes.Length)
            {
                return false;
            }

            byte next = bytes[at];
            if (next == (byte)']')
            {
                consumed = at;
                return true;
            }

            if (_any)
            {
                if (next != (byte)',')
                {
                    throw Expected("',' or ']' between points", at);
                }

                at++;
                SkipSpace(bytes, ref at);
            }

            if (!TryPoint(bytes, values, ref at))
            {
                return false;
            }

            consumed = at;
            _any = true;
        }
    }

    private static void SkipSpace(ReadOnlySpan<byte> bytes, ref int at)
    {
        while ((uint)at < (uint)bytes.Length && bytes[at] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            at++;
        }
    }

    private InvalidDataException Expected(string what, int at)
    {
        FailedAt = at;
        return new InvalidDataException($"expected {what}");
    }

    private bool TryTake(ReadOnlySpan<byte> bytes, byte expected, string name, ref int at)
    {
        SkipSpace(bytes, ref at);
        if (at >= bytes.Length)
        {
            return false;
        }

        if (bytes[at] != expected)
        {
            throw Expected(name, at);
        }

        at++;
        return true;
    }

    private bool TryPoint(ReadOnlySpan<byte> bytes, Span<double> values, ref int at)
    {
        if (!TryTake(bytes, (byte)'[', "'[' of a point", ref at))
        {
            return false;
        }

        SkipSpace(bytes, ref at);
        int start = at;
        if (!TryTimestamp(bytes, ref at, out long milliseconds))
        {
            return false;
        }

        int index = IndexOf(milliseconds, values.Length, start);
        if (!TryTake(bytes, (byte)',', "',' after a timestamp", ref at)
            || !TryTake(bytes, (byte)'"', "'\"' before a value", ref at))
        {
            return false;
        }

        ReadOnlySpan<byte> rest = bytes[at..];
        int length = rest.IndexOf((byte)'"');
        if (length < 0)
        {
            return rest.Length <= LongestValue ? false : throw Expected("a value of at most 1,100 characters", at);
        }

        if (!DecimalText.TryParse(rest[..length], out double value))
        {
            throw Expected("a number, NaN, +Inf or -Inf", at);
        }

        at += length + 1;
        if (!TryTake(bytes, (byte)']', "']' after a value", ref at))
        {
            return false;
        }

        values[index] = value;
        _last = index;
        PointCount += double.IsNaN(value) ? 0 : 1;
        return true;
    }

    private int IndexOf(long milliseconds, int length, int at)
    {
        int index = _last + 1;
        if (milliseconds == first + (index * step) && index < length)
        {
            return index;
        }

        long offset = milliseconds - first;
        if (offset < 0 || offset % step != 0 || offset / step >= length)
        {
            throw Expected($"a timestamp on the grid; {milliseconds} ms is not", at);
        }

        return offset / step > _last ? (int)(offset / step) : throw Expected($"ascending timestamps; {milliseconds} ms is a duplicate or out of order", at);
    }

    /// <summary>Unix seconds, at most 12 digits, with an optional fraction whose digits past the third are zero.</summary>
    private bool TryTimestamp(ReadOnlySpan<byte> bytes, ref int at, out long milliseconds)
    {
        milliseconds = 0;
        int start = at;
        bool negative = at < bytes.Length && bytes[at] == (byte)'-';
        at += negative ? 1 : 0;
        int digits = at;
        long seconds = 0;
        while ((uint)at < (uint)bytes.Length && (uint)(bytes[at] - '0') <= 9 && at - digits < 13)
        {
            seconds = (seconds * 10) + (bytes[at] - '0');
            at++;
        }

        if (at >= bytes.Length)
        {
            return false;
        }

        if (at == digits || at - digits > 12 || (bytes[digits] == (byte)'0' && at - digits > 1))
        {
            throw Expected("a timestamp in Unix seconds", start);
        }

        milliseconds = seconds * 1000;
        if (bytes[at] == (byte)'.')
        {
            int fraction = ++at;
            long scale = 100;
            while ((uint)at < (uint)bytes.Length && (uint)(bytes[at] - '0') <= 9)
            {
                int digit = bytes[at] - '0';
                if ((scale == 0 && digit != 0) || at - fraction > 20)
                {
                    throw Expected("a timestamp in whole milliseconds", start);
                }

                milliseconds += digit * scale;
                scale /= 10;
                at++;
            }

            if (at >= bytes.Length)
            {
                return false;
            }

            if (at == fraction)
            {
                throw Expected("digits after the decimal point", at);
            }
        }

        milliseconds = negative ? -milliseconds : milliseconds;
        return true;
    }
}
