using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Observability.Tests.Prometheus;

public sealed class BackendFaultTests
{
    private const string Answer = """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"1"},"values":[[60,"1"],[120,"2"]]},{"metric":{"a":"2"},"values":[[120,"3"]]}]}}""";

    private static readonly RangeQuery Query = new("up", new TimeGrid(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1), 2));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(429)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    public async Task Read_PassingStatus_IsRetried(int status)
    {
        await using FaultServer server = new((_, number) => number < 2 ? new PlannedAnswer(status, "busy") { ContentType = "text/plain" } : new PlannedAnswer(200, Answer));
        Assert.Equal(["""{a="1"}: 1 2""", """{a="2"}: NaN 3"""], await ReadAsync(Options(server)));
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Read_RetryAfterSeconds_IsHonoured()
    {
        await using FaultServer server = new((_, number) => number < 1 ? new PlannedAnswer(429, "") { Headers = ["Retry-After: 1"] } : new PlannedAnswer(200, Answer));
        long began = Stopwatch.GetTimestamp();
        await ReadAsync(Options(server));
        Assert.InRange(Stopwatch.GetElapsedTime(began).TotalSeconds, 0.95, 30);
    }

    [Fact]
    public async Task Read_RetryAfterDateBeyondLongestPause_GivesUpAtOnce()
    {
        string date = TimeProvider.System.GetUtcNow().AddHours(1).ToString("R", CultureInfo.InvariantCulture);
        await using FaultServer server = new((_, _) => new PlannedAnswer(503, "") { Headers = ["Retry-After: " + date] });
        SeriesSourceException failure = await FailureAsync(Options(server));
        Assert.Single(server.Requests);
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains("asks to wait until", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_AlwaysUnavailable_SaysAddressStatusTextAndTries()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(503, "no store is ready") { ContentType = "text/plain" });
        SeriesSourceException failure = await FailureAsync(Options(server) with { Retries = 2 });
        Assert.Equal($"{server.Address}api/v1/query_range answered 503 ServiceUnavailable: no store is ready (tried 3 times)", failure.Message);
    }

    [Fact]
    public async Task Read_BodyCutOffOnce_HandsEachSeriesOnOnce()
    {
        await using FaultServer server = new((_, number) => new PlannedAnswer(200, Answer) { CutAfter = number == 0 ? Answer.Length - 40 : null });
        List<string> series = await ReadAsync(Options(server));
        Assert.Equal(["""{a="1"}: 1 2""", """{a="2"}: NaN 3"""], series);
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task Read_BodyAlwaysCutOff_IsTheBackendsFailure()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, Answer) { CutAfter = 50 });
        SeriesSourceException failure = await FailureAsync(Options(server) with { Retries = 1 });
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains("the answer broke off after 50 bytes", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_WebPage_IsTheBackendsFailure()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, "<html>log in</html>") { ContentType = "text/html" });
        SeriesSourceException failure = await FailureAsync(Options(server));
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains("answered with a web page instead of the JSON of the Prometheus API", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Nonsense_SaysTheByte()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, "{\"status\":oops"));
        SeriesSourceException failure = await FailureAsync(Options(server));
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains("byte 10", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_SeriesTwice_IsRefused()
    {
        string twice = Answer.Replace("\"2\"},\"values", "\"1\"},\"values", StringComparison.Ordinal);
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, twice));
        Assert.Contains("{a=\"1\"} comes twice", (await FailureAsync(Options(server))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Read_LargerThanAllowed_IsTheQuerysFailure(bool compressed)
    {
        string large = Answer.Replace("\"a\":\"1\"", $"\"a\":\"{new string('x', 100_000)}\"", StringComparison.Ordinal);
        await using FaultServer server = new((_, _) => compressed
            ? new PlannedAnswer(200, "") { Bytes = Compress(large), Headers = ["Content-Encoding: gzip"] }
            : new PlannedAnswer(200, large));
        SeriesSourceException failure = await FailureAsync(Options(server) with { MaxResponseBytes = 50_000, Compression = compressed });
        Assert.Equal(SourceFailure.Query, failure.Failure);
        Assert.Equal(("the answer is larger than the limit of 50000 bytes", "up"), (failure.Message, failure.Query));
    }

    [Fact]
    public async Task Read_Compressed_IsRead()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, "") { Bytes = Compress(Answer), Headers = ["Content-Encoding: gzip"] });
        Assert.Equal(2, (await ReadAsync(Options(server) with { Compression = true })).Count);
        Assert.Equal("gzip", server.Requests[0].Headers["Accept-Encoding"]);
    }

    [Fact]
    public async Task Read_NoAnswerInTime_IsTheQuerysFailure()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, "") { Silent = true });
        SeriesSourceException failure = await FailureAsync(Options(server) with { Timeout = TimeSpan.FromMilliseconds(300) });
        Assert.Equal(SourceFailure.Query, failure.Failure);
        Assert.Contains("no complete answer within 0.3 s", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_Cancelled_IsCancelled()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, "") { Silent = true });
        using CancellationTokenSource soon = new(TimeSpan.FromMilliseconds(200));
        using PrometheusClient client = new(Options(server), TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.QueryRangeAsync(Query, (_, _) => { }, soon.Token));
    }

    [Theory]
    [InlineData(400, "bad_data", SourceFailure.Query)]
    [InlineData(422, "execution", SourceFailure.Query)]
    [InlineData(503, "timeout", SourceFailure.Query)]
    [InlineData(500, "internal", SourceFailure.Backend)]
    [InlineData(401, "unauthorized", SourceFailure.Backend)]
    public async Task Read_BackendsError_IsOfTheRightKindWithItsText(int status, string type, SourceFailure kind)
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(status, $$"""{"status":"error","errorType":"{{type}}","error":"it said so"}"""));
        SeriesSourceException failure = await FailureAsync(Options(server));
        Assert.Equal(kind, failure.Failure);
        Assert.Contains("it said so", failure.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Read_Redirect_IsNotFollowedAndSaysWhereTo()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(302, "") { Headers = ["Location: http://elsewhere.example/prometheus/"] });
        SeriesSourceException failure = await FailureAsync(Options(server));
        Assert.Equal("use the address it points to: http://elsewhere.example/prometheus/", failure.Hint);
    }

    [Fact]
    public async Task Read_NothingListens_IsTheBackendsFailure()
    {
        FaultServer server = new((_, _) => new PlannedAnswer(200, ""));
        PrometheusOptions options = Options(server) with { Retries = 1 };
        await server.DisposeAsync();
        SeriesSourceException failure = await FailureAsync(options);
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains("Connection refused", failure.Message, StringComparison.Ordinal);
        Assert.NotNull(failure.Hint);
    }

    [Fact]
    public async Task Read_Secrets_AreSentAndNeverShown()
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(401, ""));
        PrometheusOptions options = Options(server) with { Url = new UriBuilder(server.Address) { UserName = "user", Password = "s3cret" }.Uri, Headers = new Dictionary<string, string> { ["X-Scope-OrgID"] = "t1" } };
        SeriesSourceException failure = await FailureAsync(options);
        Assert.Equal("Basic " + Convert.ToBase64String("user:s3cret"u8), server.Requests[0].Headers["Authorization"]);
        Assert.Equal("t1", server.Requests[0].Headers["X-Scope-OrgID"]);
        Assert.DoesNotContain("s3cret", failure + options.ToString(), StringComparison.Ordinal);
        await FailureAsync(Options(server) with { BearerToken = "t0ken" });
        Assert.Equal("Bearer t0ken", server.Requests[1].Headers["Authorization"]);
        Assert.DoesNotContain("t0ken", (Options(server) with { BearerToken = "t0ken" }).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_LongQuery_IsPostedAndFallsBackOn405()
    {
        await using FaultServer server = new((request, _) => request.Method == "POST" ? new PlannedAnswer(405, "") : new PlannedAnswer(200, Answer));
        RangeQuery query = Query with { Text = "up{job=\"" + new string('a', 1600) + "\"}" };
        using PrometheusClient client = new(Options(server), TimeProvider.System);
        await client.QueryRangeAsync(query, (_, _) => { }, Cancellation);
        await client.QueryRangeAsync(query, (_, _) => { }, Cancellation);
        Assert.Equal(["POST", "GET", "GET"], server.Requests.Select(request => request.Method));
        Assert.Contains("query=" + query.Text, server.Requests[0].Parameters, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_PathPrefixAndTimings_AreUsed()
    {
        List<QueryTiming> timings = [];
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, Answer));
        await ReadAsync(Options(server) with { Url = new Uri(server.Address, "tenant/prometheus"), Timings = new Immediate(timings.Add) });
        Assert.StartsWith("/tenant/prometheus/api/v1/query_range?query=up&start=60&end=120&step=60", server.Requests[0].Target, StringComparison.Ordinal);
        QueryTiming timing = Assert.Single(timings);
        Assert.Equal(("up", Answer.Length, 2, 3, 1, null), (timing.Query, timing.Bytes, timing.SeriesCount, timing.PointCount, timing.Requests, timing.Failure));
    }

    [Fact]
    public async Task Read_TlsWithOwnAuthorityAndClientCertificate_Works()
    {
        using TemporaryDirectory folder = new();
        using Certificates made = new();
        string authority = folder.WriteText("ca.pem", made.Authority.ExportCertificatePem());
        string client = folder.WriteText("client.pem", made.Client.ExportCertificatePem());
        string key = folder.WriteText("client.key", made.Client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, Answer), made.Server, made.Authority);
        PrometheusOptions options = Options(server) with { CertificateAuthorityFile = authority, ClientCertificateFile = client, ClientKeyFile = key };
        Assert.Equal(2, (await ReadAsync(options)).Count);
        SeriesSourceException untrusted = await FailureAsync(options with { CertificateAuthorityFile = null });
        Assert.Equal(SourceFailure.Backend, untrusted.Failure);
        Assert.Contains("TLS handshake failed", untrusted.Message, StringComparison.Ordinal);
        SeriesSourceException unreadable = await FailureAsync(options with { CertificateAuthorityFile = key });
        Assert.Contains(key, unreadable.Message, StringComparison.Ordinal);
    }

    private static PrometheusOptions Options(FaultServer server) => new(server.Address) { RetryDelay = TimeSpan.FromMilliseconds(1), Timeout = TimeSpan.FromSeconds(30) };

    private static async Task<List<string>> ReadAsync(PrometheusOptions options)
    {
        List<string> series = [];
        using PrometheusClient client = new(options, TimeProvider.System);
        await client.QueryRangeAsync(
            Query,
            (labels, values) => series.Add($"{labels}: {string.Join(' ', values.ToArray().Select(value => value.ToString(CultureInfo.InvariantCulture)))}"),
            Cancellation);
        return series;
    }

    private static Task<SeriesSourceException> FailureAsync(PrometheusOptions options) => Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(options));

    private static byte[] Compress(string text)
    {
        using MemoryStream bytes = new();
        using (GZipStream stream = new(bytes, CompressionLevel.Fastest))
        {
            stream.Write(Encoding.UTF8.GetBytes(text));
        }

        return bytes.ToArray();
    }

    private sealed class Immediate(Action<QueryTiming> action) : IProgress<QueryTiming>
    {
        public void Report(QueryTiming value) => action(value);
    }

    /// <summary>An authority, and a server and client certificate it issued, made for one test.</summary>
    private sealed class Certificates : IDisposable
    {
        private readonly List<ECDsa> _keys = [];

        public Certificates()
        {
            DateTimeOffset now = TimeProvider.System.GetUtcNow();
            CertificateRequest request = Request("CN=test authority");
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
            Authority = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
            Server = Issue("CN=server", now, 1);
            Client = Issue("CN=client", now, 2);
        }

        public X509Certificate2 Authority { get; }

        public X509Certificate2 Server { get; }

        public X509Certificate2 Client { get; }

        public void Dispose() => _keys.ForEach(key => key.Dispose());

        private CertificateRequest Request(string name)
        {
            ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            _keys.Add(key);
            return new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        }

        private X509Certificate2 Issue(string name, DateTimeOffset now, byte serial)
        {
            CertificateRequest request = Request(name);
            SubjectAlternativeNameBuilder names = new();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            return request.Create(Authority, now.AddHours(-1), now.AddHours(12), [serial]).CopyWithPrivateKey(_keys[^1]);
        }
    }
}
