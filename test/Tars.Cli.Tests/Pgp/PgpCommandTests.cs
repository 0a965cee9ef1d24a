using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Pgp;

/// <summary><c>tars pgp</c> and the real gpg read what the other wrote.</summary>
public sealed class PgpCommandTests(GpgHome home) : IClassFixture<GpgHome>, IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1, false, "zip", null)]
    [InlineData(1, true, "none", "rsa@example.com")]
    [InlineData(5, true, "zlib", null)]
    [InlineData(5, false, "none", "locked@example.com")]
    public async Task Encrypt_ToOneAndFive_GpgOpensAndKnowsTheSigner(int recipients, bool armor, string compression, string? signer)
    {
        byte[] content = await PrepareAsync();
        string[] to = [.. home.Addresses.Take(recipients).SelectMany(address => (string[])["--to", address])];
        string[] sign = signer is null ? [] : ["--sign", "--key", signer, "--passphrase-file", "passphrase"];
        await GoodAsync(["pgp", "encrypt", "report.bin", .. to, .. sign, .. armor ? ["--armor"] : Array.Empty<string>(), "--compress", compression, "--pgp-home", home.Path]);

        string message = _folder.Combine(armor ? "report.bin.asc" : "report.bin.pgp");
        CommandResult gpg = await home.GpgAsync("--status-fd", "2", "--output", _folder.Combine("opened"), "--decrypt", message);
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.Combine("opened"), TestContext.Current.CancellationToken));
        Assert.Equal(recipients, gpg.Error.Split("[GNUPG:] ENC_TO").Length - 1);
        Assert.Equal(signer is not null, gpg.Error.Contains("[GNUPG:] GOODSIG", StringComparison.Ordinal));
        Assert.Equal(armor, (await File.ReadAllTextAsync(message, TestContext.Current.CancellationToken)).StartsWith("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false, "zip", null)]
    [InlineData(true, "none", "curve@example.com")]
    [InlineData(false, "zlib", "nist@example.com")]
    public async Task Decrypt_OfGpg_GivesTheContentAndTheSigner(bool armor, string compression, string? signer)
    {
        byte[] content = await PrepareAsync();
        string[] to = [.. home.Addresses.SelectMany(address => (string[])["--recipient", address])];
        await home.GpgAsync([
            "--output", _folder.Combine("theirs.pgp"), "--compress-algo", compression, .. armor ? ["--armor"] : Array.Empty<string>(), .. to,
            .. signer is null ? ["--encrypt"] : (string[])["--local-user", signer, "--sign", "--encrypt"], _folder.Combine("report.bin")]);

        CommandResult result = await GoodAsync("pgp", "decrypt", "theirs.pgp", "--pgp-home", home.Path, "--passphrase-file", "passphrase", "-o", "json");
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.Combine("theirs"), TestContext.Current.CancellationToken));
        JsonNode signature = JsonNode.Parse(result.Output)!["files"]![0]!["signature"]!;
        Assert.Equal(signer is null ? "none" : "good", (string?)signature["state"]);
        Assert.Equal(signer is null ? [] : [$"Test <{signer}>"], signature["user_ids"]!.AsArray().Select(name => (string?)name));

        // Asked for a signature by one key, only that one will do.
        CommandResult by = await RunAsync("pgp", "decrypt", "theirs.pgp", "--output", "by", "--signed-by", "curve@example.com", "--pgp-home", home.Path, "--passphrase-file", "passphrase");
        Assert.Equal(signer == "curve@example.com" ? 0 : 1, by.ExitCode);
        Assert.Equal(signer == "curve@example.com", File.Exists(_folder.Combine("by")));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sign_DetachedAndInline_GpgVerifiesAndSoDoWe(bool armor)
    {
        byte[] content = await PrepareAsync();
        string[] how = ["--key", "locked@example.com", "--passphrase-file", "passphrase", "--pgp-home", home.Path, .. armor ? ["--armor"] : Array.Empty<string>()];
        await GoodAsync(["pgp", "sign", "report.bin", "--output", "inline.pgp", .. how]);
        await home.GpgAsync("--status-fd", "2", "--output", _folder.Combine("opened"), "--decrypt", _folder.Combine("inline.pgp"));
        Assert.Equal(content, await File.ReadAllBytesAsync(_folder.Combine("opened"), TestContext.Current.CancellationToken));

        await GoodAsync(["pgp", "sign", "report.bin", "--detached", .. how]);
        string signature = armor ? "report.bin.asc" : "report.bin.sig";
        CommandResult gpg = await home.GpgAsync("--status-fd", "2", "--verify", _folder.Combine(signature), _folder.Combine("report.bin"));
        Assert.Contains("[GNUPG:] VALIDSIG", gpg.Error, StringComparison.Ordinal);

        CommandResult ours = await GoodAsync("pgp", "verify", "report.bin", "--pgp-home", home.Path, "--signed-by", "locked@example.com");
        Assert.Contains($"holds: report.bin\n  {signature}: signed by ", ours.Output, StringComparison.Ordinal);
        Assert.Contains("Test <locked@example.com> at 20", ours.Output, StringComparison.Ordinal);
        await GoodAsync("pgp", "verify", "inline.pgp", signature, "--pgp-home", home.Path);

        // One bit of the file: which key's signature it is, and of which file.
        content[1000] ^= 1;
        await File.WriteAllBytesAsync(_folder.Combine("report.bin"), content, TestContext.Current.CancellationToken);
        CommandResult changed = await RunAsync("pgp", "verify", "report.bin", "--pgp-home", home.Path);
        Assert.Equal(1, changed.ExitCode);
        Assert.Contains($"DOES NOT HOLD: report.bin\n  {signature}: the content is not what key ", changed.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--detach-sign", "report.bin")]
    [InlineData("--sign", "theirs.sig")]
    public async Task Verify_OfGpg_TellsByWhomAndAnotherKeyIsNotTaken(string kind, string verified)
    {
        await PrepareAsync();
        await home.GpgAsync("--output", _folder.Combine("theirs.sig"), "--local-user", "rsa@example.com", kind, _folder.Combine("report.bin"));
        string[] signature = kind == "--detach-sign" ? ["--signature", "theirs.sig"] : [];
        CommandResult good = await GoodAsync(["pgp", "verify", verified, .. signature, "--pgp-home", home.Path, "-o", "json"]);
        JsonNode json = JsonNode.Parse(good.Output)!;
        Assert.True((bool)json["verified"]!);
        Assert.Equal("Test <rsa@example.com>", (string?)json["checked"]![0]!["signature"]!["user_ids"]![0]);

        CommandResult other = await RunAsync(["pgp", "verify", verified, .. signature, "--pgp-home", home.Path, "--signed-by", "curve@example.com"]);
        Assert.Equal(1, other.ExitCode);
        Assert.EndsWith("is expected\n", other.Output, StringComparison.Ordinal);

        await home.GpgAsync("--output", _folder.Combine("others.asc"), "--armor", "--export", "curve@example.com");
        CommandResult unknown = await RunAsync(["pgp", "verify", verified, .. signature, "--keyring", "others.asc"]);
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("which is not among the keys at hand", unknown.Output, StringComparison.Ordinal);
    }

    // Old packets of a signature begin with 0x88 to 0x8b, new ones with 0xc2: every PNG is one of them at its first byte.
    [Theory]
    [InlineData("89504e470d0a1a0a")]
    [InlineData("88")]
    [InlineData("8a")]
    [InlineData("8b")]
    [InlineData("c2")]
    [InlineData("c2ff0000")]
    [InlineData("c20f04000108")]
    [InlineData("98")]
    [InlineData("d2")]
    public async Task Verify_DataThatBeginsLikeAPacket_IsVerifiedByWhatLiesBesideIt(string beginning)
    {
        byte[] content = [.. Convert.FromHexString(beginning), .. await PrepareAsync()];
        string path = _folder.Combine("chart.png");
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        await home.GpgAsync("--output", path + ".sig", "--local-user", "rsa@example.com", "--detach-sign", path);

        CommandResult good = await GoodAsync("pgp", "verify", "chart.png", "--pgp-home", home.Path);
        Assert.StartsWith("holds: chart.png\n  chart.png.sig: signed by ", good.Output, StringComparison.Ordinal);
        content[^1] ^= 1;
        await File.WriteAllBytesAsync(path, content, TestContext.Current.CancellationToken);
        CommandResult changed = await RunAsync("pgp", "verify", "chart.png", "--pgp-home", home.Path);
        Assert.StartsWith("DOES NOT HOLD: chart.png\n  chart.png.sig: the content is not what key ", changed.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_TextThatQuotesASignedMessage_IsNotTakenForIt()
    {
        await PrepareAsync();
        await home.GpgAsync("--output", _folder.Combine("signed.asc"), "--armor", "--local-user", "rsa@example.com", "--sign", _folder.Combine("report.bin"));
        string quoted = await File.ReadAllTextAsync(_folder.Combine("signed.asc"), TestContext.Current.CancellationToken);
        _folder.WriteText("contract.txt", "I owe you a million.\n\n" + quoted);

        await GoodAsync("pgp", "verify", "signed.asc", "--pgp-home", home.Path);
        CommandResult refused = await RunAsync("pgp", "verify", "contract.txt", "--pgp-home", home.Path);
        Assert.Equal((1, "DOES NOT HOLD: contract.txt\n  it is not signed: it is no signed message, and no signature lies beside it\n"), (refused.ExitCode, refused.Output));
    }

    [Fact]
    public async Task Decrypt_EachDamage_ExitsWithItsCodeAndReleasesNothing()
    {
        await PrepareAsync();
        await GoodAsync("pgp", "encrypt", "report.bin", "--to", "rsa@example.com", "--pgp-home", home.Path, "--compress", "none", "--output", "good.pgp");
        byte[] message = await File.ReadAllBytesAsync(_folder.Combine("good.pgp"), TestContext.Current.CancellationToken);
        Random random = new(Seeds.Draw());
        for (int i = 0; i < 8; i++)
        {
            byte[] damaged = i % 2 == 0 ? [.. message[..random.Next(700, message.Length - 1)]] : [.. message];
            if (i % 2 == 1)
            {
                damaged[random.Next(700, damaged.Length)] ^= (byte)(1 << random.Next(8));
            }

            await File.WriteAllBytesAsync(_folder.Combine("bad.pgp"), damaged, TestContext.Current.CancellationToken);
            foreach (string output in (string[])["opened", "-"])
            {
                CommandResult refused = await RunAsync("pgp", "decrypt", "bad.pgp", "--output", output, "--pgp-home", home.Path);
                Assert.Equal((1, string.Empty), (refused.ExitCode, refused.Output));
                Assert.StartsWith("tars: error: bad.pgp: ", refused.Error, StringComparison.Ordinal);
            }
        }

        Assert.Equal(["bad.pgp", "good.pgp", "passphrase", "report.bin", "wrong"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("opened")]
    [InlineData("-")]
    public async Task Decrypt_CompressionBombOfGpg_StopsAndLeavesNothing(string output)
    {
        await PrepareAsync();
        string zeros = _folder.Combine("zeros");
        await File.WriteAllBytesAsync(zeros, new byte[32 << 20], TestContext.Current.CancellationToken);
        await home.GpgAsync("--output", _folder.Combine("bomb.pgp"), "--compress-algo", "bzip2", "--recipient", "rsa@example.com", "--encrypt", zeros);
        await home.GpgAsync("--output", _folder.Combine("signed.pgp"), "--compress-algo", "bzip2", "--local-user", "rsa@example.com", "--sign", zeros);

        CommandResult refused = await RunAsync("pgp", "decrypt", "bomb.pgp", "--output", output, "--max-size", "1MiB", "--pgp-home", home.Path);
        Assert.Equal((1, string.Empty), (refused.ExitCode, refused.Output));
        Assert.StartsWith("tars: error: bomb.pgp: its content is larger than 1MiB", refused.Error, StringComparison.Ordinal);
        Assert.Contains("raise the limit with --max-size", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("opened")));
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(_folder.Path), path => path.EndsWith("tmp", StringComparison.Ordinal));

        CommandResult verified = await RunAsync("pgp", "verify", "signed.pgp", "--max-size", "1MiB", "--pgp-home", home.Path);
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("larger than 1MiB", verified.Output, StringComparison.Ordinal);
        await GoodAsync("pgp", "decrypt", "bomb.pgp", "--output", "opened", "--pgp-home", home.Path);
        await ExpectAsync(2, "--max-size: 'much' is no size", "pgp", "decrypt", "bomb.pgp", "--output", "x", "--max-size", "much", "--pgp-home", home.Path);
    }

    [Fact]
    public async Task Keys_MissingLockedAndAmbiguous_AreToldWithTheWayOut()
    {
        await PrepareAsync();
        await GoodAsync("pgp", "encrypt", "report.bin", "--to", "locked@example.com", "--pgp-home", home.Path);
        await ExpectAsync(2, "the passphrase is wrong", "pgp", "decrypt", "report.bin.pgp", "--output", "opened", "--pgp-home", home.Path, "--passphrase-file", "wrong");
        await ExpectAsync(2, "a passphrase protects the secret key", "pgp", "decrypt", "report.bin.pgp", "--output", "opened", "--pgp-home", home.Path);
        await home.GpgAsync("--output", _folder.Combine("one.gpg"), "--export", "rsa@example.com");
        await ExpectAsync(2, "it is encrypted to other keys than those at hand: ", "pgp", "decrypt", "report.bin.pgp", "--output", "opened", "--keyring", "one.gpg");
        await ExpectAsync(2, "--to nobody@example.com: none of the 5 keys at hand", "pgp", "encrypt", "report.bin", "--to", "nobody@example.com", "--output", "x", "--pgp-home", home.Path);
        await ExpectAsync(2, "eight digits name nothing", "pgp", "encrypt", "report.bin", "--to", "01234567", "--output", "x", "--pgp-home", home.Path);
        await ExpectAsync(2, "5 keys could sign: \ntars: error:   ", "pgp", "sign", "report.bin", "--output", "x", "--pgp-home", home.Path);
        await ExpectAsync(2, "no OpenPGP keys are named", "pgp", "encrypt", "report.bin", "--to", "rsa@example.com", "--output", "x");
        await ExpectAsync(2, "it is encrypted, and whether it is signed is seen only inside", "pgp", "verify", "report.bin.pgp", "--pgp-home", home.Path);

        // A second key with the same address, as an impostor makes it.
        string impostor = _folder.Combine("impostor");
        Directory.CreateDirectory(impostor);
        OwnerOnly(impostor, UnixFileMode.UserExecute);
        string[] gpg = ["--homedir", impostor, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""];
        foreach (string[] arguments in (string[][])[["--quick-gen-key", "Test <rsa@example.com>", "ed25519", "sign", "never"], ["--output", _folder.Combine("other.gpg"), "--export"]])
        {
            CommandResult made = await new TestKit.CommandLine(Executables.Require("gpg"), [.. gpg, .. arguments]).RunAsync(TestContext.Current.CancellationToken);
            Assert.True(made.ExitCode == 0, made.Error);
        }

        await new TestKit.CommandLine(Executables.Require("gpgconf"), "--homedir", impostor, "--kill", "all").RunAsync(TestContext.Current.CancellationToken);
        CommandResult ambiguous = await ExpectAsync(
            2, "--to rsa@example.com: 2 keys are named so: ", "pgp", "encrypt", "report.bin", "--to", "rsa@example.com", "--output", "x", "--keyring", "one.gpg", "--keyring", "other.gpg");
        Assert.Equal(2, ambiguous.Error.Split("Test <rsa@example.com>").Length - 1);
        Assert.Contains("name one by its fingerprint", ambiguous.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder.Combine("x")) || File.Exists(_folder.Combine("opened")));
    }

    [Fact]
    public async Task Import_PublicAndSecret_ListShowsThemAndTheHomeIsUntouched()
    {
        await PrepareAsync();
        byte[] before = await File.ReadAllBytesAsync(Path.Combine(home.Path, "pubring.kbx"), TestContext.Current.CancellationToken);
        await home.GpgAsync("--output", _folder.Combine("public.asc"), "--armor", "--export", "rsa@example.com", "curve@example.com");
        await home.GpgAsync("--output", _folder.Combine("secret.gpg"), "--export-secret-keys", "locked@example.com");
        OwnerOnly(_folder.Combine("secret.gpg"));

        CommandResult imported = await GoodAsync("pgp", "import", "public.asc", "--keyring", "ring.asc");
        Assert.EndsWith("ring.asc holds 2 keys\n", imported.Output, StringComparison.Ordinal);
        CommandResult left = await GoodAsync("pgp", "import", "secret.gpg", "--keyring", "ring.asc");
        Assert.Contains("secret keys were left out", left.Error, StringComparison.Ordinal);
        await ExpectAsync(2, "none of the keys at hand has a secret part", "pgp", "sign", "report.bin", "--output", "x", "--keyring", "ring.asc");
        await GoodAsync("pgp", "import", "secret.gpg", "--secret", "--keyring", "ring.asc");
        Assert.True(OperatingSystem.IsWindows() || File.GetUnixFileMode(_folder.Combine("ring.asc")) == (UnixFileMode.UserRead | UnixFileMode.UserWrite));
        await GoodAsync("pgp", "sign", "report.bin", "--detached", "--keyring", "ring.asc", "--passphrase-file", "passphrase");

        JsonArray keys = JsonNode.Parse((await GoodAsync("pgp", "list", "--keyring", "ring.asc", "-o", "json")).Output)!["keys"]!.AsArray();
        Assert.Equal(["Test <rsa@example.com>", "Test <curve@example.com>", "Test <locked@example.com>"], keys.Select(key => (string?)key!["user_ids"]![0]));
        Assert.Equal([false, false, true], keys.Select(key => (bool)key!["secret"]!));
        CommandResult table = await GoodAsync("pgp", "list", "--keyring", "ring.asc");
        Assert.Contains("never    yes     encrypts, signs", table.Output, StringComparison.Ordinal);
        CommandResult gpg = await home.GpgAsync("--with-colons", "--show-keys", _folder.Combine("ring.asc"));
        Assert.All(keys, key => Assert.Contains((string)key!["fingerprint"]!, gpg.Output, StringComparison.Ordinal));
        await ExpectAsync(2, "a GnuPG home is not written", "pgp", "import", "public.asc", "--set", $"security.pgp_home_dir={home.Path}");
        Assert.Equal(before, await File.ReadAllBytesAsync(Path.Combine(home.Path, "pubring.kbx"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Streams_StandardInputToOutput_ThereAndBack()
    {
        await PrepareAsync();
        _folder.WriteText("tars.yaml", $"security:\n  pgp_home_dir: {home.Path}\n  pgp_key_id: {await FingerprintAsync("locked@example.com")}\n  pgp_passphrase: ${{PGP_SECRET}}\n");
        TestKit.CommandLine line = BuiltCommand.Line(_folder.Path, "pgp", "encrypt", "-", "--sign", "--armor");
        Dictionary<string, string?> environment = new(line.Environment) { ["PGP_SECRET"] = GpgHome.Passphrase };
        CommandResult message = await (line with { Input = "figures\n", Environment = environment }).RunAsync(TestContext.Current.CancellationToken);
        Assert.True(message.ExitCode == 0, message.Error);
        TestKit.CommandLine back = BuiltCommand.Line(_folder.Path, "pgp", "decrypt", "-", "--signed-by", "locked@example.com");
        CommandResult opened = await (back with { Input = message.Output, Environment = environment }).RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal((0, "figures\n"), (opened.ExitCode, opened.Output));
        Assert.Contains("signed by ", opened.Error, StringComparison.Ordinal);
    }

    private async Task<string> FingerprintAsync(string address) =>
        (await home.GpgAsync("--with-colons", "--list-keys", address)).Output.Split('\n').First(text => text.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];

    private async Task<byte[]> PrepareAsync()
    {
        Executables.Require("gpg");
        byte[] content = RandomNumberGenerator.GetBytes(70_001);
        await File.WriteAllBytesAsync(_folder.Combine("report.bin"), content, TestContext.Current.CancellationToken);
        foreach ((string name, string text) in ((string, string)[])[("passphrase", GpgHome.Passphrase), ("wrong", "battery staple")])
        {
            _folder.WriteText(name, text + "\n");
            OwnerOnly(_folder.Combine(name));
        }

        return content;
    }

    private static void OwnerOnly(string path, UnixFileMode more = UnixFileMode.None)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | more);
        }
    }

    private async Task<CommandResult> GoodAsync(params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.True(result.ExitCode == 0, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}\n{result.Output}{result.Error}");
        return result;
    }

    private async Task<CommandResult> ExpectAsync(int exitCode, string error, params string[] arguments)
    {
        CommandResult result = await RunAsync(arguments);
        Assert.Equal((exitCode, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(error, result.Error, StringComparison.Ordinal);
        return result;
    }

    private Task<CommandResult> RunAsync(params string[] arguments) => BuiltCommand.RunAsync(_folder.Path, arguments);
}
