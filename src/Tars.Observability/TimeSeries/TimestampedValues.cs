using System.Globalization;

namespace Tars.Observability.TimeSeries;

/// <summary>One series read from CSV. Rows keep their order; clocks that were put back make timestamps repeat, so they need not ascend.</summary>
/// <param name="Timestamps">The timestamps as they were written, one per row.</param>
/// <param name="Instants">The same as instants, UTC where no offset was written.</param>
/// <param name="Values">One value per row, NaN where it is missing.</param>
public sealed record TimestampedValues(IReadOnlyList<string> Timestamps, IReadOnlyList<DateTimeOffset> Instants, double[] Values)
{
    /// <summary>Most rows read.</summary>
    public const int MaximumRows = 20_000_000;

    /// <summary>Most characters of a line.</summary>
    public const int MaximumLine = 16_384;

    /// <summary>
    /// Reads CSV (RFC 4180 without line breaks inside fields). A header names the columns; <c>timestamp</c> and <c>value</c> are taken wherever
    /// they stand and others ignored. Without a header the first field is the timestamp and the second the value. A timestamp is ISO 8601
    /// (with T or a blank, UTC unless it says otherwise) or seconds since 1970 (from 10¹¹ on milliseconds); a value is a decimal number with a
    /// point; empty, <c>NaN</c> and <c>null</c> are missing.
    /// </summary>
    /// <param name="csv">The text.</param>
    /// <param name="name">What to call the file in errors.</param>
    /// <exception cref="CsvException">A row is not what it should be, there is none, or there are too many.</exception>
    public static TimestampedValues ReadCsv(TextReader csv, string name)
    {
        ArgumentNullException.ThrowIfNull(csv);
        List<string> timestamps = [];
        List<DateTimeOffset> instants = [];
        List<double> values = [];
        (int timestampAt, int valueAt) = (0, 1);
        int line = 0;
        bool first = true;
        while (csv.ReadLine() is { } text)
        {
            line++;
            if (text.Length > MaximumLine)
            {
                throw new CsvException(name, line, 1, FormattableString.Invariant($"the line has {text.Length} characters; at most {MaximumLine} are read"));
            }

            if (string.IsNullOrWhiteSpace(text))
            {
                continue;
            }

            List<string> fields = Fields(text, name, line);
            if (first && IsHeader(fields))
            {
                (timestampAt, valueAt) = (ColumnOf(fields, "timestamp", name, line), ColumnOf(fields, "value", name, line));
                first = false;
                continue;
            }

            first = false;
            if (values.Count == MaximumRows)
            {
                throw new CsvException(name, line, 1, FormattableString.Invariant($"more than {MaximumRows} rows"));
            }

            string timestamp = Field(fields, timestampAt, "timestamp", name, line);
            instants.Add(Instant(timestamp) ?? throw new CsvException(
                name, line, timestampAt + 1, $"timestamp: \"{timestamp}\" is no time; write 2026-01-05T00:00:00Z or seconds since 1970"));
            timestamps.Add(timestamp);
            values.Add(Number(Field(fields, valueAt, "value", name, line), name, line, valueAt + 1));
        }

        return values.Count > 0
            ? new TimestampedValues(timestamps, instants, [.. values])
            : throw new CsvException(name, Math.Max(1, line), 1, "no row of timestamp,value");
    }

    private static bool IsHeader(List<string> fields) =>
        fields.Exists(field => field.Equals("timestamp", StringComparison.OrdinalIgnoreCase) || field.Equals("value", StringComparison.OrdinalIgnoreCase));

    private static int ColumnOf(List<string> header, string column, string name, int line)
    {
        int[] found = [.. Enumerable.Range(0, header.Count).Where(i => header[i].Equals(column, StringComparison.OrdinalIgnoreCase))];
        return found.Length == 1
            ? found[0]
            : throw new CsvException(name, line, 1, $"the header names {(found.Length == 0 ? "no" : "more than one")} column \"{column}\"; expected timestamp,value");
    }

    private static string Field(List<string> fields, int at, string column, string name, int line) => at < fields.Count
        ? fields[at]
        : throw new CsvException(name, line, fields.Count, FormattableString.Invariant($"{fields.Count} fields, so no {column} in field {at + 1}; expected timestamp,value"));

    private static double Number(string text, string name, int line, int field)
    {
        if (text.Length == 0 || text.Equals("nan", StringComparison.OrdinalIgnoreCase) || text.Equals("null", StringComparison.OrdinalIgnoreCase))
        {
            return double.NaN;
        }

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value)
            ? value
            : throw new CsvException(name, line, field, $"value: \"{text}\" is no finite number; write 12.5, or nothing where it is missing");
    }

    private static DateTimeOffset? Instant(string text)
    {
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            double milliseconds = Math.Abs(number) >= 1e11 ? number : number * 1000;
            return Math.Abs(milliseconds) < 6e13 ? DateTimeOffset.UnixEpoch.AddMilliseconds(Math.Round(milliseconds)) : null;
        }

        return text.Length >= 10 && text[4] == '-'
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset instant)
            ? instant
            : null;
    }

    private static List<string> Fields(string text, string name, int line)
    {
        List<string> fields = [];
        int at = 0;
        while (true)
        {
            if (at < text.Length && text[at] == '"')
            {
                int close = at + 1;
                while (close < text.Length && (text[close] != '"' || (close + 1 < text.Length && text[close + 1] == '"')))
                {
                    close += text[close] == '"' ? 2 : 1;
                }

                if (close >= text.Length || (close + 1 < text.Length && text[close + 1] != ','))
                {
                    throw new CsvException(name, line, fields.Count + 1, "a quoted field does not end with a quote before the next comma");
                }

                fields.Add(text[(at + 1)..close].Replace("\"\"", "\"", StringComparison.Ordinal));
                at = close + 1;
            }
            else
            {
                int comma = text.IndexOf(',', at);
                int end = comma < 0 ? text.Length : comma;
                fields.Add(text[at..end].Trim());
                at = end;
            }

            if (at >= text.Length)
            {
                return fields;
            }

            at++; // past the comma
        }
    }
}
