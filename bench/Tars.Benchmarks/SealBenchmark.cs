using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Tars.Sealing.Streams;

namespace Tars.Benchmarks;

/// <summary>
/// Sealing files: in memory beside <c>openssl speed</c>, a file on tmpfs beside <c>cp</c>, <c>age</c> and <c>gpg</c>, the memory a large file
/// takes beside a small one, and a report of 1 MB. Programs that are not installed are left out and named. <c>--part</c> chooses one of
/// <c>memory</c>, <c>file</c>, <c>peak</c>, <c>small</c>.
/// </summary>
internal static class SealBenchmark
{
    private const int Chunk = 1 << 16;

    private static readonly byte[] KeyBytes = RandomNumberGenerator.GetBytes(32);

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        if (arguments.Options.TryGetValue("child", out string? path))
        {
            await SealOneAsync(path, arguments.Text("to", path + ".sealed"));
            return;
        }

        string part = arguments.Text("part", "all");
        if (part is "all" or "memory")
        {
            Memory(arguments.Runs, arguments.Number("kibibytes", 16_384));
        }

        if (part is "all" or "small")
        {
            await SmallAsync(arguments.Runs * 20);
        }

        if (part is "all" or "file")
        {
            await FileAsync(arguments.Text("tmpfs", "/dev/shm"), arguments.Runs, arguments.Number("gigabytes", 4));
        }

