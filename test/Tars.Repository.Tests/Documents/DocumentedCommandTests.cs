using Xunit;

namespace Tars.Repository.Tests.Documents;

public sealed class DocumentedCommandTests
{
    [Fact]
    public void In_Transcript_GivesCommandsWithTheirOutputAndExitCode()
    {
        const string text = "text\n```console\n$ tars kpi --window 24h \\\n    -o json  # exit 4: inconclusive\nline one\n…\n$ tars demo\n```\n";
        IReadOnlyList<DocumentedCommand> commands = DocumentedCommand.In(Assert.Single(MarkdownDocument.Parse(text).Blocks));
        Assert.Equal(["tars", "kpi", "--window", "24h", "-o", "json"], commands[0].Words);
        Assert.Equal((3, 4), (commands[0].Line, commands[0].ExitCode));
        Assert.Equal(["line one", "…"], commands[0].Output);
        Assert.Equal(["tars", "demo"], commands[1].Words);
        Assert.Equal((7, 0), (commands[1].Line, commands[1].ExitCode));
    }

    [Fact]
    public void In_Script_TakesEachLineButComments()
    {
        const string text = "```sh\n# first\ntars kpi\n\n$ tars retro\n```\n```yaml\ntars: x\n```\n";
        IEnumerable<DocumentedCommand> commands = MarkdownDocument.Parse(text).Blocks.SelectMany(DocumentedCommand.In);
        Assert.Equal(["kpi", "retro"], commands.Select(command => command.Words[1]));
    }

    [Fact]
    public void Split_Quotes_KeepBlanksAndBraces() =>
        Assert.Equal(
            ["tars", "--set", "a=b c", "up{job=\"x\"}", "", "d e"],
            DocumentedCommand.Split("tars --set \"a=b c\" 'up{job=\"x\"}' '' d\\ e"));

    [Theory]
    [InlineData("tars kpi | jq .")]
    [InlineData("tars kpi > file")]
    [InlineData("tars kpi --from $X")]
    [InlineData("tars kpi --from \"$X\"")]
    public void Split_ShellOnlyForms_AreRefused(string line) => Assert.Throws<FormatException>(() => DocumentedCommand.Split(line));

    [Theory]
    [InlineData("a\nb", null)]
    [InlineData("a\n…", null)]
    [InlineData("…\nb", null)]
    [InlineData("a…", "(the end")]
    [InlineData("b", "b")]
    [InlineData("a\n…\nc", "c")]
    [InlineData("b\n…\na", "b")]
    public void FirstMissing_ShownAgainstWritten_SaysWhatIsNotThere(string shown, string? missing) =>
        Assert.StartsWith(missing ?? "-", ShownOutput.FirstMissing(shown.Split('\n'), "a\nb\n\n") ?? "-", StringComparison.Ordinal);
}
