using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tars.Observability.Prometheus;

namespace Tars.Benchmarks;

/// <summary>
/// Reads a synthetic answer of <c>query_range</c>, one kind of values at a time: counters (whole numbers), gauges with three decimals, and
/// gauges with all the digits of a double.
/// </summary>
internal static class ParseBenchmark
{
    private const long First = 1_767_225_660_000;
    private const int Step = 60_000;

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        int series = arguments.Number("series", 200);
        int points = arguments.Number("points", 10_080);
        double total = 0;
        foreach (string kind in new[] { "counter", "decimal", "double" })
        {
            byte[] answer = Answer(kind, series, points);
            double megabytes = answer.Length / 1e6;
            double sum = 0;
            Timings own = await Timings.MeasureAsync(arguments.Runs, async () =>
            {
                sum = 0;
                MatrixReader reader = new("q", First, Step, points, (_, values, _) => sum += values[^1]);
                using MemoryStream stream = new(answer);
                await reader.ReadAsync(stream, CancellationToken.None);
            });
            double peerSum = 0;
            Timings peer = await Timings.MeasureAsync(arguments.Runs, () =>
            {
                peerSum = Peer(answer, points);
                return Task.CompletedTask;
            });
            if (sum != peerSum)
            {
                throw new InvalidOperationException("the two readers disagree");
            }

            total += own.MedianProcessor / megabytes;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"parse    {kind,-8} {megabytes,6:0} MB  T.A.R.S. {own.Rate(megabytes, "MB/s")}"));
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"parse    {kind,-8} {megabytes,6:0} MB  peer     {peer.Rate(megabytes, "MB/s")}  Utf8JsonReader and Utf8Parser"));
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"parse    equal parts of the three, by processor time: {3 / total:0} MB/s per core; wanted: at least 250"));
    }

    private static byte[] Answer(string kind, int series, int points)
    {
        Random random = new(1);
        StringBuilder text = new("""{"status":"success","data":{"resultType":"matrix","result":[""");
        for (int s = 0; s < series; s++)
        {
            text.Append(s > 0 ? "," : string.Empty)
                .Append(CultureInfo.InvariantCulture, $$$"""{"metric":{"__name__":"http_requests_total","service":"cart","pod":"cart-{{{s}}}","code":"200"},"values":[""");
            long counter = 0;
            for (int i = 0; i < points; i++)
            {
                counter += random.Next(1000);
                string value = kind switch
                {
                    "counter" => counter.ToString(CultureInfo.InvariantCulture),
                    "decimal" => (random.Next(1_000_000) / 1000.0).ToString("R", CultureInfo.InvariantCulture),
                    _ => random.NextDouble().ToString("R", CultureInfo.InvariantCulture),
                };
                text.Append(i > 0 ? ",[" : "[").Append((First + ((long)i * Step)) / 1000).Append(",\"").Append(value).Append("\"]");
            }

            text.Append("]}");
        }

        return Encoding.ASCII.GetBytes(text.Append("]}}").ToString());
    }

    /// <summary>The same work with the platform's own readers: every point into a dense array.</summary>
    private static double Peer(byte[] answer, int points)
    {
        double[] values = new double[points];
        double sum = 0;
        Utf8JsonReader reader = new(answer);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("values"u8))
            {
                continue;
            }

            Array.Fill(values, double.NaN);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
            {
                reader.Read();
                double time = reader.GetDouble();
                reader.Read();
                values[(int)(((time * 1000) - First) / Step)] = Utf8Parser.TryParse(reader.ValueSpan, out double value, out _) ? value : double.NaN;
                reader.Read();
            }

            sum += values[^1];
        }

        return sum;
    }
}
