using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// Sends requests to Vault: time-outs, bounded retries that honour <c>Retry-After</c>, bounded answers. A redirect is followed on the same
/// host and port only, because the token goes with it.
/// </summary>
internal sealed class VaultConnection : IDisposable
{
    private readonly VaultOptions _options;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly string _base;

    /// <summary>Prepares a connection; nothing is sent.</summary>
    /// <exception cref="VaultFileException">A certificate file cannot be read.</exception>
    public VaultConnection(VaultOptions options, TimeProvider time)
    {
        (_options, _time) = (options, time);
        _client = new HttpClient(VaultHandler.Create(options)) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tars", typeof(VaultConnection).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.Add("X-Vault-Request", "true");
        if (options.Namespace is string name)
        {
            _client.DefaultRequestHeaders.Add("X-Vault-Namespace", name.Trim('/'));
        }

        _base = options.Url.AbsoluteUri.TrimEnd('/') + "/v1/";
    }

    /// <summary>Sends a request until it is answered for good or retries are used up.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The API path after <c>/v1/</c>, not yet escaped.</param>
    /// <param name="body">JSON, owned by the caller; null for none.</param>
    /// <param name="token">The token; null for a login.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<VaultReply> SendAsync(HttpMethod method, string path, byte[]? body, Secret? token, CancellationToken cancellationToken)
    {
        Uri address = new(_base + string.Join('/', path.Split('/').Select(Uri.EscapeDataString)));
        for (int attempt = 0; ; attempt++)
        {
            Attempt outcome = await TryAsync(method, address, body, token, cancellationToken).ConfigureAwait(false);
            if (!outcome.IsPassing || attempt >= _options.Retries)
            {
                return attempt > 0 && outcome.Reply is VaultReply.Nothing last ? new VaultReply.Nothing($"{last.Reason} (tried {attempt + 1} times)") : outcome.Reply;
            }

            if (Pause(attempt, outcome.RetryAfter) is not TimeSpan pause)
            {
                return outcome.Reply is VaultReply.Nothing busy
                    ? new VaultReply.Nothing($"{busy.Reason}; it asks to wait longer than {DurationText.Format(_options.MaxRetryDelay)}")
                    : outcome.Reply;
            }

            outcome.Reply.Dispose();
            await Task.Delay(pause, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    private static bool IsPassing(int status) => status is 412 or 429 or 472 or 473 or (>= 500 and not 501);

    private static string Unreachable(HttpRequestException exception) => exception.HttpRequestError switch
    {
        HttpRequestError.NameResolutionError => "its host name is not known",
        HttpRequestError.SecureConnectionError =>
            "no TLS connection with a trusted certificate; set secrets.vault_ca_file to the authority that signed it, or check that secrets.vault_url begins as Vault listens (https or http)",
        HttpRequestError.ConnectionError => "no connection",
        _ => "the connection broke",
    };

    private async Task<Attempt> TryAsync(HttpMethod method, Uri address, byte[]? body, Secret? token, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(_options.Timeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            for (int hop = 0; ; hop++)
            {
                using HttpRequestMessage message = Message(method, address, body, token);
                using HttpResponseMessage response =
                    await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
                if (response.StatusCode is not (HttpStatusCode.Moved or HttpStatusCode.Redirect or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect))
                {
                    return await ReadAsync(response, both.Token).ConfigureAwait(false);
                }

                Uri? next = response.Headers.Location is Uri location ? new Uri(address, location) : null;
                if (next is null || next.Scheme != address.Scheme || next.Authority != address.Authority || hop == 2)
                {
                    string target = next is null ? "nowhere" : $"{next.Scheme}://{next.Authority}";
                    return new(new VaultReply.Nothing(
                        $"it redirects to {target}, where the token is not sent; set secrets.vault_url to the active node, or let standbys forward requests"));
                }

                address = next;
            }
        }
        catch (HttpRequestException exception)
        {
            return new(new VaultReply.Nothing(Unreachable(exception)), IsPassing: exception.HttpRequestError != HttpRequestError.SecureConnectionError);
        }
        catch (IOException)
        {
            return new(new VaultReply.Nothing("the connection broke within the answer"), IsPassing: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new(new VaultReply.Nothing($"no answer within {DurationText.Format(_options.Timeout)}"), IsPassing: true);
        }
    }

    private static HttpRequestMessage Message(HttpMethod method, Uri address, byte[]? body, Secret? token)
    {
        HttpRequestMessage message = new(method, address);
        if (token is not null)
        {
            message.Headers.Add("X-Vault-Token", token.Reveal());
        }

        if (body is not null)
        {
            message.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        return message;
    }

    private async Task<Attempt> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        int status = (int)response.StatusCode;
        (byte[] bytes, int length) = await ReadBytesAsync(response.Content, cancellationToken).ConfigureAwait(false);
        if (length > _options.MaxAnswerBytes)
        {
            CryptographicOperations.ZeroMemory(bytes);
            return new(new VaultReply.Nothing($"its answer is larger than {_options.MaxAnswerBytes} bytes"));
        }

        VaultReply reply = VaultDocument.Parse(bytes, length) is VaultDocument document
            ? new VaultReply.Answered(status, document)
            : new VaultReply.Nothing($"answered {status} with something that is not Vault's JSON; is secrets.vault_url Vault's address?");
        return IsPassing(status)
            ? new(reply is VaultReply.Answered answer ? Busy(answer) : reply, IsPassing: true, response.Headers.RetryAfter)
            : new(reply);
    }

    private static VaultReply.Nothing Busy(VaultReply.Answered answer)
    {
        using (answer)
        {
            return new VaultReply.Nothing(VaultWords.Told(answer));
        }
    }

    // The buffer grows up to one byte more than the limit, so that "too large" is seen without reading on.
    private async Task<(byte[] Bytes, int Length)> ReadBytesAsync(HttpContent content, CancellationToken cancellationToken)
    {
        Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            byte[] buffer = GC.AllocateArray<byte>(Math.Min(16 * 1024, _options.MaxAnswerBytes + 1), pinned: true);
            int length = 0;
            bool isWhole = false;
            try
            {
                while (await stream.ReadAsync(buffer.AsMemory(length), cancellationToken).ConfigureAwait(false) is int read and > 0)
                {
                    length += read;
                    if (length == buffer.Length)
                    {
                        if (length > _options.MaxAnswerBytes)
                        {
                            break;
                        }

                        byte[] larger = GC.AllocateUninitializedArray<byte>(Math.Min(buffer.Length * 2, _options.MaxAnswerBytes + 1), pinned: true);
                        buffer.AsSpan(0, length).CopyTo(larger);
                        CryptographicOperations.ZeroMemory(buffer);
                        buffer = larger;
                    }
                }

                isWhole = true;
                return (buffer, length);
            }
            finally
            {
                if (!isWhole)
                {
                    CryptographicOperations.ZeroMemory(buffer);
                }
            }
        }
    }

    // Full jitter under a bound that doubles, and never less than Vault asked for (RFC 9110, section 10.2.3).
    private TimeSpan? Pause(int attempt, RetryConditionHeaderValue? retryAfter)
    {
        TimeSpan asked = retryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - _time.GetUtcNow(),
            _ => TimeSpan.Zero,
        };
        if (asked > _options.MaxRetryDelay)
        {
            return null;
        }

        double bound = Math.Min(_options.RetryDelay.TotalMilliseconds * Math.Pow(2, attempt), _options.MaxRetryDelay.TotalMilliseconds);
        TimeSpan jittered = TimeSpan.FromMilliseconds(Random.Shared.NextDouble() * bound);
        return asked > jittered ? asked : jittered;
    }

    private readonly record struct Attempt(VaultReply Reply, bool IsPassing = false, RetryConditionHeaderValue? RetryAfter = null);
}
