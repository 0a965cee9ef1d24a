using System.Globalization;
using System.Text;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>How a CSV file is read.</summary>
/// <param name="Series">
/// The series whose values are in the column <c>value</c>: a metric with labels, as a selector of equality matchers, for example
/// <c>requests_total{service="cart"}</c>. Null when the file itself names its metrics.
/// </param>
public sealed record CsvImport(Selector? Series);

/// <summary>
/// Reads samples from CSV (RFC 4180, comma, header line). Long form: <c>timestamp</c>, <c>value</c>, optionally <c>metric</c>, and any other
/// column as a label. Wide form, without a column <c>value</c>: <c>timestamp</c> and one column per series, named by its selector.
/// </summary>
internal static class CsvFile
{
    /// <summary>Reads a file. Timestamps are ISO 8601 (UTC when they say no offset) or Unix time, in milliseconds from 100,000,000,000 on; an empty value is a missing sample.</summary>
    /// <exception cref="FormatException">The header or a line is not of either form; the message is <c>file:line: …</c>.</exception>
    public static async Task<SampleSet> ReadAsync(string path, CsvImport import, CancellationToken cancellationToken)
    {
        SampleSet samples = new();
        Action<string[]>? add = null;
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (line.Length == 0)
            {
                continue;
            }

            try
            {
                string[] cells = Split(number == 1 ? line.TrimStart('\uFEFF') : line);
                if (add is null)
                {
                    add = Columns(cells, import, samples);
                }
                else
                {
                    add(cells);
                }
            }
            catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
            {
                throw new FormatException($"{path}:{number.ToString(CultureInfo.InvariantCulture)}: {exception.Message}", exception);
            }
        }

        return add is null ? throw new FormatException($"{path}:1: the file is empty; expected a header line") : samples;
    }

    /// <summary>A timestamp: ISO 8601, or Unix seconds or milliseconds.</summary>
    public static DateTimeOffset Timestamp(string text)
    {
        if (decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number))
        {
            return DateTimeOffset.FromUnixTimeMilliseconds((long)decimal.Floor(Math.Abs(number) >= 100_000_000_000m ? number : number * 1000));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset time)
            ? time
            : throw new FormatException($"\"{text}\" is neither an ISO 8601 timestamp nor Unix seconds or milliseconds");
    }

    private static Action<string[]> Columns(string[] header, CsvImport import, SampleSet samples)
    {
        int time = Array.IndexOf(header, "timestamp");
        int value = Array.IndexOf(header, "value");
        if (time < 0 || header.Length < 2)
        {
            throw new FormatException("expected a header with the column timestamp and at least one more");
        }

        return value >= 0 ? Long(header, time, value, import, samples) : Wide(header, time, samples);
    }

    private static Action<string[]> Long(string[] header, int time, int value, CsvImport import, SampleSet samples)
    {
        int metric = Array.IndexOf(header, "metric");
        KeyValuePair<string, string>[] given = metric < 0
            ? LabelsOf(import.Series ?? throw new FormatException("the file has no column metric: say which metric its values are"))
            : [];
        return cells =>
        {
            Require(cells, header);
            if (cells[value].Length > 0)
            {
                IEnumerable<KeyValuePair<string, string>> own = header
                    .Select((name, i) => (name, i))
                    .Where(column => column.i != time && column.i != value)
                    .Select(column => KeyValuePair.Create(column.i == metric ? SampleSet.MetricLabel : column.name, cells[column.i]));
                samples.Add(new LabelSet(given.Concat(own)), Timestamp(cells[time]), OpenMetricsFile.Value(cells[value]));
            }
        };
    }

    private static Action<string[]> Wide(string[] header, int time, SampleSet samples)
    {
        LabelSet?[] series = [.. header.Select((name, i) => i == time ? null : new LabelSet(LabelsOf(SelectorParser.Parse(name))))];
        return cells =>
        {
            Require(cells, header);
            DateTimeOffset instant = Timestamp(cells[time]);
            for (int i = 0; i < cells.Length; i++)
            {
                if (series[i] is { } labels && cells[i].Length > 0)
                {
                    samples.Add(labels, instant, OpenMetricsFile.Value(cells[i]));
                }
            }
        };
    }

    private static void Require(string[] cells, string[] header)
    {
        if (cells.Length != header.Length)
        {
            throw new FormatException($"the line has {cells.Length} cells, the header {header.Length}");
        }
    }

    private static KeyValuePair<string, string>[] LabelsOf(Selector selector) => selector.Matchers.All(matcher => matcher.Operator == MatchOperator.Equal)
        ? [new(SampleSet.MetricLabel, selector.Metric), .. selector.Matchers.Select(matcher => KeyValuePair.Create(matcher.Label, matcher.Value))]
        : throw new FormatException($"{selector} does not name one series: its labels are given with =");

    private static string[] Split(string line)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(quoted ? throw new FormatException("a quoted cell does not end on its line") : cell.ToString());
        return [.. cells];
    }
}
