using Tars.Sealing.Keys;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>What an attacker or an accident can do to a folder of reports, each told with its exit code.</summary>
public sealed class TamperingTests : IDisposable
{
    private readonly SignedReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task Verify_UntouchedFolder_SaysWhoSignedWhatAndWhen()
    {
        CommandResult result = await _reports.RunAsync("reports", "--trust", "trust", "--require-cosignature");
        Assert.Equal((0, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains($"signed by {SignedReports.Rsa.PublicKey.Fingerprint} (rsa.pub)", result.Output, StringComparison.Ordinal);
        Assert.Contains("signed at 2026-01-03T00:00:00Z, as the signer claims (ann)", result.Output, StringComparison.Ordinal);
        Assert.Contains($"kpi.md: as signed, sha256 {_reports.Sha256("reports/kpi.md")}", result.Output, StringComparison.Ordinal);
        Assert.EndsWith("verified: 3 checks\n", result.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("payload", "signatures[0].sig: not the signature of key")]
    [InlineData("truncated", "kpi.dsse.json: byte ")]
    [InlineData("missing", "kpi.md: missing; expected sha256 ")]
    [InlineData("extra", "reports/stranger.json: not named by any verified envelope")]
    [InlineData("stripped", "there is nothing that could be verified")]
    public async Task Verify_Tampered_IsNegativeAndSaysWhere(string damage, string expected)
    {
        switch (damage)
        {
            case "payload": _reports.ChangePayload(); break;
            case "truncated": _reports.Truncate("reports/kpi.dsse.json"); break;
            case "missing": File.Delete(_reports.Combine("reports/kpi.md")); break;
            case "extra": _reports.Write("reports/stranger.json", "{}"); break;
            default: File.Delete(_reports.Combine("reports/kpi.dsse.json")); break;
        }

        await AssertNegativeAsync(expected, "reports", "--trust", "trust");
    }

    [Fact]
    public async Task Verify_OneBitOfAFile_GivesBothDigests()
    {
        string before = _reports.Sha256("reports/kpi.json");
        _reports.Flip("reports/kpi.json", 2);
        await AssertNegativeAsync($"kpi.json: expected sha256 {before}, found {_reports.Sha256("reports/kpi.json")}", "reports/kpi.dsse.json", "--trust", "trust");
    }

    [Fact]
    public async Task Verify_AnotherKey_NamesTheKeysThatSigned()
    {
        using SigningPair others = SignedReports.NewPair();
        _reports.Write("other.pub", others.Keys[1].PublicKey.ToPem());
        await AssertNegativeAsync($"no signature is of a trusted key; they name {SignedReports.Rsa.PublicKey.KeyId}, {SignedReports.Ecdsa.PublicKey.KeyId}", "reports/kpi.dsse.json", "--key", "other.pub");
    }

    [Fact]
    public async Task Verify_CosignatureMissing_IsRefusedWhereItIsRequired()
    {
        _reports.SignEnvelope([SignedReports.Rsa]);
        Assert.Equal(0, (await _reports.RunAsync("reports", "--trust", "trust")).ExitCode);
        await AssertNegativeAsync("a co-signature is required", "reports", "--trust", "trust", "--require-cosignature");
    }

    [Fact]
    public async Task Verify_RevokedKeyOfARing_IsNotBelieved()
    {
        KeyRing ring = new(_reports.Combine("ring"), TimeProvider.System);
        ring.Create();
        ring.Import(System.Text.Encoding.UTF8.GetBytes(SignedReports.Ecdsa.PublicKey.ToPem()), null, null);
        Assert.Equal(0, (await _reports.RunAsync("reports", "--trust", "ring")).ExitCode);
        ring.Revoke(SignedReports.Ecdsa.PublicKey.KeyId, RevocationReason.Compromised, "lost");
        await AssertNegativeAsync("(compromised), and nothing that a compromised key signed is believed", "reports", "--trust", "ring");
    }

    private async Task AssertNegativeAsync(string expected, params string[] arguments)
    {
        CommandResult result = await _reports.RunAsync(arguments);
        Assert.Equal((1, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        Assert.Contains("NOT VERIFIED: ", result.Output, StringComparison.Ordinal);
    }
}
