using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;
using Tars.TestKit;
using Xunit;

namespace Tars.Sealing.OpenPgp.Tests.Messages;

/// <summary>gpg opens ours and we open gpg's: sizes, armour, compression, one to five recipients, signed or not. gpg is the oracle.</summary>
public sealed class GpgAgreementTests(GpgHome home) : IClassFixture<GpgHome>
{
    private static readonly string[] Compressions = ["none", "zip", "zlib"];

    // TARS_PGP_COUNT raises the number of drawn cases; bench/long/pgp.sh sets it.
    private static int Count =>
        int.TryParse(Environment.GetEnvironmentVariable("TARS_PGP_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture, out int count) ? count : 12;

    [Fact]
    public async Task Encrypt_DrawnCases_GpgOpensThem()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        Random random = new(Seeds.Draw());
        for (int i = 0; i < Count; i++)
        {
            DrawnCase drawn = DrawnCase.Draw(random, i, home);
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            OpenPgpKey signer = keys.Matching(drawn.Signer ?? "rsa@example.com").Single();
            OpenPgpEncryption encryption = new([.. drawn.Recipients.Select(address => keys.Matching(address).Single())], now)
            {
                Armor = drawn.Armor,
                Compression = Enum.Parse<OpenPgpCompression>(drawn.Compression, ignoreCase: true),
                Signer = drawn.Signer is null ? null : OpenPgpSigner.Unlock(signer, Encoding.UTF8.GetBytes(GpgHome.Passphrase), now),
            };
            using (FileStream output = File.Create(home.File("ours.pgp")))
            {
                OpenPgpMessage.Encrypt(new MemoryStream(drawn.Content), output, encryption);
            }

            CommandResult gpg = await home.GpgAsync("--status-fd", "2", "--output", home.File("opened"), "--decrypt", home.File("ours.pgp"));
            Assert.True(File.ReadAllBytes(home.File("opened")).AsSpan().SequenceEqual(drawn.Content), drawn.ToString());
            Assert.Equal(drawn.Armor, File.ReadAllText(home.File("ours.pgp")).StartsWith("-----BEGIN PGP MESSAGE-----", StringComparison.Ordinal));
            Assert.Equal(drawn.Signer is not null, gpg.Error.Contains("[GNUPG:] GOODSIG", StringComparison.Ordinal));
            Assert.Equal(drawn.Recipients.Length, gpg.Error.Split("[GNUPG:] ENC_TO").Length - 1);
        }
    }

    [Fact]
    public async Task Open_DrawnCasesOfGpg_ContentAndSignature()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        Random random = new(Seeds.Draw());
        for (int i = 0; i < Count; i++)
        {
            DrawnCase drawn = DrawnCase.Draw(random, i, home);
            await File.WriteAllBytesAsync(home.File("plain"), drawn.Content, TestContext.Current.CancellationToken);
            List<string> arguments = ["--output", home.File("theirs.pgp"), "--compress-algo", drawn.Compression];
            arguments.AddRange(drawn.Armor ? ["--armor"] : []);
            arguments.AddRange(drawn.Recipients.SelectMany(address => (string[])["--recipient", address]));
            arguments.AddRange(drawn.Signer is null ? ["--encrypt"] : ["--local-user", drawn.Signer, "--sign", "--encrypt"]);
            await home.GpgAsync([.. arguments, home.File("plain")]);

            using MemoryStream opened = new();
            using FileStream message = File.OpenRead(home.File("theirs.pgp"));
            OpenPgpOpening answer = OpenPgpMessage.Open(message, opened, keys, Encoding.UTF8.GetBytes(GpgHome.Passphrase));
            OpenPgpOpening.Opened whole = Assert.IsType<OpenPgpOpening.Opened>(answer);
            Assert.True(opened.ToArray().AsSpan().SequenceEqual(drawn.Content), drawn.ToString());
            if (drawn.Signer is null)
            {
                Assert.IsType<OpenPgpSignatureVerdict.Unsigned>(whole.Signature);
            }
            else
            {
                OpenPgpSignatureVerdict.Good good = Assert.IsType<OpenPgpSignatureVerdict.Good>(whole.Signature);
                Assert.Contains($"<{drawn.Signer}>", good.Key.UserIds.Single(), StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("rsa@example.com", false)]
    [InlineData("curve@example.com", true)]
    [InlineData("nist@example.com", true)]
    [InlineData("locked@example.com", false)]
    public async Task DetachedSignature_BothDirections_Good(string address, bool armor)
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] content = RandomNumberGenerator.GetBytes(70_001);
        await File.WriteAllBytesAsync(home.File("data"), content, TestContext.Current.CancellationToken);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        OpenPgpSigner signer = OpenPgpSigner.Unlock(keys.Matching(address).Single(), Encoding.UTF8.GetBytes(GpgHome.Passphrase), now);

        await File.WriteAllBytesAsync(
            home.File("data.sig"), OpenPgpDetachedSignature.Sign(new MemoryStream(content), signer, now, armor), TestContext.Current.CancellationToken);
        CommandResult gpg = await home.GpgAsync("--status-fd", "2", "--verify", home.File("data.sig"), home.File("data"));
        Assert.Contains("[GNUPG:] VALIDSIG " + signer.Key.Fingerprint, gpg.Error, StringComparison.Ordinal);

        await home.GpgAsync([.. armor ? ["--armor"] : Array.Empty<string>(), "--local-user", address, "--output", home.File("gpg.sig"), "--detach-sign", home.File("data")]);
        using (FileStream theirs = File.OpenRead(home.File("gpg.sig")))
        {
            Assert.IsType<OpenPgpSignatureVerdict.Good>(OpenPgpDetachedSignature.Verify(new MemoryStream(content), theirs, keys));
        }

        content[^1] ^= 1;
        using (FileStream theirs = File.OpenRead(home.File("gpg.sig")))
        {
            Assert.IsType<OpenPgpSignatureVerdict.Bad>(OpenPgpDetachedSignature.Verify(new MemoryStream(content), theirs, keys));
        }
    }

    private sealed record DrawnCase(byte[] Content, bool Armor, string Compression, string[] Recipients, string? Signer)
    {
        public static DrawnCase Draw(Random random, int index, GpgHome home)
        {
            int[] edges = [0, 1, 511, 512, 65_535, 65_536, 65_537, 1_000_000];
            byte[] content = new byte[index < edges.Length ? edges[index] : random.Next(200_000)];
            random.NextBytes(content);
            string[] addresses = [.. home.Addresses];
            random.Shuffle(addresses);
            return new DrawnCase(
                content, random.Next(2) == 0, Compressions[random.Next(Compressions.Length)], addresses[..(1 + (index % addresses.Length))],
                random.Next(2) == 0 ? null : addresses[random.Next(addresses.Length)]);
        }

        public override string ToString() => $"{Content.Length} bytes, armour {Armor}, {Compression}, to {string.Join(", ", Recipients)}, signed by {Signer}";
    }
}
