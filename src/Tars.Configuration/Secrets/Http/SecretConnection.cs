using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Configuration.Secrets.Http;

/// <summary>
/// Sends what secrets depend on: TLS, no redirects to another host, no cookies, no proxy for metadata addresses, time-outs, bounded answers in
/// memory that is zeroed, retries with full jitter that honour <c>Retry-After</c>. Failures name the address without its query, and hold no secret.
/// </summary>
internal sealed class SecretConnection : IDisposable
{
    private readonly SecretConnectionOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _outside;
    private readonly HttpClient _direct;

    /// <summary>Prepares a connection; nothing is sent.</summary>
    public SecretConnection(SecretConnectionOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _outside = Client(options, useProxy: true);
        _direct = Client(options, useProxy: false);
    }

    /// <summary>Sends a request until it is answered or the retries are used up.</summary>
    /// <param name="make">Makes the request, anew for each attempt: signatures carry the time.</param>
    /// <param name="isPassing">Whether an answer is a failure that may pass (throttling); null for 408, 429, 500, 502, 503 and 504.</param>
    /// <param name="tell">Says what such an answer is, without any text of its own that may quote a secret; null for its status.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The answer, whatever its status but those that may pass.</returns>
    /// <exception cref="SecretBackendException">No answer came, or only passing failures.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> ended it.</exception>
    public async Task<SecretResponse> SendAsync(
        Func<SecretRequest> make, Func<SecretResponse, bool>? isPassing, Func<SecretResponse, string>? tell, CancellationToken cancellationToken)
    {
        using CancellationTokenSource deadline = new(_options.Deadline, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        string failure = "nothing came";
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                SecretResponse? response = null;
                (response, failure) = await TryAsync(make, both.Token, cancellationToken).ConfigureAwait(false);
                TimeSpan asked = TimeSpan.Zero;
                if (response is not null)
                {
                    if (!(isPassing ?? IsPassing)(response))
                    {
                        return response;
                    }

                    using (response)
                    {
                        asked = RetryAfter(response);
                        failure = $"{response.Place} {tell?.Invoke(response) ?? $"answered {(int)response.Status}"}";
                    }
                }

                if (asked > _options.LongestPause)
                {
                    throw SecretBackendException.Unreachable($"{failure} and asks to wait {asked.TotalSeconds:F0} s, longer than the {_options.LongestPause.TotalSeconds:0.###} s that are waited");
                }

                if (attempt >= _options.Retries)
                {
                    throw SecretBackendException.Unreachable(attempt == 0 ? failure : $"{failure}, as after {attempt} earlier attempt{(attempt == 1 ? "" : "s")}");
                }

                await Task.Delay(Pause(attempt, asked), _time, both.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw SecretBackendException.Unreachable($"no usable answer within {_options.Deadline.TotalSeconds:0.###} s: {failure}", exception);
        }
    }

    /// <inheritdoc cref="SendAsync(Func{SecretRequest}, Func{SecretResponse, bool}?, Func{SecretResponse, string}?, CancellationToken)"/>
    public Task<SecretResponse> SendAsync(Func<SecretRequest> make, Func<SecretResponse, bool>? isPassing, CancellationToken cancellationToken) =>
        SendAsync(make, isPassing, null, cancellationToken);

    /// <summary>Whether a status says that the same request may succeed later.</summary>
    public static bool IsPassing(SecretResponse response) => (int)response.Status is 408 or 429 or 500 or 502 or 503 or 504;

    /// <inheritdoc/>
    public void Dispose()
    {
        _outside.Dispose();
        _direct.Dispose();
    }

    private static HttpClient Client(SecretConnectionOptions options, bool useProxy)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = useProxy,
            AutomaticDecompression = DecompressionMethods.None,
            ConnectTimeout = options.AttemptTimeout,
            MaxResponseHeadersLength = 64,
            MaxConnectionsPerServer = 8,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ActivityHeadersPropagator = null,
        };
        if (options.Authorities is { } authorities)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(authorities);
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        handler.SslOptions.ClientCertificates = options.ClientCertificates;
        HttpClient client = new(handler, disposeHandler: true) { Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tars", typeof(SecretConnection).Assembly.GetName().Version?.ToString(3)));
        return client;
    }

