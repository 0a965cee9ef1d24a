using System.Runtime.Versioning;
using System.Security.Cryptography;
using Microsoft.Extensions.Time.Testing;
using Tars.Sealing.Keys;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Keys;

public sealed class KeyRingTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly KeyRing _ring;

    public KeyRingTests()
    {
        _ring = new KeyRing(_folder.Combine("ring"), _clock);
        _ring.Create();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void CreateSigning_ThenRotate_NewKeysSignAndTheTransitionLeadsToThem()
    {
        using Passphrase passphrase = new("correct horse");
        IReadOnlyList<KeyEntry> first = _ring.CreateSigning(passphrase);
        Assert.Equal(["rsa-pss-sha256", "ecdsa-p256-sha256"], first.Select(entry => entry.Algorithm));
        Assert.Equal(4096, _ring.PublicKeyOf(first[0]).Bits);
        Assert.Contains("keys rotate signing", Assert.Throws<KeyRingException>(() => _ring.CreateSigning(passphrase)).Message, StringComparison.Ordinal);
        TrustedKeys auditor = _ring.Trusted();

        KeyRotation rotation = _ring.RotateSigning(passphrase, null, "yearly");
        Assert.All(rotation.Added, entry => Assert.Equal(2, entry.Version));
        using SigningPair current = _ring.OpenSigning(null);
        Assert.Equal(rotation.Added.Select(entry => entry.KeyId), current.Keys.Select(key => key.PublicKey.KeyId));
        byte[] transition = File.ReadAllBytes(rotation.TransitionPath!);
        KeyTransitionReading.Followed followed = Assert.IsType<KeyTransitionReading.Followed>(KeyTransition.Follow(transition, auditor));
        Assert.Equal(rotation.Added.Select(entry => entry.KeyId), followed.Added.Select(key => key.Key.KeyId));
        Assert.Contains("is not trusted", Assert.IsType<KeyTransitionReading.Refused>(KeyTransition.Follow(transition, TestKeys.Trust)).Reason, StringComparison.Ordinal);
        transition[transition.Length / 2] ^= 1;
        Assert.IsType<KeyTransitionReading.Refused>(KeyTransition.Follow(transition, auditor));
    }

    [Fact]
    public async Task Import_KeysOfOpenSsl_OpenAndSign()
    {
        await TestKeys.OpenSslAsync(_folder, "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072", "-out", "pkcs8.pem");
        await TestKeys.OpenSslAsync(_folder, "pkey", "-in", "pkcs8.pem", "-traditional", "-out", "pkcs1.pem");
        await TestKeys.OpenSslAsync(_folder, "pkcs8", "-topk8", "-in", "pkcs8.pem", "-v2", "aes-256-cbc", "-passout", "pass:correct horse", "-out", "encrypted.pem");
        await TestKeys.OpenSslAsync(_folder, "ecparam", "-name", "prime256v1", "-genkey", "-out", "sec1.pem");
        await TestKeys.OpenSslAsync(_folder, "pkey", "-in", "pkcs8.pem", "-pubout", "-out", "public.pem");
        using Passphrase passphrase = new("correct horse");
        KeyEntry rsa = _ring.Import(Content("pkcs8.pem"), null, null);
        Assert.Equal((KeyPurpose.Signing, "rsa-pss-sha256", true), (rsa.Purpose, rsa.Algorithm, rsa.Imported));
        foreach ((string file, Passphrase? opens) in new[] { ("pkcs1.pem", null), ("encrypted.pem", passphrase) })
        {
            KeyFile.Signing same = Assert.IsType<KeyFile.Signing>(KeyFile.Read(Content(file), opens));
            Assert.Equal(rsa.KeyId, same.Key.PublicKey.KeyId);
            Assert.Contains("has key", Assert.Throws<KeyRingException>(() => _ring.Import(Content(file), opens, null)).Message, StringComparison.Ordinal);
        }

        Assert.Equal(rsa.KeyId, Assert.IsType<KeyFile.Verifying>(KeyFile.Read(Content("public.pem"))).Key.KeyId);
        Assert.Equal("ecdsa-p256-sha256", _ring.Import(Content("sec1.pem"), null, passphrase).Algorithm);
        Assert.Throws<KeyFormException>(() => _ring.OpenSigning(null));

        // The RSA key was imported in the clear: a passphrase that is not needed is not used.
        using SigningPair pair = _ring.OpenSigning(passphrase);
        Assert.True(pair.Cosigns);
    }

    [Theory]
    [InlineData("genrsa -traditional -aes256 -passout pass:x -out key.pem 3072", "traditional form")]
    [InlineData("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key.pem", "too short")]
    [InlineData("genpkey -algorithm ED25519 -out key.pem", "1.3.101.112 are not permitted")]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -aes256 -pass pass:another -out key.pem", "passphrase is another one")]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -out key.pem", "P-256 is expected")]
    public async Task Import_KeyThatCannotBeUsed_SaysWhy(string command, string reason)
    {
        await TestKeys.OpenSslAsync(_folder, command.Split(' '));
        using Passphrase passphrase = new("correct horse");
        Assert.Contains(reason, Assert.Throws<KeyFormException>(() => _ring.Import(Content("key.pem"), passphrase, null)).Message, StringComparison.Ordinal);
        Assert.Empty(_ring.Entries());
    }

    // openssl reads what is exported; with the passphrase, its own parser names the derivation and its cost.
    [Fact]
    public async Task ExportSecret_OpenSsl_ReadsIt()
    {
        using Passphrase passphrase = new("correct horse");
        KeyEntry entry = _ring.Import(TestKeys.Pem(TestKeys.Ecdsa), null, passphrase);
        using SecretBytes exported = _ring.ExportSecret(entry, passphrase, passphrase);
        KeyRing.WriteExported(_folder.Combine("out.pem"), exported);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.Combine("out.pem")));
        }

        Assert.Throws<IOException>(() => KeyRing.WriteExported(_folder.Combine("out.pem"), exported));
        Assert.Equal(TestKeys.Ecdsa.PublicKey.ToPem(), await TestKeys.OpenSslAsync(_folder, "pkey", "-in", "out.pem", "-passin", "pass:correct horse", "-pubout"));
        string parsed = await TestKeys.OpenSslAsync(_folder, "asn1parse", "-in", "out.pem");
        Assert.Contains("PBES2", parsed, StringComparison.Ordinal);
        Assert.Contains("hmacWithSHA256", parsed, StringComparison.Ordinal);
        Assert.Contains("aes-256-cbc", parsed, StringComparison.Ordinal);
        Assert.Contains("INTEGER           :0927C0", parsed, StringComparison.Ordinal);
    }

    // The id is HKDF of the key as openssl computes it; raw bytes and both cases of digits are the same key.
    [Fact]
    public async Task Import_FormsOfAnEncryptionKey_AreOneKey()
    {
        byte[] key = RandomNumberGenerator.GetBytes(32);
        string digits = Convert.ToHexString(key);
        KeyEntry entry = _ring.Import(key, null, null);
        string id = await TestKeys.OpenSslAsync(_folder, "kdf", "-keylen", "32", "-kdfopt", "digest:SHA256", "-kdfopt", $"hexkey:{digits}", "-kdfopt", "info:tars aes-256 key id v1", "HKDF");
        Assert.Equal(id.Trim().Replace(":", "", StringComparison.Ordinal), entry.KeyId, ignoreCase: true);
        foreach (string text in new[] { digits, digits.ToLowerInvariant() + "\n", digits + "\r\n" })
        {
            KeyFile.Encryption read = Assert.IsType<KeyFile.Encryption>(KeyFile.Read(TestKeys.Utf8(text)));
            Assert.Equal(key, read.Key.Span.ToArray());
        }

        foreach (string text in new[] { digits[..63], digits + "0", digits + "\n\n\n", digits.Replace(digits[0], 'g'), "" })
        {
            Assert.Throws<KeyFormException>(() => KeyFile.Read(TestKeys.Utf8(text)));
        }
    }

    [Fact]
    public void CreateEncryption_WithPassphrase_OpensWithItAlone()
    {
        using Passphrase passphrase = new("correct horse");
        using Passphrase other = new("wrong horse");
        KeyEntry entry = _ring.CreateEncryption(passphrase);
        using SecretBytes key = _ring.OpenEncryption(entry, passphrase);
        Assert.Contains("another one", Assert.Throws<KeyFormException>(() => _ring.OpenEncryption(entry, other)).Message, StringComparison.Ordinal);
        Assert.Contains("none was given", Assert.Throws<KeyFormException>(() => _ring.OpenEncryption(entry, null)).Message, StringComparison.Ordinal);
        using SecretBytes clear = _ring.ExportSecret(entry, passphrase, null);
        Assert.Equal(Convert.ToHexStringLower(key.Span) + "\n", System.Text.Encoding.ASCII.GetString(clear.Span));
        using Passphrase tooShort = new("1234567");
        Assert.Throws<ArgumentException>(() => _ring.RotateEncryption(tooShort));
    }

    [Fact]
    public void Retire_AndRevoke_ChangeWhatIsCurrent()
    {
        KeyEntry first = _ring.CreateEncryption(null);
        KeyEntry second = _ring.RotateEncryption(null).Added[0];
        Assert.Equal((1, 2, second.KeyId), (first.Version, second.Version, _ring.CurrentEncryption().KeyId));
        Assert.Contains("a.sealed", Assert.Throws<KeyRingException>(() => _ring.Retire(first.KeyId, ["a.sealed"])).Message, StringComparison.Ordinal);
        Assert.Equal(_clock.GetUtcNow(), _ring.Retire(first.KeyId[..8], []).RetiredAt);
        Assert.Contains("is retired already", Assert.Throws<KeyRingException>(() => _ring.Retire(first.KeyId, [])).Message, StringComparison.Ordinal);
        Assert.Equal(RevocationReason.Compromised, _ring.Revoke(second.Fingerprint.ToString(), RevocationReason.Compromised, "laptop lost").Entry.Revocation!.Reason);
        Assert.Contains("no encryption key in use", Assert.Throws<KeyRingException>(() => _ring.CurrentEncryption()).Message, StringComparison.Ordinal);
        Assert.Equal(3, _ring.CreateEncryption(null).Version);
        using SecretBytes still = _ring.OpenEncryption(first, null);
        Assert.Equal(32, still.Length);
        Assert.Equal("laptop lost", _ring.Find(second.KeyId).Revocation!.Comment);
    }

    [Theory]
    [InlineData("ring.json")]
    [InlineData("")]
    [InlineData("*.key")]
    [UnsupportedOSPlatform("windows")]
    public void Open_FileThatOthersMayUse_IsRefused(string pattern)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Unix modes");
        KeyEntry entry = _ring.CreateEncryption(null);
        string path = pattern.Length == 0 ? _ring.FullPath : Directory.GetFiles(_ring.FullPath, pattern).Single();
        Assert.All(Directory.GetFiles(_ring.FullPath), file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file)));
        foreach (UnixFileMode mode in new[] { UnixFileMode.GroupRead, UnixFileMode.OtherRead, UnixFileMode.OtherWrite, UnixFileMode.GroupExecute })
        {
            UnixFileMode before = File.GetUnixFileMode(path);
            File.SetUnixFileMode(path, before | mode);
            Assert.Contains($"chmod go-rwx {path}", Assert.Throws<KeyRingException>(OpenAll).Message, StringComparison.Ordinal);
            File.SetUnixFileMode(path, before);
            OpenAll();
        }

        void OpenAll()
        {
            _ = _ring.Entries();
            _ring.OpenEncryption(entry, null).Dispose();
        }
    }

    [Fact]
    public void Open_KeyFileWithAnotherKey_IsRefused()
    {
        KeyEntry entry = _ring.CreateEncryption(null);
        File.WriteAllText(Path.Combine(_ring.FullPath, entry.KeyId + ".key"), new string('0', 64));
        Assert.Contains("another key than its name says", Assert.Throws<KeyRingException>(() => _ring.OpenEncryption(entry, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_DamagedIndex_SaysWhere()
    {
        File.WriteAllText(Path.Combine(_ring.FullPath, "ring.json"), """{"format":"tars-key-ring-1","keys":[{"key_id":"x"}]}""");
        Assert.Contains("at byte 46: keys[0].key_id: 64 lower-case", Assert.Throws<KeyRingException>(() => _ring.Entries()).Message, StringComparison.Ordinal);
        Assert.Contains("`tars keys create` makes one", Assert.Throws<KeyRingException>(() => new KeyRing(_folder.Combine("none"), _clock).Entries()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_FromManyThreads_LosesNoKey()
    {
        byte[][] keys = [.. Enumerable.Range(0, 12).Select(_ => RandomNumberGenerator.GetBytes(32))];
        await Parallel.ForEachAsync(keys, TestContext.Current.CancellationToken, (key, _) =>
        {
            new KeyRing(_ring.FullPath, _clock).Import(key, null, null);
            return ValueTask.CompletedTask;
        });
        Assert.Equal(Enumerable.Range(1, 12), _ring.Entries().Select(entry => entry.Version));
        Assert.Equal(12, _ring.Entries().Select(entry => entry.KeyId).Distinct().Count());
    }

    [Fact]
    public void Dispose_SecretBytes_AreZeroed()
    {
        SecretBytes secret = new("secret"u8);
        Span<byte> memory = secret.Span;
        secret.Dispose();
        Assert.Equal(new byte[6], memory.ToArray());
        Assert.Throws<ObjectDisposedException>(() => secret.Span.Length);
        Assert.DoesNotContain("secret bytes", new Passphrase("hunter22").ToString(), StringComparison.Ordinal);
    }

    private byte[] Content(string name) => File.ReadAllBytes(_folder.Combine(name));
}
