using System.Diagnostics;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Win32.SafeHandles;

namespace Tars.Benchmarks;

/// <summary>
/// <c>GET /api/daily</c> of <c>tars serve</c> (token, revocation, limiter, metrics and audit policy on) beside a bare Kestrel endpoint that answers the same bytes, both under
/// <c>wrk</c> with 128 connections, in turns; with every read audited; at half load; memory; and what a flood of bad logins costs. <c>--part</c> chooses one of
/// <c>ready</c>, <c>ratio</c>, <c>audited</c>, <c>half</c>, <c>memory</c>, <c>logins</c>; <c>--tars</c> the program.
/// </summary>
internal static class ServeBenchmark
{
    // A limit that is counted and never reached. Fifty thousand lines a second of a request log are no part of what is measured: faults are told.
    private static readonly string[] Limits = ["telemetry.log_level=WARNING", "api.rate_limit_window=1", "api.rate_limit_requests=1000000", "api.rate_limits.public=1000000", "api.rate_limits.readonly=1000000", "api.rate_limits.sre=1000000", "api.rate_limits.admin=1000000"];

    /// <summary>Runs it.</summary>
    public static async Task RunAsync(BenchmarkArguments arguments)
    {
        if (arguments.Text("child", string.Empty) == "bare")
        {
            await ServeBareAsync(await File.ReadAllBytesAsync(arguments.Text("file", string.Empty)));
            return;
        }

        string folder = Directory.CreateTempSubdirectory("tars-bench-").FullName;
        try
        {
            await using ServedApi api = ServedApi.Create(Path.GetFullPath(arguments.Text("tars", "src/Tars.Cli/bin/Release/net10.0/tars")), folder);
            string part = arguments.Text("part", "all");
            int seconds = arguments.Number("seconds", 6);
            if (part is "all" or "ready")
            {
                await ReadyAsync(api, arguments.Runs);
            }

            if (part is "all" or "ratio")
            {
                await RatioAsync(api, folder, arguments.Runs, seconds, "none", 0.85);
            }

            if (part is "all" or "audited")
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"serve    a flush of the disk takes {FlushMedian(folder):0.000} ms (median of 500); wanted: at most 0.5"));
                await RatioAsync(api, folder, arguments.Runs, seconds, "all", 0.60);
            }

            if (part is "all" or "half")
            {
                await HalfAsync(api, arguments.Runs, seconds);
            }

            if (part is "all" or "logins")
            {
                await LoginsAsync(api, arguments.Runs, seconds);
            }

            if (part is "all" or "memory")
            {
                await MemoryAsync(api, arguments.Number("requests", 1_000_000));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task ReadyAsync(ServedApi api, int runs)
    {
        List<double> times = [];
        for (int run = -1; run < runs; run++)
        {
            await api.StartAsync(Limits);
            if (run >= 0)
            {
                times.Add(api.Ready);
            }
        }

        Print("seconds from start to ready on an existing store", times, "0.000", "; wanted: at most 1");
    }

    private static async Task RatioAsync(ServedApi api, string folder, int runs, int seconds, string reads, double wanted)
    {
        await api.StartAsync([.. Limits, $"api.audit_reads={reads}"]);
        string token = await api.LogInAsync();
        string file = Path.Combine(folder, "body.json");
        using (HttpClient client = new() { BaseAddress = api.Address, DefaultRequestHeaders = { { "Authorization", $"Bearer {token}" } } })
        {
            await File.WriteAllBytesAsync(file, await client.GetByteArrayAsync(new Uri("/api/daily", UriKind.Relative)));
        }

        using Process bare = StartBare(file, out Uri bareAddress);
        List<double> ratios = [];
        try
        {
            _ = Wrk(api.Address, token, 128, seconds);
            _ = Wrk(bareAddress, token, 128, seconds);
            for (int run = 0; run < runs; run++)
            {
                (double own, double ownP99) = Wrk(api.Address, token, 128, seconds);
                (double beside, double besideP99) = Wrk(bareAddress, token, 128, seconds);
                ratios.Add(own / beside);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"serve    {own:0} requests/s (p99 {ownP99:0.0} ms) of {new FileInfo(file).Length} bytes with audit_reads={reads}; bare Kestrel {beside:0}/s (p99 {besideP99:0.0} ms): {own / beside:0.000}"));
            }
        }
        finally
        {
            bare.Kill();
        }

        Print($"of a bare endpoint's requests a second, audit_reads={reads}", ratios, "0.000", string.Create(CultureInfo.InvariantCulture, $"; wanted: at least {wanted:0.00}"));
    }

    private static async Task HalfAsync(ServedApi api, int runs, int seconds)
    {
        await api.StartAsync([.. Limits, "api.audit_reads=none"]);
        string token = await api.LogInAsync();
        (double full, _) = Wrk(api.Address, token, 128, seconds);
        List<double> p99 = [];
        for (int run = 0; run < runs; run++)
        {
            PacedClient.Outcome outcome = await PacedClient.RunAsync(api.Address, full / 2, 64, TimeSpan.FromSeconds(seconds), _ => Daily(token));
            p99.Add(outcome.P99);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"serve    half load: {outcome.Rate:0} of {full / 2:0} requests/s, median {outcome.P50:0.00} ms, p99 {outcome.P99:0.00} ms; {Statuses(outcome)}"));
        }

        Print("milliseconds at half load, p99, from the instant a request was due", p99, "0.00", string.Empty);
    }

    private static async Task MemoryAsync(ServedApi api, int requests)
    {
        await api.StartAsync([.. Limits, "api.audit_reads=none"]);
        string token = await api.LogInAsync();
        double sent = 0, before = api.Memory();
        while (sent < requests)
        {
            sent += Wrk(api.Address, token, 128, 10).Rate * 10;
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"serve    memory after {sent:0} requests: {api.Memory():0} MiB (before: {before:0})"));
    }

    /// <summary>1,000 bad logins a second from 1,000 addresses behind a trusted proxy, while others read.</summary>
    private static async Task LoginsAsync(ServedApi api, int runs, int seconds)
    {
        await api.StartAsync([.. Limits, "api.audit_reads=none", "api.trusted_proxies=127.0.0.1"]);
        string token = await api.LogInAsync();
        const double Readers = 2000;
        List<double> rates = [], latencies = [];
        for (int run = 0; run < runs; run++)
        {
            PacedClient.Outcome alone = await PacedClient.RunAsync(api.Address, Readers, 32, TimeSpan.FromSeconds(seconds), _ => Daily(token));
            Task<PacedClient.Outcome> flood = PacedClient.RunAsync(api.Address, 1000, 32, TimeSpan.FromSeconds(seconds), Login);
            PacedClient.Outcome beside = await PacedClient.RunAsync(api.Address, Readers, 32, TimeSpan.FromSeconds(seconds), _ => Daily(token));
            PacedClient.Outcome bad = await flood;
            rates.Add(beside.Rate / alone.Rate);
            latencies.Add(beside.P50 / alone.P50);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"serve    others alone {alone.Rate:0}/s, median {alone.P50:0.00} ms, p99 {alone.P99:0.0} ms; beside {bad.Rate:0} bad logins/s ({Statuses(bad)}): {beside.Rate:0}/s, median {beside.P50:0.00} ms, p99 {beside.P99:0.0} ms; {Statuses(beside)}"));
        }

        Print("of others' answers a second beside a flood of bad logins", rates, "0.000", "; wanted: at least 0.900");
        Print("others' median latency beside the flood, of that without", latencies, "0.000", string.Empty);
    }

    private static string Daily(string token) => $"GET /api/daily HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n";

    private static string Login(int number)
    {
        string body = $"{{\"username\":\"user{number % 5000}\",\"password\":\"wrong horse battery {number}\"}}";
        return $"POST /auth/login HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: 10.0.{number % 1000 / 250}.{number % 250}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";
    }

    private static string Statuses(PacedClient.Outcome outcome) => string.Join(", ", outcome.Statuses.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} of {pair.Key}"));

    private static (double Rate, double P99) Wrk(Uri address, string token, int connections, int seconds)
    {
        using Process wrk = Process.Start(new ProcessStartInfo("wrk", ["-t1", $"-c{connections}", $"-d{seconds}s", "--latency", "-H", $"Authorization: Bearer {token}", new Uri(address, "/api/daily").ToString()]) { RedirectStandardOutput = true })!;
        string text = wrk.StandardOutput.ReadToEnd();
        wrk.WaitForExit();
        if (text.Contains("Non-2xx", StringComparison.Ordinal))
        {
            throw new InvalidOperationException(text);
        }

        string Line(string name) => text.Split('\n').First(line => line.TrimStart().StartsWith(name, StringComparison.Ordinal)).Trim()[name.Length..].Trim();
        string p99 = Line("99%");
        double unit = p99.EndsWith("us", StringComparison.Ordinal) ? 0.001 : p99.EndsWith("ms", StringComparison.Ordinal) ? 1 : 1000;
        return (double.Parse(Line("Requests/sec:"), CultureInfo.InvariantCulture), unit * double.Parse(p99.TrimEnd('u', 'm', 's'), CultureInfo.InvariantCulture));
    }

    private static Process StartBare(string file, out Uri address)
    {
        Process bare = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["serve", "--child", "bare", "--file", file]) { RedirectStandardOutput = true })!;
        address = new Uri(bare.StandardOutput.ReadLine()!);
        return bare;
    }

    private static async Task ServeBareAsync(byte[] body)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        WebApplication server = builder.Build();
        server.Run(context =>
        {
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = body.Length;
            return context.Response.Body.WriteAsync(body).AsTask();
        });
        await server.StartAsync();
        Console.WriteLine(server.Urls.Single());
        await Task.Delay(Timeout.InfiniteTimeSpan);
    }

    private static double FlushMedian(string folder)
    {
        List<double> times = [];
        using SafeFileHandle file = File.OpenHandle(Path.Combine(folder, "flush"), FileMode.Create, FileAccess.Write);
        byte[] bytes = new byte[4096];
        for (int i = 0; i < 500; i++)
        {
            long began = Stopwatch.GetTimestamp();
            RandomAccess.Write(file, bytes, i * 4096L);
            RandomAccess.FlushToDisk(file);
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        return times.Order().ElementAt(times.Count / 2);
    }

    private static void Print(string what, List<double> values, string format, string wanted)
    {
        string Text(double value) => value.ToString(format, CultureInfo.InvariantCulture);
        Console.WriteLine($"serve    {what}: {Text(values.Order().ElementAt(values.Count / 2))} (median of {values.Count}; {Text(values.Min())} to {Text(values.Max())}){wanted}");
    }
}
