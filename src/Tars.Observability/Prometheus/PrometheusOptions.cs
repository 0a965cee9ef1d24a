using System.Text;

namespace Tars.Observability.Prometheus;

/// <summary>Which backend answers; decides how ranges treat their start and which parameters are understood.</summary>
public enum PrometheusDialect
{
    /// <summary>Found out from the backend itself.</summary>
    Auto,

    /// <summary>Prometheus before 3.0, and Thanos, Cortex and Mimir built on it: a range includes a sample at its start.</summary>
    Prometheus2,

    /// <summary>Prometheus 3.0 and later, and what is built on it: a range does not include its start.</summary>
    Prometheus3,

    /// <summary>VictoriaMetrics, single node or cluster.</summary>
    VictoriaMetrics,
}

/// <summary>How parameters of a query are sent.</summary>
public enum QueryMethod
{
    /// <summary>GET for short queries, POST (a form) for long ones; GET throughout once the backend refuses POST with 405.</summary>
    Auto,

    /// <summary>Always in the address.</summary>
    Get,

    /// <summary>Always as a form; GET throughout once the backend refuses POST with 405.</summary>
    Post,
}

/// <summary>How to reach a backend that answers the Prometheus HTTP API v1. Secrets never appear in <see cref="ToString"/>.</summary>
/// <param name="Url">
/// <c>http</c> or <c>https</c>, with the path prefix under which <c>/api/v1</c> lies, if any. User information in it is taken as basic
/// authentication and never shown.
/// </param>
public sealed record PrometheusOptions(Uri Url)
{
    /// <summary>User of basic authentication, or null.</summary>
    public string? Username { get; init; }

    /// <summary>Password of basic authentication, or null.</summary>
    public string? Password { get; init; }

    /// <summary>Bearer token, or null; not together with basic authentication.</summary>
    public string? BearerToken { get; init; }

    /// <summary>PEM file with the client certificate and its chain, or null.</summary>
    public string? ClientCertificateFile { get; init; }

    /// <summary>PEM file with the client certificate's unencrypted private key; null when it is in the certificate file.</summary>
    public string? ClientKeyFile { get; init; }

    /// <summary>PEM file with the certificate authorities that alone are trusted, or null for those of the system.</summary>
    public string? CertificateAuthorityFile { get; init; }

    /// <summary>An HTTP proxy; null for the one of the environment (<c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>NO_PROXY</c>).</summary>
    public Uri? Proxy { get; init; }

    /// <summary>More request headers, for example <c>X-Scope-OrgID</c>.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Longest time of one request, its answer included. Positive; two minutes by default.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Longest time for a connection to be made. Positive; ten seconds by default.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Most requests under way at once, at least one; four by default.</summary>
    public int Concurrency { get; init; } = 4;

    /// <summary>How often a request is sent again after a passing failure; zero for never, four by default.</summary>
    public int Retries { get; init; } = 4;

    /// <summary>Upper bound of the first pause before a retry; it doubles with each. Half a second by default.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Longest pause before a retry; a backend that asks for a longer one (<c>Retry-After</c>) is not asked again. Thirty seconds by
    /// default.
    /// </summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Most bytes of one answer, after decompression. Positive; 4 GiB by default.</summary>
    public long MaxResponseBytes { get; init; } = 4L << 30;

    /// <summary>Most points per series asked for in one request; 11,000 by default, which is Prometheus's own limit.</summary>
    public int MaxPointsPerRequest { get; init; } = 11_000;

    /// <summary>What answers, or <see cref="PrometheusDialect.Auto"/>.</summary>
    public PrometheusDialect Dialect { get; init; }

    /// <summary>How queries are sent.</summary>
    public QueryMethod Method { get; init; }

    /// <summary>Whether compressed answers are asked for; null for yes except on this machine's own loopback addresses.</summary>
    public bool? Compression { get; init; }

    /// <summary>Receives the timing of each query, for <c>-v</c>, or null.</summary>
    public IProgress<QueryTiming>? Timings { get; init; }

    /// <summary>The address without user information, query and fragment, ended by a slash.</summary>
    public Uri Address => new UriBuilder(Url) { UserName = string.Empty, Password = string.Empty, Query = string.Empty, Fragment = string.Empty, Path = Url.AbsolutePath.TrimEnd('/') + "/" }.Uri;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentException">A setting contradicts its description; the message names it, and no secret.</exception>
    public void Validate()
    {
        Require(Url.IsAbsoluteUri && Url.Scheme is "http" or "https", "url is not an absolute http or https address");
        Require(BearerToken is null || (Username is null && Password is null && Url.UserInfo.Length == 0), "a bearer token and basic authentication exclude each other");
        Require(Timeout > TimeSpan.Zero && ConnectTimeout > TimeSpan.Zero, "timeouts are positive");
        Require(Concurrency >= 1, "concurrency is at least 1");
        Require(Retries >= 0 && RetryDelay >= TimeSpan.Zero && MaxRetryDelay >= TimeSpan.Zero, "retries and their pauses are not negative");
        Require(MaxResponseBytes > 0, "the largest answer is positive");
        Require(MaxPointsPerRequest is >= 1 and <= 1_000_000, "points per request lie between 1 and 1,000,000");
        Require(ClientKeyFile is null || ClientCertificateFile is not null, "a client key needs a client certificate");
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new ArgumentException($"the backend's settings: {otherwise}");
        }
    }

    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Url = ").Append(Address);
        return true;
    }
}

/// <summary>How one query went.</summary>
/// <param name="Query">The PromQL text.</param>
/// <param name="Duration">From sending to the last series, retries included.</param>
/// <param name="Bytes">Bytes of the answers, decompressed.</param>
/// <param name="SeriesCount">Series that came.</param>
/// <param name="PointCount">Values that came.</param>
/// <param name="Requests">Requests sent: pieces and retries.</param>
/// <param name="Failure">Why it failed, or null.</param>
public sealed record QueryTiming(string Query, TimeSpan Duration, long Bytes, int SeriesCount, long PointCount, int Requests, string? Failure);
