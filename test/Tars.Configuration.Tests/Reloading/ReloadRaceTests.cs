using System.Diagnostics;
using System.Globalization;
using Tars.Configuration.Layers;
using Tars.Configuration.Reloading;
using Tars.Configuration.Sections;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Reloading;

/// <summary>Readers during reloads; TARS_RELOAD_COUNT sets how many (bench/long/reload-settings.sh runs 10,000).</summary>
public class ReloadRaceTests
{
    // Each is wrong in another way; {0} is the number the valid parts would have.
    private static readonly string[] Invalid =
    [
        "api: {{port: 99999, rate_limit_requests: {0}}}\n",
        "api: {{port: {0}, rate_limit_requests: {0}, host: \"h{0}\", prot: 1}}\n",
        "api: {{port: {0}\n",
        "api: {{port: {0}}}\napi: {{port: {0}}}\n",
        "api:\n\tport: {0}\n",
        "api: {{port: {0}}}\nobjectives: [{{service: a}}]\n",
        "telemetry: {{log_file: \"${{NO_SUCH_VARIABLE}}\"}}\napi: {{port: {0}, rate_limit_requests: {0}}}\n",
    ];

    [Fact]
    public async Task Current_WhileReloading_IsAlwaysOneValidConfiguration()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("TARS_RELOAD_COUNT") ?? "400", CultureInfo.InvariantCulture);
        Random random = new(Seeds.Draw());
        MemoryFiles files = new();
        string path = Path.GetFullPath("/memory/tars.yaml");
        SettingsSearch search = new() { WorkingFolder = Path.GetDirectoryName(path)!, Files = files };
        files.Write(path, Valid(1));
        int replaced = 0;
        int kept = 0;
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        await using SettingsMonitor<LoadedSettings> monitor = await SettingsMonitor<LoadedSettings>.StartAsync(
            _ => Task.FromResult(SettingsLoader.Load(search, TarsSchema.Instance)),
            settings => settings,
            outcome => _ = outcome is ReloadOutcome.Kept ? kept++ : replaced++,
            cancellationToken);

        using CancellationTokenSource end = new();
        Task<(long Reads, int Last)>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Factory.StartNew(
            () => Read(monitor, end.Token), cancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        Stopwatch watch = Stopwatch.StartNew();
        int expected = 1;
        for (int i = 0; i < count; i++)
        {
            int number = i + 2;
            bool isValid = i % 2 == 0;
            files.Write(path, isValid ? Valid(number) : string.Format(CultureInfo.InvariantCulture, Invalid[random.Next(Invalid.Length)], number));
            ReloadOutcome outcome = await monitor.ReloadAsync(cancellationToken);
            Assert.Equal(isValid, outcome is ReloadOutcome.Replaced);
            expected = isValid ? number : expected;
            Assert.Equal(expected, monitor.Current.Section("api").Integer("rate_limit_requests"));
        }

        TimeSpan elapsed = watch.Elapsed;
        await end.CancelAsync();
        (long Reads, int Last)[] read = await Task.WhenAll(readers);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{count} reloads ({replaced} valid, {kept} invalid) in {elapsed.TotalSeconds:0.0} s, {read.Sum(r => r.Reads)} reads on two threads, none torn, none invalid"));

        Assert.Equal((count - (count / 2), count / 2), (replaced, kept));
        Assert.All(read, r => Assert.True(r.Reads > 0 && r.Last == expected));
    }

    private static string Valid(int number) => string.Create(
        CultureInfo.InvariantCulture,
        $"services: [{{name: s{number}, preset: process}}]\napi: {{port: {number}, rate_limit_requests: {number}, host: \"h{number}\"}}\n");

    // One configuration is taken once and asked several times: all parts must be of the same file, and files come in order.
    private static (long Reads, int Last) Read(SettingsMonitor<LoadedSettings> monitor, CancellationToken end)
    {
        long reads = 0;
        int last = 0;
        bool isOver = false;
        while (!isOver)
        {
            isOver = end.IsCancellationRequested;
            LoadedSettings settings = monitor.Current;
            SettingsSection api = settings.Section("api");
            int number = api.Integer("port");
            if (number != api.Integer("rate_limit_requests")
                || api.Text("host") != string.Create(CultureInfo.InvariantCulture, $"h{number}")
                || settings.Root.Sections("services")[0].Text("name") != string.Create(CultureInfo.InvariantCulture, $"s{number}")
                || settings.Explain("api.port")!.Winner!.Text != number.ToString(CultureInfo.InvariantCulture)
                || number < last
                || (number % 2 == 1 && number != 1))
            {
                throw new InvalidOperationException($"torn or invalid: {number} after {last}");
            }

            last = number;
            reads++;
        }

        return (reads, last);
    }
}
