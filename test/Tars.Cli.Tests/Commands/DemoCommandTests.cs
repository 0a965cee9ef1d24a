using Tars.Cli.CommandLine;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands;

public sealed class DemoCommandTests
{
    [Fact]
    public async Task Demo_OfTheReadme_SaysWhatTheReadmeShows()
    {
        using TemporaryDirectory folder = new();
        CommandResult result = await TarsProgram.RunAsync(folder.Path, "demo");
        Assert.True(result.ExitCode == ExitCode.Ok, result.Error);
        Golden.Match("cli/demo.txt", result.Output);
        Assert.True(new FileInfo(folder.Combine("tars-demo", "reports", "GA_7DAY_RETROSPECTIVE.html")).Length is > 10_000 and < 1 << 20);
    }

    [Fact]
    public async Task Demo_FolderWithOtherFiles_IsRefused()
    {
        using TemporaryDirectory folder = new();
        folder.WriteText("mine/notes.txt", "x");
        CommandResult result = await TarsProgram.RunAsync(folder.Path, "demo", "--output", "mine");
        Assert.Equal((ExitCode.Usage, "tars: error: mine is not empty and holds no demo\ntars: hint: choose another folder with --output\n"), (result.ExitCode, result.Error));
    }
}
