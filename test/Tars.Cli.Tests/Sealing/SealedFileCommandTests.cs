using System.Security.Cryptography;
using System.Text.Json;
using Tars.Sealing.Keys;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary>Encrypt, decrypt and rewrap as a user runs them. The other side is test/interop/sealed_file.py and openssl, never our own code alone.</summary>
public sealed class SealedFileCommandTests : IDisposable
{
    private const string Text = "what was measured\n";

    private readonly TemporaryDirectory _folder = new();

    public SealedFileCommandTests()
    {
        WriteKey("a.key", "a");
        WriteKey("b.key", "b");
        _folder.WriteText("report.json", Text);
    }

    [Theory]
    [InlineData("encrypt")]
    [InlineData("decrypt")]
    [InlineData("rewrap")]
    public async Task Help_Command_ReadsAsReviewed(string command)
    {
        string[] arguments = [command, "--help"];
        Golden.Match($"cli/help/{command}.txt", TarsProgram.Transcript(await RunAsync(arguments), arguments));
    }

    [Fact]
    public async Task Encrypt_SeveralKeyFiles_PythonAndEachKeyOpenIt()
    {
        CommandResult sealing = await RunAsync("encrypt", "report.json", "--key", "a.key", "--key", "b.key", "-o", "json");
        Assert.True(sealing.ExitCode == 0, sealing.Error);
        using JsonDocument told = JsonDocument.Parse(sealing.Output);
        string[] ids = [.. told.RootElement.GetProperty("files")[0].GetProperty("recipients").EnumerateArray().Select(key => key.GetProperty("key_id").GetString()!)];
        Assert.Equal(2, ids.Length);

        string python = await RequirePythonAsync();
        foreach ((string name, string id) in new[] { ("a", ids[0]), ("b", ids[1]) })
        {
            Directory.CreateDirectory(_folder.Combine("sealed"));
            Directory.CreateDirectory(_folder.Combine("opened"));
            File.Copy(_folder.Combine("report.json.sealed"), _folder.Combine("sealed", name));
            CommandResult opened = await new TestKit.CommandLine(
                python, RepositoryRoot.PathOf("test/interop/sealed_file.py"), "open", id, "1", Hexadecimal(name), _folder.Combine("sealed"), _folder.Combine("opened")).RunAsync(Cancelled);
            Assert.True(opened.ExitCode == 0, opened.Error);
            Assert.Equal(Text, await File.ReadAllTextAsync(_folder.Combine("opened", name), Cancelled));
            File.Delete(_folder.Combine("sealed", name));

            CommandResult own = await RunAsync("decrypt", "report.json.sealed", "--key", $"{name}.key", "--output", "-");
            Assert.Equal((0, Text), (own.ExitCode, own.Output));
        }
    }

