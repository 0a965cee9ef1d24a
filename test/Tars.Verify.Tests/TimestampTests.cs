using Tars.Sealing.Envelopes;
using Tars.Sealing.Timestamps;
using Tars.TestKit;
using Tars.TestKit.Timestamps;

namespace Tars.Verify.Tests;

/// <summary>Timestamps beside envelopes, made by openssl's authority, each way they can be wrong.</summary>
public sealed class TimestampTests(TimestampTests.Authorities authorities) : IClassFixture<TimestampTests.Authorities>, IDisposable
{
    private const string EnvelopePath = "reports/kpi.dsse.json";
    private const string TokenPath = EnvelopePath + ".tsr";

    private readonly SignedReports _reports = new();

    public void Dispose() => _reports.Dispose();

    [Fact]
    public async Task Verify_RightAuthority_ProvesTheTime()
    {
        await StampAsync(authorities.Good);
        CommandResult proven = await RunAsync(authorities.Good);
        Assert.Equal((0, string.Empty), (proven.ExitCode, proven.Error));
        Assert.Contains("a timestamp of CN=authority proves that it existed at 20", proven.Output, StringComparison.Ordinal);

        CommandResult notAsked = await _reports.RunAsync("reports", "--trust", "trust");
        Assert.Equal(0, notAsked.ExitCode);
        Assert.Contains("was not looked at, so the time is the signer's own claim", notAsked.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_NoTimestamp_IsTheSignersClaimAndMissingWhereItIsAskedFor()
    {
        Assert.Contains("no timestamp proves the time: it is the signer's own claim", (await _reports.RunAsync("reports", "--trust", "trust")).Output, StringComparison.Ordinal);
        await AssertNegativeAsync("the timestamp kpi.dsse.json.tsr is missing", authorities.Good);
    }

    [Fact]
    public async Task Verify_WrongAuthority_IsNotTrusted()
    {
        await StampAsync(authorities.Good);
        await AssertNegativeAsync("kpi.dsse.json.tsr: the certificate of CN=authority is not trusted", authorities.Other);
    }

    [Fact]
    public async Task Verify_CertificateThatHadEndedWhenItStamped_IsNotTrusted()
    {
        await StampAsync(authorities.Expired);
        await AssertNegativeAsync("is not trusted: NotTimeValid", authorities.Expired);
    }

    [Fact]
    public async Task Verify_TimestampOfAnotherStatement_IsForOtherBytes()
    {
        await StampAsync(authorities.Good);
        _reports.SignEnvelope([SignedReports.Ecdsa], new string('1', 64));
        await AssertNegativeAsync("it is for other bytes: ", authorities.Good);
    }

    [Fact]
    public async Task Verify_TamperedTimestamp_IsNegative()
    {
        await StampAsync(authorities.Good);
        int length = (int)new FileInfo(_reports.Combine(TokenPath)).Length;
        _reports.Flip(TokenPath, length - 10); // in the signature, which stands last
        await AssertNegativeAsync("the authority's signature does not hold", authorities.Good);
        _reports.Truncate(TokenPath);
        await AssertNegativeAsync("it is malformed: ", authorities.Good);
        _reports.Write(TokenPath, new string('x', 300_000));
        CommandResult large = await RunAsync(authorities.Good);
        Assert.Equal(3, large.ExitCode);
        Assert.Contains("at most 262144 are read", large.Error, StringComparison.Ordinal);
    }

    private async Task StampAsync(OpenSslAuthority authority)
    {
        EnvelopeReading.Read read = Assert.IsType<EnvelopeReading.Read>(EnvelopeReader.Read(await File.ReadAllBytesAsync(_reports.Combine(EnvelopePath), TestContext.Current.CancellationToken)));
        TimestampRequest request = TimestampRequest.For(read.Envelope.Payload.Span);
        byte[] answer = await authority.AnswerAsync(request.ToDer(), TestContext.Current.CancellationToken);
        (TimestampVerdict verdict, ReadOnlyMemory<byte> token) = TimestampVerifier.VerifyAnswer(answer, request, read.Envelope.Payload.Span, trusted: null);
        Assert.IsType<TimestampVerdict.Unjudged>(verdict);
        await File.WriteAllBytesAsync(_reports.Combine(TokenPath), token, TestContext.Current.CancellationToken);
    }

    private Task<CommandResult> RunAsync(OpenSslAuthority authority) => _reports.RunAsync("reports", "--trust", "trust", "--timestamp-ca", authority.RootFile);

    private async Task AssertNegativeAsync(string expected, OpenSslAuthority authority)
    {
        CommandResult result = await RunAsync(authority);
        Assert.Equal((1, string.Empty), (result.ExitCode, result.Error));
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
    }

    /// <summary>Three authorities for all tests.</summary>
    public sealed class Authorities : IAsyncLifetime
    {
        public OpenSslAuthority Good { get; private set; } = null!;

        public OpenSslAuthority Other { get; private set; } = null!;

        public OpenSslAuthority Expired { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            Good = await OpenSslAuthority.CreateAsync();
            Other = await OpenSslAuthority.CreateAsync();
            Expired = await OpenSslAuthority.CreateAsync(expired: true);
        }

        public ValueTask DisposeAsync()
        {
            Good.Dispose();
            Other.Dispose();
            Expired.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
