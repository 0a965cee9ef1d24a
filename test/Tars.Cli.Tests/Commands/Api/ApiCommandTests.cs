using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.Server.Tests;
using Tars.Storage;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Api;

/// <summary><c>tars api get</c> and docs/guides/client.md, against <c>tars serve</c> as a process.</summary>
public sealed partial class ApiCommandTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Guide_EachCommand_DoesWhatItShows()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        _folder.WriteText("password.txt", "violet kettle 42 harbour\n");
        string[] lines = await File.ReadAllLinesAsync(RepositoryRoot.PathOf("docs/guides/client.md"), Token);
        RunningCommand? serving = null;
        try
        {
            string address = string.Empty;
            int commands = 0;
            for (int i = 0; i < lines.Length; i++)
            {
                if (!lines[i].StartsWith("$ ", StringComparison.Ordinal))
                {
                    continue;
                }

                if (serving is null && lines[i].Contains("tars api get", StringComparison.Ordinal))
                {
                    await KeepDaysAsync();
                    serving = TarsProgram.Command(_folder.Path, "serve", "--urls", "http://127.0.0.1:0", "--set", "api.rate_limit_enabled=false").Start();
                    address = await AddressAsync(serving);
                }

                commands++;
                Match exit = ExitNote().Match(lines[i]);
                string script = $"PATH=\"$1:$PATH\"; {lines[i][2..].Replace("tars api get ", $"tars api get --url {address} ", StringComparison.Ordinal)}";
                CommandResult result = await (TarsProgram.Command(_folder.Path) with { Program = "/bin/sh", Arguments = ["-c", script, "sh", AppContext.BaseDirectory] }).RunAsync(Token);
                string wrote = result.Output + result.Error;
                Assert.True(result.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture) == (exit.Success ? exit.Groups["code"].Value : "0"), $"{lines[i]}: exit {result.ExitCode}\n{wrote}");
                foreach (string shown in lines.Skip(i + 1).TakeWhile(line => line.Length > 0 && line[0] is not ('$' or '`')))
                {
                    Assert.All(shown.Split('…'), part => Assert.Contains(Blanks().Replace(part, " "), Blanks().Replace(wrote, " "), StringComparison.Ordinal));
                }
            }

            Assert.Equal(8, commands);
            await AssertAnswersAsync(address);
        }
        finally
        {
            await (serving?.DisposeAsync() ?? ValueTask.CompletedTask);
        }

        (int code, _, string error) = await GetAsync("health", "--url", "http://127.0.0.1:1");
        Assert.Equal(3, code);
        Assert.Contains("http://127.0.0.1:1/health: the server cannot be reached, 3 times", error, StringComparison.Ordinal);
        Assert.Contains("tars: hint: does 'tars serve' run there?", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tars: error: there is no 'what' to get", "what")]
    [InlineData("tars: error: what is to be got?")]
    [InlineData("tars: error: --date: ga is not asked for by it", "ga", "--date", "2026-01-01")]
    [InlineData("tars: error: --date: 'monday' is no day", "daily", "--date", "monday")]
    [InlineData("tars: error: --severity: 'bad' is no severity", "anomalies", "--severity", "high,bad")]
    [InlineData("tars: error: --url: 'nowhere' is no address of a server", "ga", "--url", "nowhere")]
    [InlineData("tars: error: --api-key-file: none.txt cannot be read", "ga", "--api-key-file", "none.txt")]
    [InlineData("tars: error: empty.txt holds no API key in its first line", "ga", "--api-key-file", "empty.txt")]
    [InlineData("tars: error: metrics have the text format of Prometheus, and no other", "metrics", "-o", "json")]
    public async Task Get_WrongUsage_IsRefusedWithTwo(string message, params string[] arguments)
    {
        _folder.WriteText("empty.txt", "\n");
        (int code, string output, string error) = await GetAsync(arguments);
        Assert.Equal((2, string.Empty), (code, output));
        Assert.StartsWith(message, error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private async Task AssertAnswersAsync(string address)
    {
        string[] asking = ["--url", address, "--api-key-file", "key.txt"];
        JsonObject all = JsonNode.Parse((await GetAsync(["all", "-o", "json", .. asking])).Output)!.AsObject();
        Assert.Equal(["health", "metrics", "ga", "daily", "anomalies", "regressions", "retro"], all.Select(pair => pair.Key));
        JsonArray days = all["daily"]!["summaries"]!.AsArray();
        Assert.Equal((130, 130, "2025-12-01"), (days.Count, (int)all["daily"]!["count"]!, (string?)days[^1]!["date"])); // over two pages of the server
        Assert.Contains("2026-01-05  pass     healthy  99.5", (await GetAsync(["daily", .. asking])).Output, StringComparison.Ordinal);
        string day = (await GetAsync(["daily", "--date", "2026-01-05", .. asking])).Output;
        Assert.Contains("p99_latency_ms      query failed: the backend said 503", day, StringComparison.Ordinal);
        Assert.Contains("p50_latency_ms      not measured: the report has no such figure", day, StringComparison.Ordinal);
        Assert.Contains("critical  cart", (await GetAsync(["anomalies", "--severity", "critical", .. asking])).Output, StringComparison.Ordinal);
        Assert.DoesNotContain("critical  cart", (await GetAsync(["anomalies", "--severity", "warning", .. asking])).Output, StringComparison.Ordinal);
        (int code, string output, _) = await GetAsync(["daily", "--date", "2020-01-01", .. asking]);
        Assert.Equal((2, string.Empty), (code, output));
        CommandResult fromInput = await (TarsProgram.Command(_folder.Path, "api", "get", "ga", "--url", address, "--api-key-stdin") with { Input = await File.ReadAllTextAsync(_folder.Combine("key.txt"), Token) }).RunAsync(Token);
        Assert.Equal(0, fromInput.ExitCode);
        TestKit.CommandLine line = TarsProgram.Command(_folder.Path, "api", "get", "ga", "--url", address);
        CommandResult fromVariable = await (line with { Environment = line.Environment.Append(new("TARS_API_KEY", (await File.ReadAllTextAsync(_folder.Combine("key.txt"), Token)).Trim())).ToDictionary() }).RunAsync(Token);
        Assert.Equal((0, fromInput.Output), (fromVariable.ExitCode, fromVariable.Output));
    }

    private async Task<(int Code, string Output, string Error)> GetAsync(params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, ["api", "get", .. arguments]);
        return (result.ExitCode, result.Output, result.Error);
    }

    private async Task KeepDaysAsync()
    {
        await using Storage.Store store = await Storage.Store.OpenAsync(StoreAddress.Parse("sqlite:" + _folder.Combine("tars-data", "store.db")), TimeProvider.System, new StoreOptions(), Token);
        await store.KeepAsync(StoredReports.DayReport(5));
        for (int day = 0; day < 129; day++)
        {
            DateOnly date = new DateOnly(2025, 12, 1).AddDays(day >= 35 ? day + 1 : day);
            await store.KeepAsync(StoredReports.DayReport(5) with { Date = date, Window = new Storage.StoredWindow(new DateTimeOffset(date, default, TimeSpan.Zero), new DateTimeOffset(date.AddDays(1), default, TimeSpan.Zero)) });
        }

        await store.KeepAsync(StoredReports.Report("anomalies", 5, 6, StoredReports.Anomaly(5), StoredReports.Anomaly(5, 3, 1, "cart", "p99_latency_ms", Storage.Findings.FindingSeverity.Critical)));
    }

    private static async Task<string> AddressAsync(RunningCommand serving)
    {
        await serving.WaitForTextAsync("listening on ", Token);
        return Address().Match(serving.Output + serving.Error).Value;
    }

    [GeneratedRegex(@"# exit (?<code>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ExitNote();

    [GeneratedRegex("  +")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+")]
    private static partial Regex Address();
}
