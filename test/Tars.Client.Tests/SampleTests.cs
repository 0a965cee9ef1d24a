using Tars.Server.Tests;
using Tars.TestKit;
using Xunit;

namespace Tars.Client.Tests;

/// <summary>samples/api against a real server: days that were measured, and one that was not, over more than one page.</summary>
public sealed class SampleTests
{
    private static readonly string[] Expected =
    [
        "2026-01-09 99.5 %", "2026-01-08 99.5 %", "2026-01-07 not measured: the backend had nothing", "2026-01-06 99.5 %", "2026-01-05 99.5 %", "2026-01-04 99.5 %", "2026-01-03 99.5 %", "2026-01-02 99.5 %", "2026-01-01 99.5 %",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CSharp_EachDay_IsALine()
    {
        await using ServedClient served = await DaysAsync();
        using StringWriter output = new() { NewLine = "\n" };
        await Samples.Api.Week.RunAsync(served.Proxy.Address, served.Key, output, Token);
        Assert.Equal(Expected, output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("python3", "week.py")]
    [InlineData("node", "week.mjs")]
    public async Task Script_EachDay_IsALine(string program, string script)
    {
        Executables.Require(program);
        await using ServedClient served = await DaysAsync();
        CommandResult result = await RunAsync(served, program, script);
        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Equal(Expected, result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task Curl_EachDay_IsARow()
    {
        Executables.Require("curl");
        await using ServedClient served = await DaysAsync();
        CommandResult result = await RunAsync(served, "sh", "week.sh");
        Assert.True(result.ExitCode == 0, result.Error);
        string[] lines = result.Output.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(1 + Expected.Length, lines.Length);
        Assert.Contains("2026-01-07", lines[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Guide_ShowsTheSampleAsItIs()
    {
        string[] sample = [.. (await File.ReadAllLinesAsync(RepositoryRoot.PathOf("samples/api/Week.cs"), Token)).Select(line => line.Trim())];
        string guide = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs/guides/client.md"), Token);
        string[] shown = [.. guide.Split("```csharp\n")[1].Split("```")[0].Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())];
        Assert.Equal(shown, sample.SkipWhile(line => line != shown[0]).Take(shown.Length));
    }

    private static Task<CommandResult> RunAsync(ServedClient served, string program, string script) =>
        new CommandLine(program, RepositoryRoot.PathOf($"samples/api/{script}"), served.Server.Client.BaseAddress!.ToString()) { Environment = new Dictionary<string, string?> { ["TARS_API_KEY"] = served.Key } }.RunAsync(Token);

    private static async Task<ServedClient> DaysAsync()
    {
        ServedClient served = await ServedClient.StartAsync("readonly");
        for (int day = 1; day <= 9; day++)
        {
            await served.Server.Store.KeepAsync(StoredReports.DayReport(day, day == 7 ? null : 99.5));
        }

        return served;
    }
}
