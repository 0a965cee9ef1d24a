using System.Text.Json.Nodes;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Sealing;

/// <summary><c>tars keys</c>, <c>sign</c> and <c>verify</c> as a user meets them over the years of a key.</summary>
public sealed class KeysCommandTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Rotate_Signing_OldSignaturesHoldAndTheTransitionIsSigned()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        _folder.WriteText("a/old.txt", "old");
        _folder.WriteText("b/new.txt", "new");
        await HoldsAsync("sign", "a/old.txt");
        string[] oldKey = [await IdAsync("rsa-pss-sha256"), await IdAsync("ecdsa-p256-sha256")];
        CommandResult rotated = await HoldsAsync("keys", "rotate", "signing", "--reason", "yearly");
        Assert.Contains("the statement of the transition is ", rotated.Output, StringComparison.Ordinal);
        await HoldsAsync("sign", "b/new.txt");

        await HoldsAsync("verify", "a/old.txt", "b/new.txt");
        await AuditorFollowsTheTransitionAsync(oldKey);
        Assert.Equal(["1", "1", "2", "2"], (await KeysAsync()).Where(key => (string)key["purpose"]! == "signing").Select(key => key["version"]!.ToString()).Order(StringComparer.Ordinal));
        string signer = (string)JsonNode.Parse(await File.ReadAllTextAsync(_folder.Combine("b", "new.txt.dsse.json"), TestContext.Current.CancellationToken))!["signatures"]![0]!["keyid"]!;
        Assert.Equal(2, (await KeysAsync()).Where(key => (string)key["key_id"]! == signer).Select(key => (int)key["version"]!).Single());
    }

    [Fact]
    public async Task Revoke_Compromised_NothingOfTheKeyIsBelieved()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        _folder.WriteText("a.txt", "a");
        await HoldsAsync("sign", "a.txt");
        foreach (JsonObject key in await KeysAsync())
        {
            await HoldsAsync("keys", "revoke", (string)key["key_id"]!, "--reason", "compromised", "--comment", "laptop lost");
        }

        CommandResult verified = await RunAsync("verify", "a.txt");
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("revoked", verified.Output, StringComparison.Ordinal);
        CommandResult signed = await RunAsync("sign", "a.txt", "--detached");
        Assert.Equal(2, signed.ExitCode);
        Assert.False(File.Exists(_folder.Combine("a.txt.sig")));
    }

    [Fact]
    public async Task Revoke_ForNoKnownReason_Exits2AndNamesTheReasons()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        CommandResult refused = await RunAsync("keys", "revoke", await IdAsync("ecdsa-p256-sha256"), "--reason", "bored");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("compromised, superseded or discontinued", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Retire_EncryptionKeyThatAFileNames_IsRefusedUntilRewrapped()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        string old = await IdAsync("aes-256");
        _folder.WriteText("files/a.txt", "a");
        await HoldsAsync("encrypt", "files/a.txt");
        await HoldsAsync("keys", "rotate", "encryption");

        CommandResult refused = await RunAsync("keys", "retire", old, "files");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("a.txt.sealed", refused.Error, StringComparison.Ordinal);

        await HoldsAsync("rewrap", "files");
        CommandResult retired = await HoldsAsync("keys", "retire", old, "files");
        Assert.Contains("1 sealed files were looked at; none names it", retired.Output, StringComparison.Ordinal);
        await HoldsAsync("decrypt", "files/a.txt.sealed", "--output", "again.txt");
        Assert.Equal("a", await File.ReadAllTextAsync(_folder.Combine("again.txt"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sign_WithARetiredKeyOnly_Exits2()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        foreach (JsonObject key in (await KeysAsync()).Where(key => (string)key["purpose"]! == "signing"))
        {
            await HoldsAsync("keys", "retire", (string)key["key_id"]!);
        }

        _folder.WriteText("a.txt", "a");
        CommandResult refused = await RunAsync("sign", "a.txt");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("`tars keys create signing` makes the pair", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Passphrase_WrongOrMissing_OpensNothingAndIsNeverShown()
    {
        _folder.WriteText("right", "correct horse battery\n");
        _folder.WriteText("wrong", "incorrect horse battery\n");
        Close("right", "wrong");
        await HoldsAsync("keys", "create", "signing", "--passphrase-file", "right");
        _folder.WriteText("a.txt", "a");
        foreach (string[] passphrase in (string[][])[[], ["--passphrase-file", "wrong"]])
        {
            CommandResult refused = await RunAsync(["sign", "a.txt", .. passphrase]);
            Assert.Equal(2, refused.ExitCode);
            Assert.DoesNotContain("horse", refused.Output + refused.Error, StringComparison.Ordinal);
            Assert.False(File.Exists(_folder.Combine("a.txt.dsse.json")));
        }

        await HoldsAsync("sign", "a.txt", "--passphrase-file", "right");
        await HoldsAsync("verify", "a.txt");
    }

    [Fact]
    public async Task Import_KeysMadeByOpenssl_SignAndTheirPublicHalvesAreBelieved()
    {
        string openssl = Executables.Require("openssl");
        foreach (string[] arguments in (string[][])
            [
                ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:4096", "-out", "rsa.pem"],
                ["rsa", "-in", "rsa.pem", "-traditional", "-out", "rsa1.pem"],
                ["pkey", "-in", "rsa.pem", "-pubout", "-out", "rsa.pub"],
                ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", "short.pem"],
            ])
        {
            CommandResult made = await new TestKit.CommandLine(openssl, arguments) { WorkingDirectory = _folder.Path }.RunAsync(TestContext.Current.CancellationToken);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        await HoldsAsync("keys", "import", "rsa1.pem");
        CommandResult exported = await HoldsAsync("keys", "export", await IdAsync("rsa-pss-sha256"));
        Assert.Equal((await File.ReadAllTextAsync(_folder.Combine("rsa.pub"), TestContext.Current.CancellationToken)).ReplaceLineEndings("\n"), exported.Output);
        _folder.WriteText("a.txt", "a");
        await HoldsAsync("sign", "a.txt");
        await HoldsAsync("verify", "a.txt", "--key", "rsa.pub");

        CommandResult refused = await RunAsync("keys", "import", "short.pem");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("2048", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Secret_GoesToAFileOfItsOwnersOnly()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        string id = await IdAsync("aes-256");
        CommandResult refused = await RunAsync("keys", "export", id, "--secret");
        Assert.Equal((2, string.Empty), (refused.ExitCode, refused.Output));
        await HoldsAsync("keys", "export", id, "--secret", "--output", "out.key");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine("out.key")));
        }

        _folder.WriteText("a.txt", "a");
        await HoldsAsync("encrypt", "a.txt");
        await HoldsAsync("decrypt", "a.txt.sealed", "--key", "out.key", "--output", "b.txt");
    }

    [Fact]
    public async Task Verify_SignatureOfAnotherKey_Exits1AndSaysWhoseItIs()
    {
        MadeRing.CopyTo(_folder.Combine("keys"));
        _folder.WriteText("a.txt", "a");
        await HoldsAsync("sign", "--detached", "a.txt");
        CommandResult other = await BuiltCommand.RunAsync(_folder.Path, "keys", "create", "signing", "--ring", "others");
        Assert.Equal(0, other.ExitCode);
        CommandResult refused = await BuiltCommand.RunAsync(_folder.Path, "verify", "a.txt", "--ring", "others");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("DOES NOT HOLD: a.txt", refused.Output, StringComparison.Ordinal);
        Assert.Contains((await IdAsync("rsa-pss-sha256"))[..16], refused.Output.Replace(" ", string.Empty, StringComparison.Ordinal), StringComparison.Ordinal);
    }

    /// <summary>Who has only the old public keys believes the new ones once the statement lies beside them, and not before.</summary>
    private async Task AuditorFollowsTheTransitionAsync(string[] oldKeys)
    {
        Directory.CreateDirectory(_folder.Combine("trust"));
        foreach (string id in oldKeys)
        {
            await HoldsAsync("keys", "export", id, "--output", $"trust/{id}.pub");
        }

        Assert.Equal(1, (await RunAsync("verify", "b/new.txt", "--trust", "trust")).ExitCode);
        string statement = Assert.Single(Directory.GetFiles(_folder.Combine("keys", "transitions")));
        byte[] content = await File.ReadAllBytesAsync(statement, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder.Combine("trust", "transition.dsse.json"), content, TestContext.Current.CancellationToken);
        await HoldsAsync("verify", "b/new.txt", "--trust", "trust");
        content[content.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(_folder.Combine("trust", "transition.dsse.json"), content, TestContext.Current.CancellationToken);
        Assert.Equal(1, (await RunAsync("verify", "b/new.txt", "--trust", "trust")).ExitCode);
    }

    private static void CloseFile(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private void Close(params string[] names)
    {
        foreach (string name in names)
        {
            CloseFile(_folder.Combine(name));
        }
    }

    private async Task<JsonObject[]> KeysAsync()
    {
        JsonNode list = JsonNode.Parse((await HoldsAsync("keys", "list", "-o", "json")).Output)!;
        return [.. list["keys"]!.AsArray().Select(key => key!.AsObject())];
    }

    private async Task<string> IdAsync(string algorithm) => (await KeysAsync()).Where(key => (string)key["algorithm"]! == algorithm).Select(key => (string)key["key_id"]!).First();

    private async Task<CommandResult> HoldsAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        return result;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, [.. arguments, "--set", $"security.key_ring={_folder.Combine("keys")}"]);
}
