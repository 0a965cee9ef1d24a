using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Failures;

/// <summary>Every file of every command matches its schema, and a pipe gets the result and nothing else.</summary>
[Collection(FleetBackends.Name)]
public sealed class WrittenFileTests(SmallFleet fleet) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("kpi --from 2026-01-06 --to 2026-01-06T06:00Z --interval 1h", "ga_kpi_snapshots.csv ga_kpi_summary.json ga_kpi_summary.md")]
    [InlineData("stability --from 2026-01-05T12:00Z --to 2026-01-06T23:00Z", "day_01_summary.json day_02_summary.json weekly_summary.json weekly_summary.md")]
    [InlineData("anomalies --from 2026-01-06 --to 2026-01-06T12:00Z", "anomaly_events.json anomaly_events.md")]
    [InlineData("daily --date 2026-01-05 --day 3", "day_03_HEALTH.json day_03_HEALTH.md")]
    [InlineData("regressions --from 2026-01-06 --to 2026-01-06T12:00Z --compare-to previous", "regression_summary.json regression_summary.md")]
    [InlineData("retro --from 2026-01-06 --to 2026-01-06T12:00Z", "GA_7DAY_RETROSPECTIVE.html GA_7DAY_RETROSPECTIVE.json GA_7DAY_RETROSPECTIVE.md")]
    public async Task Report_InAPipe_FilesMatchTheirSchemasAndJsonStandsAlone(string command, string files)
    {
        CommandResult result = await BuiltCommand.RunAsync(
            _folder.Path, [.. command.Split(' '), .. fleet.Flags, "--prometheus-url", fleet.Address.AbsoluteUri, "--output", "out", "-o", "json"]);

        Assert.True(result.ExitCode is 0 or 4, result.Error);
        SchemaAssert.IsJson(result.Output);
        Assert.Equal(files.Split(' '), BuiltCommand.FilesOf(_folder.Combine("out")).Keys);
        Assert.All(result.Error.Split('\n'), line => Assert.True(line.Length == 0 || line.StartsWith("tars: ", StringComparison.Ordinal), line));
        AssertPlain(result);
        foreach (string path in Directory.EnumerateFiles(_folder.Combine("out"), "*.json"))
        {
            await SchemaAssert.MatchesAsync(path);
        }
    }

    [Theory]
    [InlineData("table", "PASS: 2026-01-05T02:00:00Z/2026-01-05T04:00:00Z\n")]
    [InlineData("markdown", "# ")]
    public async Task Kpi_QuietInAPipe_SaysTheResultOnly(string format, string beginning)
    {
        CommandResult result = await BuiltCommand.RunAsync(
            _folder.Path, ["kpi", .. fleet.Flags, .. fleet.Window, "--prometheus-url", fleet.Address.AbsoluteUri, "--quiet", "-o", format, "--output", "out"]);

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.StartsWith(beginning, result.Output, StringComparison.Ordinal);
        AssertPlain(result);
    }

    [Fact]
    public async Task ChangePoints_InAPipe_MatchTheirSchema()
    {
        string rows = string.Concat(Enumerable.Range(0, 60).Select(minute => $"2026-01-05T00:{minute:00}:00Z,{(minute < 30 ? 1 : 5) + (minute % 3)}\n"));
        _folder.WriteText("level.csv", "timestamp,value\n" + rows);

        CommandResult result = await BuiltCommand.RunAsync(_folder.Path, "regressions", "changepoints", "--csv", "level.csv", "-o", "json");

        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        await SchemaAssert.MatchesAsync(_folder.WriteText("change_points.json", result.Output));
    }

    public void Dispose() => _folder.Dispose();

    private static void AssertPlain(CommandResult result)
    {
        Assert.DoesNotContain('\u001b', result.Output + result.Error);
        Assert.DoesNotContain('\r', result.Output + result.Error);
        Assert.DoesNotContain("reading ", result.Error, StringComparison.Ordinal);
    }
}
