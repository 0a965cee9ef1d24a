using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Tars.Storage.Blobs;

namespace Tars.Benchmarks;

/// <summary>
/// A directory of blobs beside <c>cp</c> and <c>sha256sum</c>, turn by turn in one run: putting a file (read, hashed, written, flushed, named) beside <c>cp</c>, <c>sync</c> and <c>sha256sum</c>;
/// getting it into a file (read, hashed, written) beside <c>cp</c> and <c>sha256sum</c>; and many small files. <c>--directory</c> says where (tmpfs unless set), <c>--megabytes</c> how large.
/// </summary>
internal static partial class BlobBenchmark
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        string folder = Directory.CreateDirectory(Path.Combine(arguments.Text("directory", "/dev/shm"), $"tars-bench-{Environment.ProcessId}")).FullName;
        try
        {
            await LargeAsync(folder, arguments.Runs, arguments.Number("megabytes", 1024));
            await SmallAsync(folder, arguments.Runs, arguments.Number("files", 1000), arguments.Number("kilobytes", 100));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task LargeAsync(string folder, int runs, int megabytes)
    {
        string plain = Path.Combine(folder, "plain");
        await WriteAsync(plain, megabytes * 1_000_000L);
        List<double>[] seconds = [[], [], [], []];
        for (int run = -1; run < runs; run++) // the first warms up
        {
            string root = Path.Combine(folder, "blobs");
            DirectoryBlobStore store = new(root, TimeProvider.System);
            BlobDigest digest = default;
            double put = await OwnAsync(async () =>
            {
                await using FileStream source = Open(plain);
                digest = ((BlobPut.Stored)await store.PutAsync(source, null, CancellationToken.None)).Digest;
            });
            string copy = Path.Combine(folder, "copy");
            double get = await OwnAsync(async () =>
            {
                await using FileStream target = new(copy, FileMode.Create, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
                _ = (BlobCopy.Copied)await store.CopyToAsync(digest, target, long.MaxValue, CancellationToken.None);
            });
            Directory.Delete(root, recursive: true);
            File.Delete(copy);
            double into = Shell($"cp '{plain}' '{copy}' && sync '{copy}' && sha256sum '{copy}' >/dev/null");
            double back = Shell($"cp '{copy}' '{copy}.2' && sha256sum '{copy}' >/dev/null");
            File.Delete(copy);
            File.Delete(copy + ".2");
            foreach ((List<double> list, double value) in seconds.Zip([put, into, get, back]))
            {
                if (run >= 0)
                {
                    list.Add(value);
                }
            }
        }

        File.Delete(plain);
        Print($"put      {megabytes} MB", megabytes, seconds[0], "cp + sync + sha256sum", seconds[1]);
        Print($"get      {megabytes} MB", megabytes, seconds[2], "cp + sha256sum", seconds[3]);
        Console.WriteLine($"blobs    peak memory {Machine.PeakMemory:0} MiB");
    }

    private static async Task SmallAsync(string folder, int runs, int files, int kilobytes)
    {
        string many = Directory.CreateDirectory(Path.Combine(folder, "many")).FullName;
        for (int i = 0; i < files; i++)
        {
            await WriteAsync(Path.Combine(many, i.ToString(CultureInfo.InvariantCulture)), kilobytes * 1000L);
        }

        List<double> own = [];
        List<double> beside = [];
        string root = Path.Combine(folder, "blobs");
        string copy = Path.Combine(folder, "copy");
        for (int run = -1; run < runs; run++)
        {
            DirectoryBlobStore store = new(root, TimeProvider.System);
            double took = await OwnAsync(async () =>
            {
                foreach (string path in Directory.EnumerateFiles(many))
                {
                    await using FileStream source = Open(path);
                    await store.PutAsync(source, null, CancellationToken.None);
                }
            });
            Directory.Delete(root, recursive: true);
            double shell = Shell($"cp -r '{many}' '{copy}' && sync '{copy}'/* && sha256sum '{copy}'/* >/dev/null");
            Directory.Delete(copy, recursive: true);
            if (run >= 0)
            {
                own.Add(took);
                beside.Add(shell);
            }
        }

        Print($"put      {files} files of {kilobytes} kB", files * kilobytes / 1000.0, own, "cp + sync + sha256sum of all at once", beside);
    }

    private static FileStream Open(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0, FileOptions.Asynchronous | FileOptions.SequentialScan);

    private static async Task WriteAsync(string path, long bytes)
    {
        await using FileStream file = new(path, FileMode.Create);
        byte[] block = new byte[1_000_000];
        for (long left = bytes; left > 0; left -= block.Length)
        {
            RandomNumberGenerator.Fill(block);
            await file.WriteAsync(block.AsMemory(0, (int)Math.Min(left, block.Length)));
        }
    }

    /// <summary>Processor seconds of this process.</summary>
    private static async Task<double> OwnAsync(Func<Task> work)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await work();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    /// <summary>Processor seconds of the programs that a shell runs, as its <c>times</c> tells them.</summary>
    private static double Shell(string command)
    {
        using Process process = Process.Start(new ProcessStartInfo("sh", ["-c", command + " && times"]) { RedirectStandardOutput = true })!;
        string[] lines = process.StandardOutput.ReadToEnd().Trim().Split('\n');
        process.WaitForExit();
        return Minutes().Matches(lines[^1]).Sum(match => (60 * double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)) + double.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture));
    }

    private static void Print(string what, double megabytes, List<double> own, string name, List<double> beside)
    {
        (double mine, double theirs) = (own.Order().ElementAt(own.Count / 2), beside.Order().ElementAt(beside.Count / 2));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"blobs    {what} {megabytes / mine,6:0} MB/s, {name} {megabytes / theirs:0} MB/s, both by processor time: {mine / theirs:0.00} times (medians of {own.Count})"));
    }

    [GeneratedRegex(@"(\d+)m([\d.]+)s")]
    private static partial Regex Minutes();
}
