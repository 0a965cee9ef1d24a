using System.Text;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;
using Tars.TestKit;
using Xunit;

namespace Tars.Sealing.OpenPgp.Tests.Keys;

public sealed class KeyRingTests(GpgHome home) : IClassFixture<GpgHome>
{
    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes(GpgHome.Passphrase);

    [Fact]
    public async Task ReadGnuPgHome_Keys_AreThoseGpgLists()
    {
        Executables.Require("gpg");
        CommandResult list = await home.GpgAsync("--with-colons", "--list-keys");
        string[] fingerprints = [.. list.Output.Split('\n').Where(line => line.StartsWith("pub:", StringComparison.Ordinal) || line.StartsWith("fpr:", StringComparison.Ordinal))
            .Select(line => line.Split(':')).SkipWhile(fields => fields[0] != "pub").Aggregate(
                (Found: new List<string>(), Next: false),
                (state, fields) =>
                {
                    if (fields[0] == "fpr" && state.Next)
                    {
                        state.Found.Add(fields[9]);
                    }

                    return (state.Found, fields[0] == "pub");
                }).Found];
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        Assert.Equal(fingerprints, keys.Keys.Select(key => key.Fingerprint));
        Assert.Equal(home.Addresses.Select(address => $"Test <{address}>"), keys.Keys.Select(key => key.UserIds.Single()));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.All(keys.Keys, key => Assert.True(key.CanEncrypt(now) && key.CanSign(now) && key.HasSecret && !key.IsRevoked && key.Expires is null));
    }

    [Theory]
    [InlineData("keys.gpg")]
    [InlineData("keys.asc")]
    public async Task ReadFile_ExportOfGpg_SecretsWork(string name)
    {
        Executables.Require("gpg");
        string path = home.File(name);
        List<string> armor = name.EndsWith(".asc", StringComparison.Ordinal) ? ["--armor"] : [];
        await home.GpgAsync([.. armor, "--output", path, "--export-secret-keys"]);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadFile(path);
        Assert.Equal(home.Addresses.Count, keys.Keys.Count);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        foreach (OpenPgpKey key in keys.Keys)
        {
            OpenPgpSigner signer = OpenPgpSigner.Unlock(key, Passphrase, now);
            byte[] signature = OpenPgpDetachedSignature.Sign(new MemoryStream([1, 2, 3]), signer, now, armor: false);
            Assert.IsType<OpenPgpSignatureVerdict.Good>(OpenPgpDetachedSignature.Verify(new MemoryStream([1, 2, 3]), new MemoryStream(signature), keys));
        }
    }

