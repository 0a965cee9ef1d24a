using Tars.Cli.CommandLine;
using Tars.Cli.Predecessor;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.CommandLine;

/// <summary>Tables in guides are data in code, shown.</summary>
public sealed class DocumentedTablesTests
{
    [Fact]
    public void FailOn_Guide_ListsEachCommandWithItsValuesAndDefault()
    {
        string guide = File.ReadAllText(RepositoryRoot.PathOf("docs/guides/exit-codes.md"));
        foreach (FailOn failOn in FailOn.All)
        {
            string row = $"| `{failOn.Command}` | `{failOn.Default}` | {string.Join(", ", failOn.Values.Select(value => $"`{value}`"))} |";
            Assert.Contains(row, guide, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Predecessor_Guide_ListsEachCommandAndFlag()
    {
        string guide = File.ReadAllText(RepositoryRoot.PathOf("docs/guides/migration.md"));
        string table = string.Join('\n', PredecessorTable.All.SelectMany(command => command.Flags.Select(flag =>
            $"| `{command.Name}` | `{flag.Name}` | {flag.FateText} | {flag.Now.Replace("|", "\\|", StringComparison.Ordinal)} |")));
        Assert.True(guide.Contains(table, StringComparison.Ordinal), $"docs/guides/migration.md does not hold this table:\n{table}");
    }

    [Fact]
    public void Translate_EachFlagThatWorks_IsAnOptionOfTheCommandItIsNow()
    {
        foreach (PredecessorCommand command in PredecessorTable.All)
        {
            System.CommandLine.Command now = Cli.Commands.TarsRootCommand.Create().Subcommands.Single(child => child.Name == command.Now);
            foreach (PredecessorFlag flag in command.Flags.Where(flag => flag.Fate == FlagFate.Works))
            {
                Assert.Contains(now.Options, option => option.Name == flag.Name || option.Aliases.Contains(flag.Name));
            }
        }
    }

    [Theory]
    [InlineData("ga-kpi --duration 24 --interval=5 --output out", "kpi --window 1440m --interval 5m --output out", 3)]
    [InlineData("stability-monitor --baseline b.json --interval 30 --test-mode", "stability --baseline b.json", 3)]
    [InlineData("ga-kpi --sign --encrypt", "kpi --sign --encrypt", 1)] // what sealing means is said by the command, in one wording
    [InlineData("anomaly-detector --output events/anomaly_events.json --z-window 48", "anomalies --output events --z-window 48 --method zscore", 3)]
    [InlineData("anomaly-detector --z-window 48 --ewma-alpha=0.2", "anomalies --z-window 48 --ewma-alpha=0.2 --method ewma", 2)]
    [InlineData("anomaly-detector --method zscore --z-window 48", "anomalies --method zscore --z-window 48", 1)]
    [InlineData("retro --output reports", "retro --output reports", 0)]
    [InlineData("retro --output docs/final/GA.md --auto", "retro --output docs/final", 2)]
    [InlineData("kpi --window 7d", "kpi --window 7d", 0)]
    public void Translate_PredecessorsCommandLine_IsTodays(string before, string now, int notes)
    {
        (IReadOnlyList<string> arguments, IReadOnlyList<string> told) = PredecessorArguments.Translate(before.Split(' '));
        Assert.Equal((now, notes), (string.Join(' ', arguments), told.Count));
    }

    [Theory]
    [InlineData("anomaly-detector --data stability")]
    [InlineData("regression-analyzer --ga-baseline x.json")]
    [InlineData("retro --ga-data ga_kpis")]
    [InlineData("ga-kpi --duration long")]
    public void Translate_RefusedFlag_SaysWhatToWrite(string before) =>
        Assert.NotNull(Assert.Throws<UsageException>(() => PredecessorArguments.Translate(before.Split(' '))).Hint);
}
