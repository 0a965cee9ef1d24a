using Tars.Cli.CommandLine;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.CommandLine;

/// <summary>What a newcomer types first: help, and what is wrong.</summary>
public sealed class UsageTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("kpi")]
    [InlineData("kpi watch")]
    [InlineData("stability")]
    [InlineData("anomalies")]
    [InlineData("daily")]
    [InlineData("regressions")]
    [InlineData("retro")]
    [InlineData("retro merge")]
    [InlineData("capture")]
    [InlineData("demo")]
    [InlineData("pgp")]
    [InlineData("pgp encrypt")]
    [InlineData("pgp decrypt")]
    [InlineData("pgp sign")]
    [InlineData("pgp verify")]
    [InlineData("pgp list")]
    [InlineData("pgp import")]
    [InlineData("audit")]
    [InlineData("audit init")]
    [InlineData("audit verify")]
    [InlineData("audit query")]
    [InlineData("audit prove")]
    [InlineData("audit checkpoint")]
    [InlineData("audit approve")]
    [InlineData("audit witness")]
    [InlineData("audit retain")]
    [InlineData("users")]
    [InlineData("users create")]
    [InlineData("users reset")]
    [InlineData("users review")]
    [InlineData("api-keys")]
    [InlineData("api-keys create")]
    [InlineData("api-keys rotate")]
    [InlineData("api")]
    [InlineData("api get")]
    public async Task Help_Command_ReadsAsReviewed(string command)
    {
        string[] arguments = [.. command.Split(' ', StringSplitOptions.RemoveEmptyEntries), "--help"];
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, arguments);
        Golden.Match($"cli/help/{(command.Length == 0 ? "tars" : command.Replace(' ', '-'))}.txt", TarsProgram.Transcript(result, arguments));
    }

    [Fact]
    public async Task WrongInput_EachKind_SaysWhatAndHow()
    {
        _folder.WriteText("tars.yaml", FleetBackend.Configuration("99%"));
        _folder.WriteText("wrong.yaml", FleetBackend.Configuration("99.9"));
        string[][] commands =
        [
            ["kip"],
            ["kpi", "--widow", "7d"],
            ["kpi", "--window", "7 days"],
            ["kpi", "--from", "monday"],
            ["kpi", "--from", "2026-01-01", "--to", "2026-01-02", "--window", "7d"],
            ["kpi", "--from", "2026-01-02", "--to", "2026-01-01"],
            ["kpi", "--services", "chekout"],
            ["kpi", "--fail-on", "always"],
            ["kpi", "-o", "yaml"],
            ["kpi", "--config", "missing.yaml"],
            ["kpi", "--config", "wrong.yaml"],
            ["kpi", "--set", "observability.stepp=1m"],
            ["kpi", "--backend", "other"],
            ["kpi", "--time-zone", "Berlin"],
            ["kpi", "--capture", "nowhere"],
            ["kpi", "extra"],
            ["kpi", "--from", "2026-01-02", "--to", "2026-01-02T00:00:30Z"],
            ["anomalies", "--method", "magic"],
            ["anomalies", "--z-window", "48"],
            ["anomalies", "detect", "--csv", "missing.csv", "--method", "zscore", "--ewma-alpha", "0.2"],
            ["daily", "--date", "13.01.2026"],
            ["daily", "--window", "7d"],
            ["stability", "--baseline", "missing.json"],
            ["regressions", "changepoints"],
            ["regressions", "changepoints", "--csv", "missing.csv"],
            ["capture", "import"],
            ["completion", "tcsh"],
            ["demo", "--seed", "x"],
        ];
        System.Text.StringBuilder transcript = new();
        foreach (string[] arguments in commands)
        {
            CommandResult result = await TarsProgram.RunAsync(_folder.Path, arguments);
            transcript.Append(TarsProgram.Transcript(result, arguments).Replace(_folder.Path, "FOLDER", StringComparison.Ordinal)).Append('\n');
            Assert.StartsWith("tars: error: ", result.Error, StringComparison.Ordinal);
        }

        Golden.Match("cli/errors.txt", transcript.ToString());
        Assert.False(Directory.Exists(_folder.Combine("output")));
    }

    [Fact]
    public async Task NoConfiguration_SaysHowToGetOne()
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, "kpi");
        Assert.Equal(ExitCode.Usage, result.ExitCode);
        Assert.Equal(
            "tars: error: no service is configured, so there is nothing to read\n"
            + "tars: hint: 'tars discover --output tars.yaml' writes a configuration from what a backend has; 'tars demo' needs none\n",
            result.Error);
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    [InlineData("pwsh")]
    public async Task Completion_Shell_PrintsAScriptThatAsksTars(string shell)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, "completion", shell);
        Assert.Equal(ExitCode.Ok, result.ExitCode);
        Assert.Contains("[suggest:", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Suggest_BeginningOfAnOption_GivesTheOption()
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, "[suggest:14]", "tars kpi --win");
        Assert.Equal("--window\n", result.Output);
    }
}
