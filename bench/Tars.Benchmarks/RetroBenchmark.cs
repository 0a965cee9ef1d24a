using System.Diagnostics;
using System.Globalization;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;

namespace Tars.Benchmarks;

/// <summary>
/// Writes a capture of 100 services in two regions (10,000 series with a week of minutes) and tells that week from it: the series are
/// collected and folded, anomalies, comparisons and key figures computed. Each run is a process of its own, as a user's is: its start-up is
/// not counted, its compilation is, and its peak memory is part of the answer.
/// </summary>
internal static class RetroBenchmark
{
    private static readonly TimeGrid Week = new(DateTimeOffset.FromUnixTimeSeconds(1_767_571_200), TimeSpan.FromMinutes(1), 7 * 24 * 60); // Monday, 2026-01-05

    /// <summary>Runs it. <c>--services</c> sets the size, <c>--directory</c> keeps the capture there and takes it from there the next time.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        RetroFleet fleet = new(arguments.Number("services", 100), Week);
        if (arguments.Options.TryGetValue("read", out string? existing))
        {
            await ReadAsync(existing, fleet);
            return;
        }

        bool kept = arguments.Options.TryGetValue("directory", out string? directory);
        directory ??= Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            if (!File.Exists(Path.Combine(directory, "manifest.json")))
            {
                await WriteAsync(directory, fleet);
            }

            List<double[]> runs = [];
            for (int i = 0; i < arguments.Runs; i++)
            {
                runs.Add(await MeasureAsync(directory, fleet));
            }

            Print(runs, fleet);
        }
        finally
        {
            if (!kept)
            {
                Directory.Delete(directory, recursive: true);
            }
        }
    }

    private static async Task WriteAsync(string directory, RetroFleet fleet)
    {
        long began = Stopwatch.GetTimestamp();
        using CaptureWriter writer = CaptureWriter.Open(directory, RetroFleet.Source, fleet.Plan.ReadGrid, "Tars.Benchmarks");
        CapturingSource source = new(fleet, writer);
        await Parallel.ForEachAsync(fleet.Plan.Queries, async (query, token) => await source.ReadAsync(
            new RangeQuery(RetroFleet.TextOf(query), fleet.Plan.ReadGrid), (_, _) => { }, token));
        CaptureManifest manifest = writer.Complete();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"retro    write {manifest.Queries.Sum(query => query.PointCount) / 1e6:0.0} M points in {manifest.Queries.Sum(query => query.SeriesCount)} series, {manifest.Queries.Sum(query => query.Bytes) / 1e6:0} MB, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s"));
    }

    private static async Task<double[]> MeasureAsync(string directory, RetroFleet fleet)
    {
        ProcessStartInfo start = new(
            Environment.ProcessPath!, ["retro", "--read", directory, "--services", fleet.ServiceCount.ToString(CultureInfo.InvariantCulture)])
        { RedirectStandardOutput = true };
        using Process reader = Process.Start(start)!;
        string output = await reader.StandardOutput.ReadToEndAsync();
        await reader.WaitForExitAsync();
        string last = output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1];
        return reader.ExitCode == 0
            ? [.. last.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))]
            : throw new InvalidOperationException($"the run ended with {reader.ExitCode}: {output}");
    }

    private static async Task ReadAsync(string directory, RetroFleet fleet)
    {
        long began = Stopwatch.GetTimestamp();
        TimeSpan used = Environment.CpuUsage.TotalTime;
        CaptureSource capture = await CaptureSource.OpenAsync(directory, CancellationToken.None);
        SeriesSet set = await new SeriesCollector(capture, Environment.ProcessorCount).CollectAsync(fleet.Plan, null, CancellationToken.None);
        double collected = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double collecting = (Environment.CpuUsage.TotalTime - used).TotalSeconds;
        Retrospective told = Retrospective.Of(set, fleet.Settings, Week.Window);
        double[] numbers =
        [
            set.Queries.Sum(query => query.PointCount), collected, collecting,
            Stopwatch.GetElapsedTime(began).TotalSeconds, (Environment.CpuUsage.TotalTime - used).TotalSeconds, Machine.PeakMemory,
            told.Anomalies.Courses.Count, told.Degradations.Count, told.Regressions.Count,
        ];
        Console.WriteLine(string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture))));
    }

    private static void Print(List<double[]> runs, RetroFleet fleet)
    {
        double Middle(int i) => runs.Select(run => run[i]).Order().ElementAt(runs.Count / 2);
        string Row(int wall, int processor) => string.Create(
            CultureInfo.InvariantCulture,
            $"{Middle(wall),8:0.0} s (median of {runs.Count}; {runs.Min(run => run[wall]):0.0} to {runs.Max(run => run[wall]):0.0}; {Middle(processor):0.0} s of processor time)");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"retro    {fleet.ServiceCount} services, {Middle(0) / 1e6:0.0} M points, {Middle(6):0} courses judged; told {Middle(7):0} degradations, {Middle(8):0} regressions"));
        Console.WriteLine($"retro    collect {Row(1, 2)}");
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"retro    whole   {Row(3, 4)}, peak {runs.Max(run => run[5]):0} MiB; wanted for 100 services: at most 60 s on two cores, 2560 MiB"));
    }
}
