using Microsoft.Extensions.Time.Testing;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Keys;

/// <summary>An auditor's folder: two public keys, and what was revoked since.</summary>
public sealed class KeyRevocationTests : IDisposable
{
    private static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _clock = new(Noon);
    private readonly KeyRing _ring;
    private readonly KeyEntry _first;
    private readonly KeyEntry _second;

    public KeyRevocationTests()
    {
        Directory.CreateDirectory(Auditor);
        _ring = new KeyRing(_folder.Combine("ring"), _clock);
        _ring.Create();
        _first = _ring.Import(TestKeys.Pem(TestKeys.Rsa), null, null);
        _second = _ring.Import(TestKeys.Pem(TestKeys.Ecdsa), null, null);
        File.WriteAllText(Path.Combine(Auditor, "rsa.pub"), TestKeys.Rsa.PublicKey.ToPem());
        File.WriteAllText(Path.Combine(Auditor, "ecdsa.pub"), TestKeys.Ecdsa.PublicKey.ToPem());
    }

    private string Auditor => _folder.Combine("auditor");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(RevocationReason.Compromised, null, "nothing that a compromised key signed is believed")]
    [InlineData(RevocationReason.Compromised, -60, "nothing that a compromised key signed is believed")]
    [InlineData(RevocationReason.Superseded, null, "no timestamp proves that the signature is older")]
    [InlineData(RevocationReason.Superseded, 60, "the timestamp proves 2026-03-01T12:01:00Z only")]
    [InlineData(RevocationReason.Superseded, 0, "the timestamp proves 2026-03-01T12:00:00Z only")]
    [InlineData(RevocationReason.Discontinued, -60, null)]
    public void FromFolder_KeyRevokedByTheOther_IsBelievedForWhatIsProvablyOlder(RevocationReason reason, int? provenSeconds, string? refusal)
    {
        Publish(_ring.Revoke(_first.KeyId, reason, "laptop lost"), "revocations");

        TrustedKeys trust = TrustedKeys.FromFolder(Auditor);
        EnvelopeVerdict verdict = EnvelopeVerifier.Verify(SignedByRsa(), trust, new EnvelopePolicy(ProvenTime: provenSeconds is { } seconds ? Noon.AddSeconds(seconds) : null));

        Assert.Equal(new Revocation(Noon, reason, "laptop lost"), trust.Find(_first.KeyId)!.Revocation);
        Assert.Null(trust.Find(_second.KeyId)!.Revocation);
        if (refusal is null)
        {
            Assert.IsType<EnvelopeVerdict.Verified>(verdict);
        }
        else
        {
            Assert.Contains(refusal, Assert.IsType<EnvelopeVerdict.PolicyRefused>(verdict).Reason, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Revoke_OneAfterTheOther_TheLastRevokesItself()
    {
        Publish(_ring.Revoke(_first.KeyId, RevocationReason.Compromised, string.Empty), ".");
        KeyWithdrawal last = _ring.Revoke(_second.KeyId, RevocationReason.Compromised, string.Empty);
        Publish(last, ".");

        KeyRevocationReading.Revoked read = Assert.IsType<KeyRevocationReading.Revoked>(KeyRevocation.Read(File.ReadAllBytes(last.StatementPath!), TestKeys.Trust));
        Assert.Equal([_second.KeyId], read.By);
        Assert.All(TrustedKeys.FromFolder(Auditor).Keys, key => Assert.NotNull(key.Revocation));
    }

    [Fact]
    public void FromFolder_StatementOfAStranger_IsRefusedWithItsFile()
    {
        using PrivateKey stranger = PrivateKey.Create(SignatureAlgorithm.EcdsaP256Sha256);
        Envelope forged = KeyRevocation.Sign(_first.KeyId, new Revocation(Noon, RevocationReason.Compromised, string.Empty), [stranger]);
        string path = Path.Combine(Auditor, "any name.dsse.json");
        File.WriteAllBytes(path, forged.ToUtf8());

        string message = Assert.Throws<KeyRingException>(() => TrustedKeys.FromFolder(Auditor)).Message;

        Assert.StartsWith($"{path}: the statement of a revocation is not believed: no trusted key signed it", message, StringComparison.Ordinal);
    }

    [Fact]
    public void FromFolder_StatementWithAnyByteFlipped_IsRefused()
    {
        byte[] statement = File.ReadAllBytes(_ring.Revoke(_first.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!);
        for (int i = 0; i < statement.Length; i += 7)
        {
            byte[] changed = [.. statement];
            changed[i] ^= 1;
            File.WriteAllBytes(Path.Combine(Auditor, _first.KeyId + KeyRevocation.FileSuffix), changed);
            Assert.Throws<KeyRingException>(() => TrustedKeys.FromFolder(Auditor));
        }
    }

    // In revocations/ no name and no damage makes a statement pass for something else.
    [Theory]
    [InlineData("damaged", "renamed.dsse.json", "it is no envelope with a statement")]
    [InlineData("damaged", "renamed.json", "it is no envelope with a statement")]
    [InlineData("empty", "renamed.dsse.json", "it is no envelope with a statement")]
    [InlineData("report", "report.dsse.json", "it is no envelope with a statement")]
    [InlineData("transition", "transition.dsse.json", "the statement is not of the type urn:tars:predicate:key-revocation:1")]
    [InlineData("large", "large.dsse.json", "it is longer than 1048576 bytes")]
    [InlineData("folder", "older", "it is a folder")]
    public void FromFolder_NoStatementOfARevocationInRevocations_IsRefusedWithItsFileAndTheWayOut(string kind, string name, string reason)
    {
        byte[] statement = File.ReadAllBytes(_ring.Revoke(_first.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!);
        string path = Directory.CreateDirectory(Path.Combine(Auditor, "revocations")).FullName + "/" + name;
        if (kind == "folder")
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            File.WriteAllBytes(path, kind switch
            {
                "damaged" => statement[1..],
                "empty" => [],
                "report" => SignedByRsa(),
                "transition" => KeyTransition.Sign([TestKeys.Rsa], [TestKeys.Ecdsa], Noon, "yearly").ToUtf8(),
                _ => new byte[(1 << 20) + 1],
            });
        }

        Assert.Equal(
            $"{path}: the statement of a revocation is not believed: {reason}; get it anew (`tars keys export KEY --revocation` writes it), or if it is none of yours, take it out of the folder",
            Assert.Throws<KeyRingException>(() => TrustedKeys.FromFolder(Auditor)).Message);
    }

    [Fact]
    public void FromFolder_RenamedStatementInRevocations_Counts()
    {
        Directory.CreateDirectory(Path.Combine(Auditor, "revocations"));
        File.Copy(_ring.Revoke(_first.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!, Path.Combine(Auditor, "revocations", "renamed.txt"));
        File.WriteAllText(Path.Combine(Auditor, "revocations", ".cut.dsse.json.0123456789ab.tmp"), "cut");

        Assert.NotNull(TrustedKeys.FromFolder(Auditor).Find(_first.KeyId)!.Revocation);
    }

    [Fact]
    public void FromFolder_ReportBesideTheKeys_SaysNothingOfThem()
    {
        File.WriteAllBytes(Path.Combine(Auditor, "report.dsse.json"), SignedByRsa());

        Assert.All(TrustedKeys.FromFolder(Auditor).Keys, key => Assert.Null(key.Revocation));
    }

    [Fact]
    public void Trusted_RingWithAStatementOnly_DoesNotBelieveTheKey()
    {
        KeyRing copy = new(_folder.Combine("copy"), _clock);
        copy.Create();
        copy.Import(TestKeys.Utf8(TestKeys.Rsa.PublicKey.ToPem()), null, null);
        copy.Import(TestKeys.Utf8(TestKeys.Ecdsa.PublicKey.ToPem()), null, null);
        Directory.CreateDirectory(Path.Combine(copy.FullPath, "revocations"));
        string statement = _ring.Revoke(_first.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!;
        File.Copy(statement, Path.Combine(copy.FullPath, "revocations", Path.GetFileName(statement)));

        Assert.NotNull(copy.Trusted().Find(_first.KeyId)!.Revocation);
    }

    [Fact]
    public void Revoke_WrongPassphrase_RevokesNothing()
    {
        using Passphrase passphrase = new("correct horse");
        KeyRing closed = new(_folder.Combine("closed"), _clock);
        closed.Create();
        KeyEntry key = closed.Import(TestKeys.Pem(TestKeys.Ecdsa), null, passphrase);

        Assert.Throws<KeyFormException>(() => closed.Revoke(key.KeyId, RevocationReason.Compromised, string.Empty));
        Assert.Null(closed.Trusted().Find(key.KeyId)!.Revocation);
        Assert.Null(closed.Revoke(key.KeyId, RevocationReason.Compromised, string.Empty, isStated: false).StatementPath);
        Assert.NotNull(closed.Trusted().Find(key.KeyId)!.Revocation);
    }

    [Fact]
    public void Revoke_EncryptionKey_StatesNothingToOthers() =>
        Assert.Null(_ring.Revoke(_ring.CreateEncryption(null).KeyId, RevocationReason.Superseded, string.Empty).StatementPath);

    private static byte[] SignedByRsa() => Envelope.Sign("application/octet-stream", "report"u8.ToArray(), [TestKeys.Rsa]).ToUtf8();

    private void Publish(KeyWithdrawal withdrawal, string inner)
    {
        Directory.CreateDirectory(Path.Combine(Auditor, inner));
        File.Copy(withdrawal.StatementPath!, Path.Combine(Auditor, inner, Path.GetFileName(withdrawal.StatementPath!)));
    }
}
