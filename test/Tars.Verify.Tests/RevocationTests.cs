using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Timestamps;
using Tars.TestKit;
using Tars.TestKit.Timestamps;

namespace Tars.Verify.Tests;

/// <summary>An auditor's folder of keys with the signed statement of a revocation in it, as <c>tars-verify FILE --trust DIR</c> follows it.</summary>
public sealed class RevocationTests : IDisposable
{
    private const string EnvelopePath = "reports/kpi.dsse.json";
    private const string StatementPath = "auditor/revocations/p256.revocation.dsse.json";
    private const string Compromised = "nothing that a compromised key signed is believed";

    private readonly SignedReports _reports = new();
    private readonly string _pem;
    private readonly PublicKey _signer;

    public RevocationTests()
    {
        using ECDsa made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _pem = made.ExportPkcs8PrivateKeyPem();
        _reports.Write("auditor/p256.pub", made.ExportSubjectPublicKeyInfoPem() + "\n");
        KeyRing ring = RingWith("signer", DateTimeOffset.UnixEpoch, _pem);
        using SigningPair pair = ring.OpenSigning(null);
        _signer = pair.Keys[0].PublicKey;
        _reports.SignEnvelope([pair.Keys[0]]);
        Directory.CreateDirectory(_reports.Combine("auditor/revocations"));
    }

    public void Dispose() => _reports.Dispose();

    [Theory]
    [InlineData(RevocationReason.Superseded, 1, true, null)]
    [InlineData(RevocationReason.Discontinued, 1, true, null)]
    [InlineData(RevocationReason.Superseded, -1, true, "the timestamp proves {0} only")]
    [InlineData(RevocationReason.Discontinued, -1, true, "the timestamp proves {0} only")]
    [InlineData(RevocationReason.Superseded, 1, false, "no timestamp proves that the signature is older")]
    [InlineData(RevocationReason.Compromised, 1, true, Compromised)]
    [InlineData(RevocationReason.Compromised, -1, true, Compromised)]
    [InlineData(RevocationReason.Compromised, 1, false, Compromised)]
    public async Task Verify_KeyRevokedHoursAfterTheTimestamp_IsBelievedForWhatIsProvablyOlderUnlessCompromised(RevocationReason reason, int hours, bool isTimeAsked, string? refusal)
    {
        using OpenSslAuthority authority = await OpenSslAuthority.CreateAsync(cancellationToken: TestContext.Current.CancellationToken);
        await StampAsync(authority);
        string[] arguments = [EnvelopePath, "--trust", "auditor", .. isTimeAsked ? ["--timestamp-ca", authority.RootFile] : Array.Empty<string>()];
        CommandResult before = await _reports.RunAsync(EnvelopePath, "--trust", "auditor", "--timestamp-ca", authority.RootFile);
        Assert.Equal((0, string.Empty), (before.ExitCode, before.Error));
        string stamped = before.Output.Split("proves that it existed at ")[1].Split('\n')[0];
        DateTimeOffset at = DateTimeOffset.Parse(stamped, System.Globalization.CultureInfo.InvariantCulture).AddHours(hours);
        File.Copy(RingWith("later", at, _pem).Revoke(_signer.KeyId, reason, "laptop lost").StatementPath!, _reports.Combine(StatementPath));

        CommandResult after = await _reports.RunAsync(arguments);

        string proof = refusal?.Replace("{0}", stamped, StringComparison.Ordinal) ?? string.Empty;
        string name = reason switch { RevocationReason.Compromised => "compromised", RevocationReason.Superseded => "superseded", _ => "discontinued" };
        Assert.Equal(
            refusal is null ? (0, before.Output, string.Empty)
                : (1, $"FAIL  {EnvelopePath}: key {_signer.KeyId} was revoked at {at:yyyy-MM-ddTHH:mm:ssZ} ({name}), and {proof}\nNOT VERIFIED: 1 of 1 checks failed\n", string.Empty),
            (after.ExitCode, after.Output, after.Error));
    }

    [Fact]
    public async Task Verify_StatementOfAKeyThatIsNotTrusted_Exits2AndNamesFileAndWayOut()
    {
        using ECDsa stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        KeyRing forgers = RingWith("forgers", DateTimeOffset.UnixEpoch, stranger.ExportPkcs8PrivateKeyPem());
        forgers.Import(Encoding.ASCII.GetBytes(_signer.ToPem()), null, null);
        File.Copy(forgers.Revoke(_signer.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!, _reports.Combine(StatementPath));

        await AssertNothingIsVerifiedAsync(StatementPath, "no trusted key signed it, or a signature does not hold");
    }

    [Theory]
    [InlineData("p256.revocation.dsse.json")]
    [InlineData("renamed.dsse.json")]
    [InlineData("renamed.txt")]
    public async Task Verify_DamagedStatementOfAnyName_Exits2AndNamesFileAndWayOut(string name)
    {
        byte[] statement = await File.ReadAllBytesAsync(
            RingWith("later", DateTimeOffset.UnixEpoch, _pem).Revoke(_signer.KeyId, RevocationReason.Compromised, string.Empty).StatementPath!, TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_reports.Combine("auditor/revocations/" + name), statement[..^20], TestContext.Current.CancellationToken);

        await AssertNothingIsVerifiedAsync("auditor/revocations/" + name, "it is no envelope with a statement");
    }

    private async Task AssertNothingIsVerifiedAsync(string file, string reason)
    {
        CommandResult result = await _reports.RunAsync(EnvelopePath, "--trust", "auditor");
        Assert.Equal(
            (2, string.Empty, $"tars-verify: error: {file}: the statement of a revocation is not believed: {reason}; get it anew (`tars keys export KEY --revocation` writes it), or if it is none of yours, take it out of the folder\n"),
            (result.ExitCode, result.Output, result.Error));
        File.Delete(_reports.Combine(file));
        Assert.Equal(0, (await _reports.RunAsync(EnvelopePath, "--trust", "auditor")).ExitCode);
    }

    private KeyRing RingWith(string name, DateTimeOffset now, string pem)
    {
        KeyRing ring = new(_reports.Combine(name), new StoppedClock(now));
        ring.Create();
        ring.Import(Encoding.ASCII.GetBytes(pem), null, null);
        return ring;
    }

    private async Task StampAsync(OpenSslAuthority authority)
    {
        EnvelopeReading.Read read = Assert.IsType<EnvelopeReading.Read>(EnvelopeReader.Read(await File.ReadAllBytesAsync(_reports.Combine(EnvelopePath), TestContext.Current.CancellationToken)));
        TimestampRequest request = TimestampRequest.For(read.Envelope.Payload.Span);
        byte[] answer = await authority.AnswerAsync(request.ToDer(), TestContext.Current.CancellationToken);
        (_, ReadOnlyMemory<byte> token) = TimestampVerifier.VerifyAnswer(answer, request, read.Envelope.Payload.Span, trusted: null);
        await File.WriteAllBytesAsync(_reports.Combine(EnvelopePath + ".tsr"), token, TestContext.Current.CancellationToken);
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
