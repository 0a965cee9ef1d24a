using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.OpenPgp.Keys;
using Tars.Sealing.OpenPgp.Messages;
using Tars.TestKit;
using Xunit;

namespace Tars.Sealing.OpenPgp.Tests.Messages;

public sealed class MessageTests(GpgHome home) : IClassFixture<GpgHome>
{
    private static readonly byte[] Passphrase = Encoding.UTF8.GetBytes(GpgHome.Passphrase);

    [Fact]
    public void Open_EveryByteChanged_NeverOpened()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] content = RandomNumberGenerator.GetBytes(600);
        byte[] message = Encrypt(keys, content, "curve@example.com");
        Random random = new(Seeds.Draw());
        for (int at = 0; at < message.Length; at++)
        {
            byte[] changed = [.. message];
            changed[at] ^= (byte)(1 << random.Next(8));
            using MemoryStream output = new();
            OpenPgpOpening answer;
            try
            {
                answer = OpenPgpMessage.Open(new MemoryStream(changed), output, keys, Passphrase, 1 << 20);
            }
            catch (OpenPgpException)
            {
                continue;
            }

            // The recipient's key id stands outside of what is protected and does not change the content.
            Assert.False(
                answer is OpenPgpOpening.Opened && !output.ToArray().AsSpan().SequenceEqual(content), $"byte {at} of {message.Length}: opened to something else");
            Assert.False(answer is OpenPgpOpening.Opened && at > 100, $"byte {at} of {message.Length} was changed, and the message opened");
        }
    }

    [Fact]
    public void Open_EveryTruncation_NeverOpened()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] message = Encrypt(keys, RandomNumberGenerator.GetBytes(300), "curve@example.com");
        for (int length = 0; length < message.Length; length++)
        {
            using MemoryStream output = new();
            Assert.IsNotType<OpenPgpOpening.Opened>(OpenPgpMessage.Open(new MemoryStream(message[..length]), output, keys, Passphrase));
        }
    }

    [Fact]
    public void Open_KeyOfAnother_NoKeyNamesIt()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] message = Encrypt(keys, "hello"u8.ToArray(), "rsa@example.com");
        OpenPgpOpening answer = OpenPgpMessage.Open(new MemoryStream(message), Stream.Null, OpenPgpKeyRing.Empty, []);
        OpenPgpOpening.NoKey none = Assert.IsType<OpenPgpOpening.NoKey>(answer);
        Assert.Equal(keys.Matching(none.KeyIds.Single()).Single().Fingerprint, keys.Matching("rsa@example.com").Single().Fingerprint);
    }

    [Fact]
    public void Open_WrongPassphrase_SaysSo()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] message = Encrypt(keys, "hello"u8.ToArray(), "locked@example.com");
        OpenPgpException wrong = Assert.Throws<OpenPgpException>(() => OpenPgpMessage.Open(new MemoryStream(message), Stream.Null, keys, "wrong"u8));
        Assert.Contains("the passphrase is wrong", wrong.Message, StringComparison.Ordinal);
        OpenPgpException missing = Assert.Throws<OpenPgpException>(() => OpenPgpMessage.Open(new MemoryStream(message), Stream.Null, keys, []));
        Assert.Contains("a passphrase protects", missing.Message, StringComparison.Ordinal);
    }

    // 96 MiB of zeros, compressed by gpg to less than 1 MiB.
    [Theory]
    [InlineData("zip")]
    [InlineData("zlib")]
    [InlineData("bzip2")]
    public async Task Open_BombOfGpg_StopsAtTheLimit(string compression)
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        await File.WriteAllBytesAsync(home.File("zeros"), new byte[96 << 20], TestContext.Current.CancellationToken);
        await home.GpgAsync("--output", home.File(compression + ".pgp"), "--compress-algo", compression, "--recipient", "curve@example.com", "--encrypt", home.File("zeros"));
        byte[] bomb = await File.ReadAllBytesAsync(home.File(compression + ".pgp"), TestContext.Current.CancellationToken);
        Assert.True(bomb.Length < 1 << 20, "zeros should compress");
        using MemoryStream output = new();

        OpenPgpOpening answer = OpenPgpMessage.Open(new MemoryStream(bomb), output, keys, Passphrase, 10 << 20);

        Assert.Equal(10 << 20, Assert.IsType<OpenPgpOpening.TooLarge>(answer).Limit);
        Assert.True(output.Length <= 10 << 20, $"{output.Length} bytes were written");
        Assert.IsType<OpenPgpOpening.Opened>(OpenPgpMessage.Open(new MemoryStream(bomb), Stream.Null, keys, Passphrase));
    }

    // 96 MiB of zeros, compressed twice by gpg to less than 4 KiB, and the packets encrypted as they are: no layer looks large from outside.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Open_NestedBombOfGpg_StopsAtTheLimitAndAtTheDepth(bool isContent)
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);

        // Where it is no content, it is one packet of a private type (RFC 9580, 4.2.1 and 5): a reader holds that in memory before any content comes.
        byte[] packetHead = isContent ? [] : [0xc0 | 60, 0xff, 0x06, 0, 0, 0];
        await File.WriteAllBytesAsync(home.File("layer0"), [.. packetHead, .. new byte[96 << 20]], TestContext.Current.CancellationToken);
        for (int layer = 1; layer <= 4; layer++)
        {
            string[] packets = layer == 1 && isContent ? [] : ["--no-literal"];
            await home.GpgAsync([.. packets, "--compress-algo", "zlib", "--output", home.File($"layer{layer}"), "--store", home.File($"layer{layer - 1}")]);
        }

        byte[] twice = await EncryptedAsync("layer2");
        byte[] fourTimes = await EncryptedAsync("layer4");
        Assert.True(twice.Length < 4 << 10, $"{twice.Length} bytes: zeros should compress twice");
        using MemoryStream output = new();

        Assert.Equal(10 << 20, Assert.IsType<OpenPgpOpening.TooLarge>(OpenPgpMessage.Open(new MemoryStream(twice), output, keys, Passphrase, 10 << 20)).Limit);
        Assert.True(output.Length <= 10 << 20, $"{output.Length} bytes were written");
        Assert.Equal("the message is nested more than 4 deep", Assert.IsType<OpenPgpOpening.Refused>(OpenPgpMessage.Open(new MemoryStream(fourTimes), output, keys, Passphrase)).Reason);
        Assert.Equal(isContent, OpenPgpMessage.Open(new MemoryStream(twice), Stream.Null, keys, Passphrase) is OpenPgpOpening.Opened);

        async Task<byte[]> EncryptedAsync(string name)
        {
            await home.GpgAsync("--no-literal", "--compress-algo", "none", "--recipient", "curve@example.com", "--output", home.File(name + ".pgp"), "--encrypt", home.File(name));
            return await File.ReadAllBytesAsync(home.File(name + ".pgp"), TestContext.Current.CancellationToken);
        }
    }

    [Fact]
    public void Open_MoreThanTheLimit_Refused()
    {
        Executables.Require("gpg");
        OpenPgpKeyRing keys = OpenPgpKeyRing.ReadGnuPgHome(home.Path);
        byte[] message = Encrypt(keys, new byte[1 << 20], "curve@example.com");
        Assert.True(message.Length < 10_000, "zeros should compress");
        using MemoryStream output = new();
        Assert.Equal(100_000, Assert.IsType<OpenPgpOpening.TooLarge>(OpenPgpMessage.Open(new MemoryStream(message), output, keys, Passphrase, 100_000)).Limit);
        Assert.True(output.Length <= 100_000);
    }

    [Fact]
    public async Task Open_SymmetricOrUnprotected_Refused()
    {
        OpenPgpKeyRing keys = await KeysAsync();
        await File.WriteAllTextAsync(home.File("p"), "hello", TestContext.Current.CancellationToken);
        await home.GpgAsync("--output", home.File("sym"), "--symmetric", home.File("p"));
        using FileStream symmetric = File.OpenRead(home.File("sym"));
        Assert.Contains("password", Assert.IsType<OpenPgpOpening.Refused>(OpenPgpMessage.Open(symmetric, Stream.Null, keys, Passphrase)).Reason, StringComparison.Ordinal);

        await home.GpgAsync("--rfc2440", "--cipher-algo", "AES256", "--recipient", "rsa@example.com", "--output", home.File("nomdc"), "--encrypt", home.File("p"));
        using FileStream unprotected = File.OpenRead(home.File("nomdc"));
        Assert.Contains("integrity", Assert.IsType<OpenPgpOpening.Refused>(OpenPgpMessage.Open(unprotected, Stream.Null, keys, Passphrase)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_SignedButNotEncrypted_SignatureIsJudged()
    {
        OpenPgpKeyRing keys = await KeysAsync();
        await File.WriteAllTextAsync(home.File("p"), "hello", TestContext.Current.CancellationToken);
        await home.GpgAsync("--local-user", "rsa@example.com", "--output", home.File("signed"), "--sign", home.File("p"));
        using FileStream signed = File.OpenRead(home.File("signed"));
        using MemoryStream output = new();
        OpenPgpOpening.Opened opened = Assert.IsType<OpenPgpOpening.Opened>(OpenPgpMessage.Open(signed, output, keys, []));
        Assert.Null(opened.RecipientKeyId);
        Assert.IsType<OpenPgpSignatureVerdict.Good>(opened.Signature);
        Assert.Equal("hello", Encoding.UTF8.GetString(output.ToArray()));
    }

    [Theory]
    [InlineData("--sign", "none", "CB06620000000000")]
    [InlineData("--sign", "none", "00")]
    [InlineData("--sign", "none", "FFFF")]
    [InlineData("--sign --encrypt", "none", "CB06620000000000")]
    [InlineData("--sign --encrypt", "zip", "CB06620000000000")]
    [InlineData("--sign --encrypt", "zlib", "FFFF")]
    public async Task Open_SomethingAfterTheMessage_Tampered(string makes, string compression, string appended)
    {
        OpenPgpKeyRing keys = await KeysAsync();
        string name = $"ends-{makes.Length}-{compression}-{appended}";
        await File.WriteAllTextAsync(home.File("p"), "hello", TestContext.Current.CancellationToken);
        string[] to = makes.Contains("--encrypt", StringComparison.Ordinal) ? ["--recipient", "curve@example.com", "--trust-model", "always"] : [];
        await home.GpgAsync(
            ["--local-user", "rsa@example.com", .. to, "--compress-algo", compression, "--yes", "--output", home.File(name), .. makes.Split(' '), home.File("p")]);
        byte[] message = await File.ReadAllBytesAsync(home.File(name), TestContext.Current.CancellationToken);
        Assert.IsType<OpenPgpOpening.Opened>(OpenPgpMessage.Open(new MemoryStream(message), Stream.Null, keys, Passphrase));
        byte[] longer = [.. message, .. Convert.FromHexString(appended)];
        Assert.IsType<OpenPgpOpening.Tampered>(OpenPgpMessage.Open(new MemoryStream(longer), Stream.Null, keys, Passphrase));
    }

    [Fact]
    public void Encrypt_NoRecipient_Throws() =>
        Assert.Throws<ArgumentException>(() => OpenPgpMessage.Encrypt(Stream.Null, Stream.Null, new OpenPgpEncryption([], DateTimeOffset.UnixEpoch)));

    [Fact]
    public void Encrypt_BeforeTheKeyWasMade_RefusedAndNothingWritten()
    {
        Executables.Require("gpg");
        OpenPgpKey key = OpenPgpKeyRing.ReadGnuPgHome(home.Path).Matching("rsa@example.com").Single();
        using MemoryStream output = new();
        Assert.Throws<OpenPgpException>(() => OpenPgpMessage.Encrypt(Stream.Null, output, new OpenPgpEncryption([key], key.Created.AddDays(-1))));
        Assert.Equal(0, output.Length);
    }

    private static byte[] Encrypt(OpenPgpKeyRing keys, byte[] content, string to)
    {
        using MemoryStream output = new();
        OpenPgpMessage.Encrypt(
            new MemoryStream(content), output, new OpenPgpEncryption([keys.Matching(to).Single()], TimeProvider.System.GetUtcNow()));
        return output.ToArray();
    }

    private Task<OpenPgpKeyRing> KeysAsync()
    {
        Executables.Require("gpg");
        return Task.FromResult(OpenPgpKeyRing.ReadGnuPgHome(home.Path));
    }
}
