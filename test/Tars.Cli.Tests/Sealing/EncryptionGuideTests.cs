using System.Text.RegularExpressions;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>docs/guides/encryption.md makes its keys with openssl, and openpgp.md with gpg, so their commands run here, in a shell, in order.</summary>
public sealed partial class EncryptionGuideTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Theory]
    [InlineData("encryption", "openssl", 6)]
    [InlineData("openpgp", "gpg", 12)]
    public async Task Guide_EachCommand_DoesWhatItShows(string guide, string program, int least)
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        Executables.Require(program);
        Directory.CreateDirectory(_folder.Combine("samples"));
        File.Copy(RepositoryRoot.PathOf("samples/demo.yaml"), _folder.Combine("samples", "demo.yaml"));
        string[] lines = await File.ReadAllLinesAsync(RepositoryRoot.PathOf($"docs/guides/{guide}.md"), TestContext.Current.CancellationToken);
        TestKit.CommandLine tars = TarsProgram.Command(_folder.Path);
        int commands = 0;
        for (int i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith("$ ", StringComparison.Ordinal))
            {
                continue;
            }

            commands++;
            Match exit = ExitNote().Match(lines[i]);
            string script = $"PATH=\"$1:$PATH\"; {lines[i][2..]}";
            CommandResult result = await (tars with { Program = "/bin/sh", Arguments = ["-c", script, "sh", AppContext.BaseDirectory] }).RunAsync(TestContext.Current.CancellationToken);
            string wrote = result.Output + result.Error;
            Assert.True(result.ExitCode.ToString(System.Globalization.CultureInfo.InvariantCulture) == (exit.Success ? exit.Groups["code"].Value : "0"), $"{lines[i]}: exit {result.ExitCode}\n{wrote}");
            foreach (string shown in lines.Skip(i + 1).TakeWhile(line => line.Length > 0 && line[0] is not ('$' or '`')))
            {
                Assert.All(shown.Split('…'), part => Assert.Contains(part, wrote, StringComparison.Ordinal));
            }
        }

        if (Directory.Exists(_folder.Combine("ada")))
        {
            await new TestKit.CommandLine("gpgconf", "--homedir", _folder.Combine("ada"), "--kill", "all").RunAsync(TestContext.Current.CancellationToken);
        }

        Assert.True(commands >= least, $"{commands} commands were found");
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"# exit (?<code>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ExitNote();
}
