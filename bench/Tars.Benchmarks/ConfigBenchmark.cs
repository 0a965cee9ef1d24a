using System.Diagnostics;
using System.Globalization;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;

namespace Tars.Benchmarks;

/// <summary>Loads a configuration as it is, and damaged by random bytes: the time per file, from memory, profile and schema included.</summary>
internal static class ConfigBenchmark
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        string sample = arguments.Text("file", "samples/tars-platform.yaml");
        int count = arguments.Number("count", 2000);
        byte[] whole = await File.ReadAllBytesAsync(sample);
        string folder = Path.GetFullPath("/memory");
        MemoryFiles files = new();
        SettingsSearch search = new() { WorkingFolder = folder, Files = files, Profile = "prod" };
        byte[][] damaged = Damaged(whole, count, arguments.Number("seed", 1));
        foreach ((string kind, byte[][] inputs) in new[] { ("whole", Enumerable.Repeat(whole, count).ToArray()), ("damaged", damaged) })
        {
            int refused = 0;
            double slowest = 0;
            Timings timings = await Timings.MeasureAsync(arguments.Runs, () =>
            {
                refused = 0;
                foreach (byte[] bytes in inputs)
                {
                    files.Write(Path.Combine(folder, "tars.yaml"), bytes);
                    long began = Stopwatch.GetTimestamp();
                    refused += IsRefused(search) ? 1 : 0;
                    slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                }

                return Task.CompletedTask;
            });
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"config   {kind,-8} {count} files of about {whole.Length >> 10} KiB, {refused} refused: {timings.Median * 1000 / count:0.000} ms a file (median of {timings.Seconds.Count}; {timings.MedianProcessor * 1000 / count:0.000} ms of processor time); slowest {slowest:0.0} ms"));
        }
    }

    private static bool IsRefused(SettingsSearch search)
    {
        try
        {
            SettingsLoader.Load(search, TarsSchema.Instance);
            return false;
        }
        catch (SettingsException)
        {
            return true;
        }
    }

    private static byte[][] Damaged(byte[] whole, int count, int seed)
    {
        Random random = new(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            List<byte> bytes = [.. whole];
            int at = random.Next(bytes.Count);
            int length = Math.Min(random.Next(1, 30), bytes.Count - at);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.RemoveRange(at, length); break;
                case 2: bytes.InsertRange(at, bytes.GetRange(random.Next(bytes.Count - length), length)); break;
                case 3: bytes.Reverse(at, length); break;
                default: bytes[at] ^= (byte)(1 << random.Next(8)); break;
            }

            return bytes.ToArray();
        })];
    }
}