    [Fact]
    public async Task Decrypt_WrongKey_SaysWhoseItIsAndExits2()
    {
        await RunAsync("encrypt", "report.json", "--key", "a.key");
        CommandResult result = await RunAsync("decrypt", "report.json.sealed", "--key", "b.key", "--output", "plain");
        Assert.Equal((2, string.Empty), (result.ExitCode, result.Output));
        Assert.StartsWith("tars: error: report.json.sealed: none of its keys is there: it is sealed for ", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("plain")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Decrypt_ChangedOrCutFile_Exits1AndKeepsWhatStoodThere(bool cut)
    {
        await RunAsync("encrypt", "report.json", "--key", "a.key");
        string path = _folder.Combine("report.json.sealed");
        byte[] bytes = await File.ReadAllBytesAsync(path, Cancelled);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(path, cut ? bytes[..^5] : bytes, Cancelled);

        CommandResult result = await RunAsync("decrypt", "report.json.sealed", "--key", "a.key", "--force");

        Assert.Equal((1, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains("tars: error: report.json.sealed: byte ", result.Error, StringComparison.Ordinal);
        Assert.Equal(["a.key", "b.key", "report.json", "report.json.sealed"], BuiltCommand.FilesOf(_folder.Path).Keys);
        Assert.Equal(Text, await File.ReadAllTextAsync(_folder.Combine("report.json"), Cancelled));
    }

    [Fact]
    public async Task Decrypt_CutStandardInput_WritesVerifiedChunksOnlyAndExits1()
    {
        string plain = string.Concat(Enumerable.Range(0, 40_000).Select(i => $"line {i}\n")); // several chunks of 64 KiB
        _folder.WriteText("long.txt", plain);
        await ShellAsync("\"$1\" encrypt - --key a.key < long.txt > long.sealed");
        CommandResult whole = await ShellAsync("\"$1\" decrypt - --key a.key < long.sealed");
        Assert.Equal((0, plain), (whole.ExitCode, whole.Output));

        CommandResult result = await ShellAsync("head -c 200000 long.sealed | \"$1\" decrypt - --key a.key");

        Assert.Equal(1, result.ExitCode);
        Assert.Equal(plain[..(3 * 65536)], result.Output);
        Assert.StartsWith("tars: error: standard input: byte ", result.Error, StringComparison.Ordinal);
        CommandResult file = await ShellAsync("head -c 200000 long.sealed | \"$1\" decrypt - --key a.key --output cut.txt");
        Assert.Equal((1, string.Empty), (file.ExitCode, file.Output));
        Assert.DoesNotContain(BuiltCommand.FilesOf(_folder.Path).Keys, name => name.Contains("cut", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("encrypt report.json")]
    [InlineData("decrypt report.json.sealed --output -")]
    public async Task Any_FullDeviceAsStandardOutput_Exits3(string arguments)
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        await RunAsync("encrypt", "report.json", "--key", "a.key");
        string output = arguments.Contains("--output", StringComparison.Ordinal) ? string.Empty : "--output -";
        CommandResult result = await ShellAsync($"\"$1\" {arguments} {output} --key a.key > /dev/full");
        Assert.Equal(3, result.ExitCode);
        Assert.Contains("to standard output: No space left on device", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encrypt_WhatCannotBeMeant_Exits2BeforeAnyWork()
    {
        _folder.WriteText("report.json.sealed", "before");
        _folder.WriteText("open.key", Hexadecimal("a"));
        WriteKey("short.key", "a");
        await File.WriteAllTextAsync(_folder.Combine("short.key"), Hexadecimal("a")[1..], Cancelled); // keeps the access rights
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("open.key"), UnixFileMode.UserRead | UnixFileMode.GroupRead);
        }

        SortedDictionary<string, byte[]> before = BuiltCommand.FilesOf(_folder.Path);
        (string Arguments, string Error)[] refusals =
        [
            ("report.json --key a.key", "report.json.sealed: it exists"),
            ("missing report.json --key a.key --output .", "missing: there is no such file"),
            ("report.json a.key --key a.key --output x", "--output x: one result is written there, and there are 2 files"),
            ("--key a.key", "a file is needed"),
            ("report.json --key a.key --output report.json", "report.json: the result would replace what is read"),
            ("report.json --key a.key --key a.key --output x", "is given twice"),
            ("report.json --key open.key --output x", "open.key: others may use it (--key)"),
            ("report.json --key short.key --output x", "short.key: it is no key"),
            ("report.json --key a.key --output /dev/full --force", "/dev/full: it is no file that can be replaced"),
            ("report.json --key a.key --output - -o json", "-o json: standard output gets the content"),
            ("report.json --output x", "no key is named"),
        ];
        foreach ((string arguments, string error) in refusals)
        {
            CommandResult result = await RunAsync(["encrypt", .. arguments.Split(' ')]);
            Assert.True(result.ExitCode == 2 && result.Output.Length == 0, $"{arguments}: {result.ExitCode} {result.Output}{result.Error}");
            Assert.Contains(error, result.Error, StringComparison.Ordinal);
            BuiltCommand.AssertSame(before, BuiltCommand.FilesOf(_folder.Path));
        }
    }

    [Fact]
    public async Task Decrypt_LegacyFileOfOpenssl_OpensWithTheWarning()
    {
        const string Vector = "000102030405060708090a0b0c0d0e0f";
        TestKit.CommandLine openssl = new(
            Executables.Require("openssl"), "enc", "-aes-256-cbc", "-K", Hexadecimal("a"), "-iv", Vector, "-in", _folder.Combine("report.json"), "-out", _folder.Combine("body"));
        CommandResult made = await openssl.RunAsync(Cancelled);
        Assert.True(made.ExitCode == 0, made.Error);
        await File.WriteAllBytesAsync(_folder.Combine("old.enc"), [.. Convert.FromHexString(Vector), .. await File.ReadAllBytesAsync(_folder.Combine("body"), Cancelled)], Cancelled);

        CommandResult result = await RunAsync("decrypt", "old.enc", "--legacy", "--key", "a.key");

        Assert.True(result.ExitCode == 0, result.Error);
        Assert.Contains("tars: warning: old.enc: nothing authenticates this file", result.Error, StringComparison.Ordinal);
        Assert.Equal(Text, await File.ReadAllTextAsync(_folder.Combine("old"), Cancelled));
        CommandResult asSealed = await RunAsync("decrypt", "old.enc", "--key", "a.key", "--output", "x");
        Assert.Equal((1, string.Empty), (asSealed.ExitCode, asSealed.Output));
    }

    [Fact]
    public async Task Rewrap_AfterARotation_OnlyTheNewKeyIsNamed()
    {
        KeyRing ring = new(_folder.Combine("keys"), TimeProvider.System);
        ring.Create();
        KeyEntry first = ring.CreateEncryption(null);
        Assert.Equal(0, (await RunAsync("encrypt", "report.json", "--key-ring", "keys")).ExitCode);
        CommandResult alone = await RunAsync("rewrap", "report.json.sealed", "--key-ring", "keys");
        Assert.Equal((2, string.Empty), (alone.ExitCode, alone.Output));
        KeyEntry second = ring.RotateEncryption(null).Added[0];
        File.Copy(_folder.Combine("report.json.sealed"), _folder.Combine("before.sealed"));

        CommandResult result = await RunAsync("rewrap", "report.json.sealed", "report.json", "--key-ring", "keys");

        Assert.Equal((1, $"rewrapped for {second.KeyId} version 2: 1; named none of the keys that go: 0; refused: 1\n"), (result.ExitCode, result.Output));
        Assert.StartsWith("tars: error: report.json: byte 0: ", result.Error, StringComparison.Ordinal);
        CommandResult opened = await RunAsync("decrypt", "report.json.sealed", "--key-ring", "keys", "--output", "-");
        Assert.Equal((0, Text), (opened.ExitCode, opened.Output));
        Assert.Equal($"tars: decrypted with key {second.KeyId} version 2\n", opened.Error);
        CommandResult old = await RunAsync("decrypt", "before.sealed", "--key-ring", "keys", "--output", "-");
        Assert.Equal($"tars: decrypted with key {first.KeyId} version 1\n", old.Error);
    }

    [Fact]
    public async Task Encrypt_InterruptedWhileStandardInputWaits_Exits130AndLeavesNothing()
    {
        Assert.SkipUnless(File.Exists("/bin/sleep"), "there is no sleep(1)");
        SortedDictionary<string, byte[]> before = BuiltCommand.FilesOf(_folder.Path);
        string unfinished = _folder.Combine(".out.sealed.tars-sealing");
        await using RunningCommand running = Shell("sleep 60 | exec \"$1\" encrypt - --key a.key --output out.sealed").Start();
        while (!File.Exists(unfinished) && !running.HasExited)
        {
            await Task.Delay(20, Cancelled);
        }

        string id = (await new TestKit.CommandLine("/usr/bin/env", "pgrep", "-P", $"{running.Id}", "-f", "encrypt - --key").RunAsync(Cancelled)).Output.Trim();
        Assert.NotEmpty(id);
        await new TestKit.CommandLine("/usr/bin/env", "kill", "-s", "INT", id).RunAsync(Cancelled);

        // The file is gone before the word about it is written: wait for both.
        for (int i = 0; i < 1000 && (File.Exists(unfinished) || !running.Error.Contains("interrupted", StringComparison.Ordinal)) && !running.HasExited; i++)
        {
            await Task.Delay(20, Cancelled);
        }

        BuiltCommand.AssertSame(before, BuiltCommand.FilesOf(_folder.Path));
        Assert.Contains("interrupted", running.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Task<CommandResult> RunAsync(params string[] arguments) => TarsProgram.RunAsync(_folder.Path, arguments);

    private Task<CommandResult> ShellAsync(string script) => Shell(script).RunAsync(Cancelled);

    private TestKit.CommandLine Shell(string script)
    {
        TestKit.CommandLine tars = TarsProgram.Command(_folder.Path);
        return tars with { Program = "/bin/sh", Arguments = ["-c", script, "sh", tars.Program] };
    }

    private void WriteKey(string file, string name)
    {
        string path = _folder.WriteText(file, Hexadecimal(name) + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static string Hexadecimal(string name) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)));

    private static async Task<string> RequirePythonAsync()
    {
        const string Needed = "Python's `cryptography` (Debian: python3-cryptography) is not installed";
        foreach (string python in new[] { "/usr/bin/python3", Executables.Find("python3") ?? string.Empty }.Where(File.Exists))
        {
            if ((await new TestKit.CommandLine(python, "-c", "import cryptography").RunAsync(Cancelled)).ExitCode == 0)
            {
                return python;
            }
        }

        Assert.SkipUnless(Environment.GetEnvironmentVariable(Executables.RequireVariable) == "1", Needed);
        Assert.Fail(Needed);
        return string.Empty;
    }
}
