using System.Text;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Init;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Init;

public sealed class InitCommandTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Init_EachProfile_ReadsAsReviewed()
    {
        string[][] commands =
        [
            ["init"],
            ["init", "--yes"],
            ["init", "--yes"],
            ["init", "--yes", "--force", "-o", "json"],
            ["init", "--yes", "--profile", "prod", "--output", "deploy/tars.yaml", "--prometheus-url", "https://prometheus.example.com"],
            ["init", "--yes", "--profile", "edge"],
            ["init", "--yes", "--profile", "edge of.it"],
            ["init", "--yes", "--profile", "edge", "--force", "--with-jwt-secret"],
            ["config", "validate", "tars.yaml"],
        ];
        StringBuilder transcript = new();
        foreach (string[] arguments in commands)
        {
            transcript.Append(TarsProgram.Transcript(await TarsProgram.RunAsync(_folder.Path, arguments), arguments).Replace(_folder.Path, "FOLDER", StringComparison.Ordinal)).Append('\n');
        }

        foreach (string file in new[] { "tars.yaml", "deploy/tars.yaml", "tars.edge.yaml" })
        {
            transcript.Append($"--- {file}\n").Append((await File.ReadAllTextAsync(_folder.Combine(file), TestContext.Current.CancellationToken)).Replace(_folder.Path, "FOLDER", StringComparison.Ordinal));
        }

        Golden.Match("cli/init.txt", transcript.ToString());
        Assert.Equal(["deploy/tars.yaml", "secrets/jwt_secret", "tars.edge.yaml", "tars.yaml"], BuiltCommand.FilesOf(_folder.Path).Keys);
    }

    // script(1) gives the command a terminal: answers are typed into it.
    [Fact]
    public async Task Init_OnATerminal_AsksAndTakesTheAnswers()
    {
        string? script = Executables.Find("script");
        if (script is null)
        {
            Assert.Skip("script(1) is not on PATH");
        }

        TestKit.CommandLine tars = TarsProgram.Command(_folder.Path);
        TestKit.CommandLine line = tars with
        {
            Program = script,
            Arguments = ["-qec", $"'{tars.Program}' init", "/dev/null"],
            Input = "dev\n\nEurope/Berlin\nmine.yaml\nno\n",
        };
        CommandResult result = await line.RunAsync(TestContext.Current.CancellationToken);

        Assert.True(result.ExitCode == ExitCode.Ok, result.Output + result.Error);
        Assert.Contains("Profile (local, dev, staging, prod, or a name of your own) [local]: ", result.Output, StringComparison.Ordinal);
        string written = await File.ReadAllTextAsync(_folder.Combine("mine.yaml"), TestContext.Current.CancellationToken);
        Assert.Contains("profile dev", written, StringComparison.Ordinal);
        Assert.Contains("time_zone: Europe/Berlin", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "answer\n", "answer")]
    [InlineData(null, "\n", "default")]
    [InlineData(null, "", "default")]
    [InlineData("given", "answer\n", "given")]
    public void Ask_Question_TakesWhatWasGivenThenTheAnswerThenTheDefault(string? given, string typed, string expected) =>
        Assert.Equal(expected, new Questions(new StringReader(typed), TextWriter.Null, asks: true).Ask("?", given, "default"));
}
