using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tars.Benchmarks;

/// <summary>What a measurement was made on.</summary>
internal static class Machine
{
    /// <summary>Prints commit, processor, memory, runtime and build configuration.</summary>
    public static void Print(TextWriter output)
    {
        output.WriteLine($"commit   {Run("git", "rev-parse --short HEAD")}{(Run("git", "status --porcelain").Length > 0 ? " with changes" : string.Empty)}");
        output.WriteLine($"machine  {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20} MiB, {RuntimeInformation.OSDescription}");
        output.WriteLine($"runtime  {RuntimeInformation.FrameworkDescription}, server GC {System.Runtime.GCSettings.IsServerGC}{(IsOptimised ? string.Empty : ", DEBUG BUILD: run with -c Release")}");
    }

    /// <summary>Peak resident memory of this process so far, MiB.</summary>
    public static double PeakMemory
    {
        get
        {
            using Process self = Process.GetCurrentProcess();
            return self.PeakWorkingSet64 / 1048576.0;
        }
    }

#if DEBUG
    private static bool IsOptimised => false;
#else
    private static bool IsOptimised => true;
#endif

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        string? line = System.IO.File.Exists(File) ? System.IO.File.ReadLines(File).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }

    private static string Run(string program, string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        return process.StandardOutput.ReadToEnd().Trim();
    }
}

/// <summary>Times of several runs.</summary>
/// <param name="Seconds">One entry per run, at least one, in order of running.</param>
/// <param name="ProcessorSeconds">Processor time of each run, over all cores: what a busy machine disturbs less.</param>
internal sealed record Timings(IReadOnlyList<double> Seconds, IReadOnlyList<double> ProcessorSeconds)
{
    /// <summary>The middle run.</summary>
    public double Median => Middle(Seconds);

    /// <summary>The middle run's processor time.</summary>
    public double MedianProcessor => Middle(ProcessorSeconds);

    /// <summary>Runs a piece of work once to warm up and then <paramref name="runs"/> times.</summary>
    public static async Task<Timings> MeasureAsync(int runs, Func<Task> work)
    {
        await work();
        List<double> seconds = [];
        List<double> processor = [];
        for (int i = 0; i < runs; i++)
        {
            long began = Stopwatch.GetTimestamp();
            TimeSpan used = Environment.CpuUsage.TotalTime;
            await work();
            seconds.Add(Stopwatch.GetElapsedTime(began).TotalSeconds);
            processor.Add((Environment.CpuUsage.TotalTime - used).TotalSeconds);
        }

        return new Timings(seconds, processor);
    }

    /// <summary>A row: the median rate with the spread of all runs.</summary>
    public string Rate(double amount, string unit) => string.Create(
        CultureInfo.InvariantCulture,
        $"{amount / Median,8:0} {unit} (median of {Seconds.Count}; {amount / Seconds.Max():0} to {amount / Seconds.Min():0}; {amount / MedianProcessor:0} by processor time)");

    /// <summary>A row: the median time with the spread of all runs.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Median,8:0.000} s (median of {Seconds.Count}; {Seconds.Min():0.000} to {Seconds.Max():0.000}; {MedianProcessor:0.000} s of processor time)");

    private static double Middle(IReadOnlyList<double> runs) => runs.Order().ElementAt(runs.Count / 2);
}
