using System.Globalization;

namespace Tars.Observability.Anomalies;

/// <summary>Reads <c>timestamp,value</c> rows, scores them with a <see cref="StreamingDetector"/> or a named method, and writes the scores, row by row.</summary>
public static class CsvAnomalyDetector
{
    /// <summary>The header that <see cref="Detect(TextReader, TextWriter, AnomalyOptions)"/> writes.</summary>
    public const string Header = "timestamp,value,anomaly_score,is_anomaly,expected_low,expected_high";

    private static readonly string[] Formats =
    [
        "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
    ];

    /// <summary>
    /// Scores a CSV stream. One output row per input row, in its order, timestamps as they were written; an empty, <c>NaN</c> or <c>null</c>
    /// value is missing. Row n depends on rows up to n alone, and is written before row n + 1 is read.
    /// </summary>
    /// <param name="input">Rows; the first may be a header with the columns <c>timestamp</c> and <c>value</c> in any place.</param>
    /// <param name="output">Receives the scores.</param>
    /// <returns>How many rows were scored, and how many of them are anomalies.</returns>
    /// <param name="options">
    /// The method, and its settings for the named ones, which judge each row by itself: <see cref="AnomalyOptions.MinimumDuration"/> and the
    /// false discovery rate are of events. Null is <see cref="AnomalyOptions.Default"/>.
    /// </param>
    /// <exception cref="FormatException">A row has too few columns, no time or no number; the message names the line.</exception>
    public static (int Rows, int Anomalies) Detect(TextReader input, TextWriter output, AnomalyOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        Func<DateTimeOffset, double, ScoredPoint> score = options is { Method: AnomalyMethod.Ewma or AnomalyMethod.ZScore }
            ? new MovingBaseline(options).Score
            : new StreamingDetector().Next;
        (int time, int value) = (0, 1);
        (int rows, int anomalies, int line) = (0, 0, 0);
        output.Write(Header + "\n");
        while (input.ReadLine() is { } text)
        {
            line++;
            if (text.Length == 0)
            {
                continue;
            }

            string[] cells = text.Split(',');
            if (rows == 0 && line == 1 && Columns(cells) is { } columns)
            {
                (time, value) = columns;
                continue;
            }

            (DateTimeOffset at, double number) = Row(cells, time, value, line);
            ScoredPoint point = score(at, number);
            rows++;
            anomalies += point.IsAnomaly ? 1 : 0;
            output.Write(string.Join(
                ',', cells[time].Trim(), Text(number), Text(point.Score), point.IsAnomaly ? "true" : "false", Text(point.ExpectedLow), Text(point.ExpectedHigh)) + "\n");
        }

        return (rows, anomalies);
    }

    private static (int Time, int Value)? Columns(string[] cells)
    {
        int time = Array.FindIndex(cells, cell => cell.Trim().Trim('"').Equals("timestamp", StringComparison.OrdinalIgnoreCase));
        int value = Array.FindIndex(cells, cell => cell.Trim().Trim('"').Equals("value", StringComparison.OrdinalIgnoreCase));
        return time >= 0 && value >= 0 ? (time, value) : null;
    }

    private static (DateTimeOffset Time, double Value) Row(string[] cells, int time, int value, int line)
    {
        if (cells.Length <= Math.Max(time, value))
        {
            throw new FormatException($"line {line}: {cells.Length} columns; timestamp and value are expected");
        }

        string number = cells[value].Trim();
        bool isMissing = number.Length == 0 || number.Equals("null", StringComparison.OrdinalIgnoreCase) || number.Equals("nan", StringComparison.OrdinalIgnoreCase);
        double parsed = double.NaN;
        return !TryTime(cells[time].Trim(), out DateTimeOffset at)
            ? throw new FormatException($"line {line}: \"{cells[time].Trim()}\" is not a time; expected ISO 8601 or Unix seconds")
            : !isMissing && !double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out parsed)
            ? throw new FormatException($"line {line}: \"{number}\" is not a number")
            : (at, parsed);
    }

    private static bool TryTime(string text, out DateTimeOffset time)
    {
        const double LargestUnixSeconds = 253402300799;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and <= LargestUnixSeconds)
        {
            time = DateTimeOffset.UnixEpoch + TimeSpan.FromSeconds(seconds);
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    private static string Text(double value) => double.IsNaN(value) ? string.Empty : value.ToString("R", CultureInfo.InvariantCulture);
}
