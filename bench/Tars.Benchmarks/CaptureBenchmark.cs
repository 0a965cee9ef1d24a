using System.Diagnostics;
using System.Globalization;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;

namespace Tars.Benchmarks;

/// <summary>
/// Writes a capture of 10,000 series with a week of minutes, and reads it. Reading runs in a process of its own, because its peak memory
/// is part of the answer.
/// </summary>
internal static class CaptureBenchmark
{
    private const string Query = "last_over_time(http_requests_total[1m])";

    /// <summary>Runs it. <c>--directory</c> keeps the capture there, else it is temporary.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        if (arguments.Options.TryGetValue("read", out string? existing))
        {
            await ReadAsync(existing, arguments.Runs);
            return;
        }

        int series = arguments.Number("series", 10_000);
        TimeGrid grid = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600), TimeSpan.FromMinutes(1), arguments.Number("points", 10_080));
        bool kept = arguments.Options.TryGetValue("directory", out string? directory);
        directory ??= Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            await WriteAsync(directory, grid, series);
            using Process reader = Process.Start(Environment.ProcessPath!, ["capture", "--read", directory, "--runs", arguments.Runs.ToString(CultureInfo.InvariantCulture)]);
            await reader.WaitForExitAsync();
        }
        finally
        {
            if (!kept)
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static async Task WriteAsync(string directory, TimeGrid grid, int series)
    {
        SourceDescription source = new("Prometheus", "bench", RangeBoundary.LeftOpen, false);
        long began = Stopwatch.GetTimestamp();
        using CaptureWriter writer = CaptureWriter.Open(directory, source, grid, "Tars.Benchmarks");
        await new CapturingSource(new SyntheticSource(source, series), writer).ReadAsync(new RangeQuery(Query, grid), (_, _) => { }, CancellationToken.None);
        CaptureManifest manifest = writer.Complete();
        double seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"capture  write {manifest.Queries[0].PointCount / 1e6:0.0} M points {seconds,8:0.000} s (one run, data generated within it; {Environment.CpuUsage.TotalTime.TotalSeconds:0.000} s of processor time), {manifest.Queries[0].Bytes / 1e6:0} MB, peak {Machine.PeakMemory:0} MiB"));
    }

    private static async Task ReadAsync(string directory, int runs)
    {
        long points = 0;
        double sum = 0;
        Timings timings = await Timings.MeasureAsync(runs, async () =>
        {
            CaptureSource capture = await CaptureSource.OpenAsync(directory, CancellationToken.None); // each run digests the files anew
            QueryAnswer answer = await capture.ReadAsync(new RangeQuery(Query, capture.Grid), (_, values) => sum += values[^1], CancellationToken.None);
            points = answer.PointCount;
        });
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"capture  read  {points / 1e6:0.0} M points {timings}, digests included, peak {Machine.PeakMemory:0} MiB; wanted: at most 5 s, 256 MiB"));
        GC.KeepAlive(sum);
    }

    /// <summary>Half counters, half gauges with three decimals; one value in a hundred is missing.</summary>
    private sealed class SyntheticSource(SourceDescription description, int count) : ISeriesSource
    {
        public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(description);

        public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(count);

        public Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
        {
            Random random = new(1);
            double[] values = new double[query.Grid.Count];
            for (int s = 0; s < count; s++)
            {
                double counter = 0;
                for (int i = 0; i < values.Length; i++)
                {
                    counter += random.Next(1000);
                    values[i] = random.Next(100) == 0 ? double.NaN : s % 2 == 0 ? counter : random.Next(1_000_000) / 1000.0;
                }

                consumer(new LabelSet([new("__name__", "http_requests_total"), new("pod", $"pod-{s.ToString(CultureInfo.InvariantCulture)}")]), values);
            }

            return Task.FromResult(new QueryAnswer(count, 0, []));
        }
    }
}