    private async Task<(SecretResponse? Response, string Failure)> TryAsync(
        Func<SecretRequest> make, CancellationToken deadline, CancellationToken cancellationToken)
    {
        using SecretRequest request = make();
        string place = request.Address.GetLeftPart(UriPartial.Path);
        using CancellationTokenSource timeout = new(_options.AttemptTimeout, _time);
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(deadline, timeout.Token);
        try
        {
            return (await SendOnceAsync(request, all.Token).ConfigureAwait(false), "");
        }
        catch (HttpRequestException exception) when (exception.HttpRequestError == HttpRequestError.SecureConnectionError)
        {
            throw SecretBackendException.Unreachable($"{place} does not present a certificate that is trusted here{Hint(_options.TlsHint)}", exception);
        }
        catch (HttpRequestException exception)
        {
            return (null, $"{place} cannot be reached ({Words(exception.HttpRequestError)})");
        }
        catch (IOException)
        {
            return (null, $"{place} broke off its answer");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return (null, $"{place} did not answer within {_options.AttemptTimeout.TotalSeconds:0.###} s");
        }
    }

    private async Task<SecretResponse> SendOnceAsync(SecretRequest request, CancellationToken cancellationToken)
    {
        HttpClient client = SecretEndpoint.IsDirect(request.Address) ? _direct : _outside;
        Uri target = request.Address;
        for (int hop = 0; ; hop++)
        {
            using HttpRequestMessage message = request.ToMessage(target);
            using HttpResponseMessage response = await client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            if ((int)response.StatusCode is < 300 or > 399)
            {
                return await ReadAsync(response, target, cancellationToken).ConfigureAwait(false);
            }

            target = Next(response, target, hop);
        }
    }

    private Uri Next(HttpResponseMessage response, Uri from, int hop)
    {
        Uri? next = response.Headers.Location is Uri location && Uri.TryCreate(from, location, out Uri? named) ? named : null;
        if (next is not null && hop < _options.Redirects && next.Scheme == from.Scheme && next.Authority == from.Authority)
        {
            return next;
        }

        string target = next is null || next.Authority == from.Authority ? "" : $" to {next.Scheme}://{next.Authority}";
        throw SecretBackendException.Unreachable(
            $"{from.GetLeftPart(UriPartial.Path)} answered {(int)response.StatusCode}, a redirect{target}, which is not followed with credentials{Hint(_options.RedirectHint)}");
    }

    private async Task<SecretResponse> ReadAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        string place = address.GetLeftPart(UriPartial.Path);
        ClearedBuffer body = new();
        try
        {
            Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(body.GetMemory(1024), cancellationToken).ConfigureAwait(false)) > 0)
                {
                    body.Advance(read);
                    if (body.Length > _options.MaximumBytes)
                    {
                        throw SecretBackendException.Unreachable($"{place} answered with more than {_options.MaximumBytes} bytes");
                    }
                }
            }

            Dictionary<string, string[]> headers = response.Headers.Concat(response.Content.Headers)
                .ToDictionary(header => header.Key, header => header.Value.ToArray(), StringComparer.OrdinalIgnoreCase);
            SecretResponse answer = new(address, response.StatusCode, headers, body);
            body = null!;
            return answer;
        }
        finally
        {
            body?.Dispose();
        }
    }

    private TimeSpan RetryAfter(SecretResponse response) => response.Headers("Retry-After") switch
    {
        [string seconds] when int.TryParse(seconds, NumberStyles.None, CultureInfo.InvariantCulture, out int count) => TimeSpan.FromSeconds(count),
        [string date] when DateTimeOffset.TryParse(date, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset when) && when > _time.GetUtcNow()
            => when - _time.GetUtcNow(),
        _ => TimeSpan.Zero,
    };

    private TimeSpan Pause(int attempt, TimeSpan asked)
    {
        double bound = Math.Min(_options.FirstPause.TotalMilliseconds * Math.Pow(2, Math.Min(attempt, 30)), _options.LongestPause.TotalMilliseconds);
        TimeSpan jittered = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * bound);
        return asked > jittered ? asked : jittered;
    }

    private static string Hint(string way) => way.Length == 0 ? "" : "; " + way;

    private static string Words(HttpRequestError error) => error switch
    {
        HttpRequestError.NameResolutionError => "its name is not known",
        HttpRequestError.ConnectionError => "no connection",
        HttpRequestError.ProxyTunnelError => "the proxy refuses",
        HttpRequestError.ResponseEnded or HttpRequestError.InvalidResponse => "its answer is not HTTP",
        HttpRequestError.ConfigurationLimitExceeded => "its headers are too long",
        _ => error.ToString(),
    };
}
