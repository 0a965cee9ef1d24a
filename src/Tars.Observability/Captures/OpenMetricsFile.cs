using System.Globalization;
using System.Text;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>
/// Reads samples from a text exposition: OpenMetrics (ended by <c># EOF</c>, timestamps in seconds) or the Prometheus text format
/// (timestamps in milliseconds). Every sample needs a timestamp; exemplars and comments are passed over.
/// </summary>
internal static class OpenMetricsFile
{
    private const string EndOfFile = "# EOF";

    /// <summary>Reads a file.</summary>
    /// <exception cref="FormatException">A line is no sample with a timestamp; the message is <c>file:line: …</c>.</exception>
    public static async Task<SampleSet> ReadAsync(string path, CancellationToken cancellationToken)
    {
        bool seconds = await EndsAsOpenMetricsAsync(path, cancellationToken).ConfigureAwait(false);
        SampleSet samples = new();
        int number = 0;
        await foreach (string line in File.ReadLinesAsync(path, cancellationToken).ConfigureAwait(false))
        {
            number++;
            if (line.Length > 0 && line[0] != '#')
            {
                try
                {
                    Add(samples, line, seconds);
                }
                catch (Exception exception) when (exception is FormatException or ArgumentException or OverflowException)
                {
                    throw new FormatException($"{path}:{number.ToString(CultureInfo.InvariantCulture)}: {exception.Message}", exception);
                }
            }
        }

        return samples;
    }

    /// <summary>A sample's value: Go's spelling of floats.</summary>
    public static double Value(ReadOnlySpan<char> text) => text switch
    {
        "NaN" => double.NaN,
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
            ? value
            : throw new FormatException($"\"{text}\" is not a number, NaN, +Inf or -Inf"),
    };

    private static async Task<bool> EndsAsOpenMetricsAsync(string path, CancellationToken cancellationToken)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read);
        await using (stream.ConfigureAwait(false))
        {
            byte[] tail = new byte[Math.Min(64, stream.Length)];
            stream.Seek(-tail.Length, SeekOrigin.End);
            await stream.ReadExactlyAsync(tail, cancellationToken).ConfigureAwait(false);
            return Encoding.UTF8.GetString(tail).TrimEnd().EndsWith(EndOfFile, StringComparison.Ordinal);
        }
    }

    private static void Add(SampleSet samples, string line, bool seconds)
    {
        int at = line.AsSpan().IndexOfAny('{', ' ');
        if (at <= 0)
        {
            throw new FormatException("expected a metric's name, labels, a value and a timestamp");
        }

        List<KeyValuePair<string, string>> labels = [new(SampleSet.MetricLabel, line[..at])];
        if (line[at] == '{')
        {
            at = ReadLabels(line, at + 1, labels);
        }

        ReadOnlySpan<char> rest = line.AsSpan(at);
        int exemplar = rest.IndexOf(" # ", StringComparison.Ordinal);
        string[] parts = (exemplar < 0 ? rest : rest[..exemplar]).ToString().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 2)
        {
            throw new FormatException(parts.Length == 1 ? "the sample has no timestamp" : "expected a value and a timestamp");
        }

        if (!decimal.TryParse(parts[1], NumberStyles.Float, CultureInfo.InvariantCulture, out decimal time))
        {
            throw new FormatException($"\"{parts[1]}\" is not a timestamp");
        }

        samples.Add(new LabelSet(labels), DateTimeOffset.FromUnixTimeMilliseconds((long)decimal.Floor(seconds ? time * 1000 : time)), Value(parts[0]));
    }

    private static int ReadLabels(string line, int at, List<KeyValuePair<string, string>> labels)
    {
        while (true)
        {
            while (at < line.Length && line[at] is ' ' or ',')
            {
                at++;
            }

            if (at < line.Length && line[at] == '}')
            {
                return at + 1;
            }

            int equals = line.IndexOf("=\"", at, StringComparison.Ordinal);
            if (equals < 0)
            {
                throw new FormatException($"character {at + 1}: expected label=\"value\" or '}}'");
            }

            string name = line[at..equals].Trim();
            StringBuilder value = new();
            for (at = equals + 2; at < line.Length && line[at] != '"'; at++)
            {
                bool escaped = line[at] == '\\' && at + 1 < line.Length;
                at += escaped ? 1 : 0;
                value.Append(escaped && line[at] == 'n' ? '\n' : line[at]);
            }

            if (at >= line.Length)
            {
                throw new FormatException($"the value of the label {name} does not end");
            }

            labels.Add(new(name, value.ToString()));
            at++;
        }
    }
}