    [Fact]
    public async Task WriteFile_ReadByGpg_SameKeys()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        string path = home.File("written.asc");
        keys.WriteFile(path, withSecrets: true);
        CommandResult shown = await home.GpgAsync("--with-colons", "--show-keys", path);
        Assert.Equal(home.Addresses.Count, shown.Output.Split('\n').Count(line => line.StartsWith("pub:", StringComparison.Ordinal)));
        Assert.DoesNotContain("sec:", shown.Output, StringComparison.Ordinal); // secrets of a GnuPG home stay there
        Assert.Equal(keys.Keys.Select(key => key.Fingerprint), OpenPgpKeyRing.ReadFile(path).Keys.Select(key => key.Fingerprint));
    }

    [Fact]
    public async Task RefuseAt_RevokedOrExpired_SaysWhich()
    {
        Executables.Require("gpg");
        await using GpgHome other = new();
        await other.InitializeAsync();
        OpenPgpKey key = OpenPgpKeyRing.ReadGnuPgHome(other.Path).Matching("curve@example.com").Single();
        string revocation = Path.Combine(other.Path, "openpgp-revocs.d", key.Fingerprint + ".rev");
        string text = (await File.ReadAllTextAsync(revocation, TestContext.Current.CancellationToken)).Replace(":-----BEGIN", "-----BEGIN", StringComparison.Ordinal);
        await File.WriteAllTextAsync(revocation, text, TestContext.Current.CancellationToken);
        await other.GpgAsync("--import", revocation);
        await other.GpgAsync("--quick-set-expire", OpenPgpKeyRing.ReadGnuPgHome(other.Path).Matching("rsa@example.com").Single().Fingerprint, "1d");

        OpenPgpKeyRing after = OpenPgpKeyRing.ReadGnuPgHome(other.Path);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Assert.Equal("the key was revoked", after.Matching("curve@example.com").Single().RefuseAt(now));
        OpenPgpKey expiring = after.Matching("rsa@example.com").Single();
        Assert.Null(expiring.RefuseAt(now));
        Assert.StartsWith("the key expired on", expiring.RefuseAt(now.AddDays(2)), StringComparison.Ordinal);
        Assert.False(after.Matching("curve@example.com").Single().CanEncrypt(now));
    }

    [Fact]
    public void Matching_ShortId_NamesNothing()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        OpenPgpKey key = keys.Keys[0];
        Assert.Empty(keys.Matching(key.Fingerprint[^8..]));
        Assert.Same(key, keys.Matching(key.Fingerprint).Single());
        Assert.Same(key, keys.Matching("0x" + key.KeyId).Single());
        Assert.Same(key, keys.Matching("RSA@example.com").Single());
        Assert.Empty(keys.Matching("example.com"));
    }

    [Fact]
    public async Task ReadFile_SecretsOpenToOthers_Refused()
    {
        Executables.Require("gpg");
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no file modes");
            return;
        }

        string path = home.File("open.gpg");
        await home.GpgAsync("--output", path, "--export-secret-keys");
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        Assert.Contains("chmod 600", Assert.Throws<OpenPgpException>(() => OpenPgpKeyRing.ReadFile(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadFile_NoKeyring_SaysSo()
    {
        using TemporaryDirectory folder = new();
        string path = folder.WriteText("not.gpg", "this is text");
        Assert.Throws<OpenPgpException>(() => OpenPgpKeyRing.ReadFile(path));
        Assert.Throws<OpenPgpException>(() => OpenPgpKeyRing.ReadFile(folder.Combine("absent.gpg")));
        Assert.Throws<OpenPgpException>(() => OpenPgpKeyRing.ReadGnuPgHome(folder.Path));
    }

    [Fact]
    public async Task ReadFile_ForeignSubkey_IsNotAdopted()
    {
        Executables.Require("gpg");
        // The curve key's subkey is put behind the rsa key's packets, as a forger would.
        byte[] rsa = await ExportAsync("rsa@example.com");
        byte[] curve = await ExportAsync("curve@example.com");
        int subkey = IndexOfSubkey(curve);
        string path = home.File("forged.gpg");
        await File.WriteAllBytesAsync(path, [.. rsa, .. curve[subkey..]], TestContext.Current.CancellationToken);
        OpenPgpKey forged = OpenPgpKeyRing.ReadFile(path).Keys.Single();
        Assert.Equal(3, forged.Ring.GetPublicKeys().Count());
        Assert.Equal(2, forged.Parts.Count);
    }

    private async Task<byte[]> ExportAsync(string address)
    {
        await home.GpgAsync("--output", home.File("export"), "--export", address);
        return await File.ReadAllBytesAsync(home.File("export"), TestContext.Current.CancellationToken);
    }

    /// <summary>The offset of the first packet with tag 14, public subkey, in packets with old-format headers, as gpg writes them.</summary>
    private static int IndexOfSubkey(byte[] packets)
    {
        int at = 0;
        while (((packets[at] >> 2) & 0xF) != 14)
        {
            at += (packets[at] & 3) switch
            {
                0 => 2 + packets[at + 1],
                1 => 3 + ((packets[at + 1] << 8) | packets[at + 2]),
                _ => throw new InvalidOperationException("an export of gpg has short packets"),
            };
        }

        return at;
    }
}