        if (part is "all" or "peak")
        {
            await PeakAsync(arguments.Text("directory", Path.GetTempPath()), arguments.Number("large", 10));
        }
    }

    /// <summary>Encrypts memory to memory on one core, as openssl's speed test does, at once before and after it.</summary>
    private static void Memory(int runs, int kibibytes)
    {
        byte[] plain = RandomNumberGenerator.GetBytes(kibibytes << 10);
        using KeyEncryptionKey key = Key();
        SealOptions options = new(ChunkSize: Chunk);
        byte[] target = new byte[MemorySealing.SealedLength(plain.Length, [key], options)];
        List<double> ratios = [];
        Rate(plain, target, key, options);
        for (int i = 0; i < runs; i++)
        {
            double openssl = OpensslRate();
            double own = Rate(plain, target, key, options);
            ratios.Add(own / openssl);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"seal     memory {own,6:0} MB/s, openssl speed {openssl:0} MB/s (both by processor time): {own / openssl:0.000}"));
        }

        Print($"memory, {kibibytes} KiB at a time,", ratios, "of openssl's speed, chunks of 64 KiB; wanted: at least 0.900");
    }

    /// <summary>MB per second of processor time, over a second.</summary>
    private static double Rate(byte[] plain, byte[] target, KeyEncryptionKey key, SealOptions options)
    {
        TimeSpan used = Environment.CpuUsage.TotalTime;
        TimeSpan took;
        long sealed_ = 0;
        do
        {
            for (int i = 0; i < 50; i++, sealed_ += plain.Length)
            {
                MemorySealing.Seal(plain, target, [key], options);
            }

            took = Environment.CpuUsage.TotalTime - used;
        }
        while (took < TimeSpan.FromSeconds(1));
        return sealed_ / 1e6 / took.TotalSeconds;
    }

    private static double OpensslRate()
    {
        string chunk = Chunk.ToString(CultureInfo.InvariantCulture);
        string output = Capture("openssl", ["speed", "-evp", "aes-256-gcm", "-bytes", chunk, "-seconds", "1", "-mr"]);
        string figure = output.Split('\n').Last(line => line.StartsWith("+F:", StringComparison.Ordinal)).Split(':')[^1];
        return double.Parse(figure, CultureInfo.InvariantCulture) / 1e6;
    }

    /// <summary>A report of 1 MB, from file to file, flushed.</summary>
    private static async Task SmallAsync(int runs)
    {
        string folder = Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            string path = Path.Combine(folder, "report.json");
            await File.WriteAllBytesAsync(path, RandomNumberGenerator.GetBytes(1_000_000));
            byte[] plain = await File.ReadAllBytesAsync(path);
            using KeyEncryptionKey key = Key();
            Timings memory = await Timings.MeasureAsync(runs, () => Task.FromResult(MemorySealing.Seal(plain, [key], new SealOptions())));
            Timings file = await Timings.MeasureAsync(runs, () => FileSealing.SealAsync(path, path + ".sealed", [key], new SealOptions(), CancellationToken.None));
            Console.WriteLine($"seal     1 MB in memory {memory}; wanted: under 0.010 s");
            Console.WriteLine($"seal     1 MB file to file, flushed to the disk {file}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task FileAsync(string tmpfs, int runs, int gigabytes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(tmpfs, $"tars-bench-{Environment.ProcessId}")).FullName;
        try
        {
            string plain = Path.Combine(folder, "plain");
            string result = Path.Combine(folder, "result");
            Fill(plain, (long)gigabytes << 30);
            List<(string Name, string Program, string[] Arguments)> contestants = [.. Contestants(folder, plain, result)];
            Dictionary<string, List<double>> seconds = contestants.ToDictionary(one => one.Name, _ => new List<double>());
            for (int run = -1; run < runs; run++) // the first warms up
            {
                foreach ((string name, string program, string[] arguments) in contestants)
                {
                    File.Delete(result);
                    double took = await TimeAsync(program, arguments);
                    if (run >= 0)
                    {
                        seconds[name].Add(took);
                    }
                }
            }

            double copy = Median(seconds["cp"]);
            foreach ((string name, List<double> times) in seconds)
            {
                Print($"file {name,-6} {gigabytes} GiB", times, string.Create(CultureInfo.InvariantCulture, $"s; {Median(times) / copy:0.00} times cp"));
            }

            Console.WriteLine("seal     file wanted: T.A.R.S. at most 1.50 times cp, and faster than age and gpg");
        }
        finally
        {
            if (Directory.Exists(Path.Combine(folder, "gpg")))
            {
                Capture("gpgconf", ["--homedir", Path.Combine(folder, "gpg"), "--kill", "gpg-agent"]); // gpg starts one and leaves it
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static IEnumerable<(string Name, string Program, string[] Arguments)> Contestants(string folder, string plain, string result)
    {
        yield return ("cp", "cp", [plain, result]);
        yield return ("tars", Environment.ProcessPath!, ["seal", "--child", plain, "--to", result]);
        if (IsInstalled("age"))
        {
            string identity = Path.Combine(folder, "age.key");
            Capture("age-keygen", ["-o", identity]);
            yield return ("age", "age", ["-e", "-i", identity, "-o", result, plain]);
        }

        if (IsInstalled("gpg"))
        {
            string home = Path.Combine(folder, "gpg");
            Directory.CreateDirectory(home);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // gpg warns else
            }

            yield return ("gpg", "gpg", ["--homedir", home, "--batch", "--yes", "--quiet", "--pinentry-mode", "loopback", "--passphrase", "bench", "--symmetric", "--cipher-algo", "AES256", "-z", "0", "-o", result, plain]);
        }
    }

    /// <summary>Seals 1 KiB and a large file in processes of their own, which print their peak memory.</summary>
    private static async Task PeakAsync(string directory, int gigabytes)
    {
        string folder = Directory.CreateDirectory(Path.Combine(directory, $"tars-bench-{Environment.ProcessId}")).FullName;
        try
        {
            foreach ((string name, long length) in new[] { ("1 KiB", 1024L), ($"{gigabytes} GiB", (long)gigabytes << 30) })
            {
                string path = Path.Combine(folder, "plain");
                await using (FileStream file = new(path, FileMode.Create))
                {
                    file.SetLength(length);
                }

                Console.Write($"seal     peak {name,7}: {Capture(Environment.ProcessPath!, ["seal", "--child", path]).Split('\n')[^2]}\n");
                File.Delete(path + ".sealed");
            }

            Console.WriteLine("seal     peak wanted: at most 16 MiB between the two, at most 96 MiB in all");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task SealOneAsync(string path, string target)
    {
        using KeyEncryptionKey key = Key();
        SealResult result = await FileSealing.SealAsync(path, target, [key], new SealOptions(), CancellationToken.None);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result.SealedBytes} bytes, peak {Machine.PeakMemory:0.0} MiB"));
    }

    private static KeyEncryptionKey Key() => new("bench", 1, KeyBytes);

    private static void Fill(string path, long length)
    {
        byte[] block = RandomNumberGenerator.GetBytes(1 << 24);
        using FileStream file = new(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (long written = 0; written < length; written += block.Length)
        {
            file.Write(block);
        }
    }

    private static void Print(string what, List<double> values, string unit) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"seal     {what} {Median(values):0.000} {unit} (median of {values.Count}; {values.Min():0.000} to {values.Max():0.000})"));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static bool IsInstalled(string program)
    {
        bool found = (Environment.GetEnvironmentVariable("PATH") ?? string.Empty).Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));
        if (!found)
        {
            Console.WriteLine($"seal     {program} is not installed: left out");
        }

        return found;
    }

    private static async Task<double> TimeAsync(string program, string[] arguments)
    {
        long began = Stopwatch.GetTimestamp();
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? Stopwatch.GetElapsedTime(began).TotalSeconds : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}");
    }

    private static string Capture(string program, string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {errors.Result}");
    }
}
