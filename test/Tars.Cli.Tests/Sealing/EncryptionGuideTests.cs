using System.Text.RegularExpressions;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>docs/guides/encryption.md makes its keys with openssl, so its commands run here, in a shell, in order.</summary>
public sealed partial class EncryptionGuideTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Guide_EachCommand_DoesWhatItShows()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        Executables.Require("openssl");
        Directory.CreateDirectory(_folder.Combine("samples"));
        File.Copy(RepositoryRoot.PathOf("samples/demo.yaml"), _folder.Combine("samples", "demo.yaml"));
        string[] lines = await File.ReadAllLinesAsync(RepositoryRoot.PathOf("docs/guides/encryption.md"), TestContext.Current.CancellationToken);
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

        Assert.True(commands >= 6, $"{commands} commands were found");
    }

    public void Dispose() => _folder.Dispose();

    [GeneratedRegex(@"# exit (?<code>\d+)$", RegexOptions.ExplicitCapture)]
    private static partial Regex ExitNote();
}
