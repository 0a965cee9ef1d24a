using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>
/// The scripts that docs/guides/sealing.md prints, run on what <c>tars</c> wrote, by programs of the system alone: no T.A.R.S. is on their PATH.
/// Each must hold, and must fail once a byte of what it checks has changed.
/// </summary>
public sealed partial class IndependentVerificationTests : IDisposable
{
    private const int MostLines = 10;
    private readonly TemporaryDirectory _signer = new();
    private readonly TemporaryDirectory _auditor = new();

    public void Dispose()
    {
        _signer.Dispose();
        _auditor.Dispose();
    }

    [Fact]
    public async Task Scripts_OnWhatTarsSigned_HoldAndFailOnAChangedByte()
    {
        Assert.SkipUnless(File.Exists("/bin/sh"), "there is no /bin/sh");
        Executables.Require("openssl");
        Executables.Require("jq");
        string[] scripts = await WriteScriptsAsync();
        Assert.Equal(["fingerprint.sh", "verify-capture.sh", "verify-file.sh", "verify-json.sh", "verify-run.sh"], scripts.Order(StringComparer.Ordinal));
        await SignAsync();
        Assert.NotEqual(0, (await ShellAsync("command -v tars || command -v tars-verify")).ExitCode);

        (string Script, string[] Changed)[] cases =
        [
            ("./verify-run.sh run/a.json.dsse.json rsa.pub p256.pub", ["run/a.json", "run/b.txt", "run/a.json.dsse.json"]),
            ("./verify-file.sh run/b.txt rsa.pub p256.pub", ["run/b.txt", "run/b.txt.sig"]),
            ("./verify-json.sh run/a.signed.json rsa.pub", ["run/a.signed.json"]),
            ("./verify-capture.sh capture rsa.pub p256.pub", ["capture/data.bin", "capture/SHA256SUMS", "capture/SHA256SUMS.dsse.json"]),
        ];
        foreach ((string script, string[] changed) in cases)
        {
            CommandResult holds = await ShellAsync(script);
            Assert.True(holds.ExitCode == 0, $"{script}: exit {holds.ExitCode}\n{holds.Output}{holds.Error}");
            foreach (string name in changed)
            {
                await WithChangedByteAsync(name, async () => Assert.True((await ShellAsync(script)).ExitCode != 0, $"{script}: {name} was changed, and it holds"));
            }

            Assert.True((await ShellAsync(script.Replace("rsa.pub", "other.pub", StringComparison.Ordinal))).ExitCode != 0, $"{script}: another key, and it holds");
        }

        CommandResult shown = await ShellAsync("./fingerprint.sh rsa.pub");
        Assert.Contains($"fingerprint {shown.Output.Trim()}", (await RunAsync("keys", "show", await IdAsync("rsa-pss-sha256"), "--ring", "keys")).Output, StringComparison.Ordinal);
    }

    private async Task<string[]> WriteScriptsAsync()
    {
        string guide = await File.ReadAllTextAsync(RepositoryRoot.PathOf("docs/guides/sealing.md"), TestContext.Current.CancellationToken);
        List<string> names = [];
        foreach (Match match in Script().Matches(guide))
        {
            string text = match.Groups["script"].Value;
            Assert.True(text.Count(c => c == '\n') <= MostLines, text);
            string name = match.Groups["name"].Value;
            string path = _auditor.WriteText(name, text);
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
            }

            names.Add(name);
        }

        return [.. names];
    }

    /// <summary>Makes what the scripts check with <c>tars</c>, and hands only that and the public keys over.</summary>
    private async Task SignAsync()
    {
        _signer.WriteText("run/a.json", """{"b": 1.5, "a": "text", "list": [3, null, true]}""");
        _signer.WriteText("run/b.txt", "some text\n");
        _signer.WriteText("capture/data.bin", "points");
        string digest = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData("points"u8));
        _signer.WriteText("capture/SHA256SUMS", $"{digest}  data.bin\n");
        MadeRing.CopyTo(_signer.Combine("keys"));
        await HoldsAsync("keys", "create", "signing", "--ring", "others");
        await HoldsAsync("keys", "export", await IdAsync("rsa-pss-sha256"), "--ring", "keys", "--output", "rsa.pub");
        await HoldsAsync("keys", "export", await IdAsync("ecdsa-p256-sha256"), "--ring", "keys", "--output", "p256.pub");
        await HoldsAsync("keys", "export", await IdAsync("rsa-pss-sha256", "others"), "--ring", "others", "--output", "other.pub");
        await HoldsAsync("sign", "run/a.json", "run/b.txt", "--ring", "keys");
        await HoldsAsync("sign", "--detached", "run/b.txt", "--ring", "keys");
        await HoldsAsync("sign", "--embedded", "run/a.json", "--ring", "keys");
        await HoldsAsync("sign", "capture/SHA256SUMS", "--ring", "keys");
        foreach (string path in Directory.EnumerateFiles(_signer.Path, "*", SearchOption.AllDirectories).Where(path => !path.Contains("keys", StringComparison.Ordinal) && !path.Contains("others", StringComparison.Ordinal)))
        {
            string target = _auditor.Combine(Path.GetRelativePath(_signer.Path, path));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(path, target);
        }
    }

    private async Task WithChangedByteAsync(string name, Func<Task> then)
    {
        string path = _auditor.Combine(name);
        byte[] before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        byte[] changed = [.. before];
        int at = changed.Length / 2;
        changed[at] = changed[at] == (byte)'5' ? (byte)'6' : (byte)'5';
        await File.WriteAllBytesAsync(path, changed, TestContext.Current.CancellationToken);
        await then();
        await File.WriteAllBytesAsync(path, before, TestContext.Current.CancellationToken);
    }

    private async Task<string> IdAsync(string algorithm, string ring = "keys")
    {
        JsonNode list = JsonNode.Parse((await RunAsync("keys", "list", "--ring", ring, "-o", "json")).Output)!;
        return list["keys"]!.AsArray().Where(key => (string)key!["algorithm"]! == algorithm).Select(key => (string)key!["key_id"]!).Single();
    }

    private async Task HoldsAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Error}");
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_signer.Path, arguments);

    private Task<CommandResult> ShellAsync(string script) => new TestKit.CommandLine("/bin/sh", "-c", script)
    {
        WorkingDirectory = _auditor.Path,
        Environment = new Dictionary<string, string?> { ["PATH"] = "/usr/bin:/bin" },
    }.RunAsync(TestContext.Current.CancellationToken);

    [GeneratedRegex(@"^```text\n(?<script>#!/bin/sh -eu\n# (?<name>[a-z-]+\.sh) .*\n(?:.+\n)+)```$", RegexOptions.ExplicitCapture | RegexOptions.Multiline)]
    private static partial Regex Script();
}
