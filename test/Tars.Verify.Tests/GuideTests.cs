using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>The commands of docs/guides/verifying.md on reports, run on a folder that is as the guide names it.</summary>
public sealed class GuideTests
{
    [Fact]
    public async Task Guide_EachCommand_Verifies()
    {
        using SignedReports reports = new();
        string[] commands = [.. File.ReadAllLines(RepositoryRoot.PathOf("docs/guides/verifying.md")).Where(line => line.StartsWith("tars-verify reports", StringComparison.Ordinal))];
        Assert.Equal(4, commands.Length);
        foreach (string command in commands)
        {
            CommandResult result = await reports.RunAsync(command.Split(' ')[1..]);
            Assert.True(result.ExitCode == 0, $"{command}\n{result.Output}{result.Error}");
        }
    }
}
