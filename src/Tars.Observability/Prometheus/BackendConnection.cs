using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Sends requests: authentication, bounded concurrency, timeouts, retries, bounded answers, and failures in words.</summary>
internal sealed class BackendConnection : IDisposable
{
    private readonly PrometheusOptions _options;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _client;
    private readonly SemaphoreSlim _slots;
    private readonly SentSecrets _secrets;
    private bool _postRefused;

    /// <summary>Prepares a connection; nothing is sent.</summary>
    public BackendConnection(PrometheusOptions options, TimeProvider time)
    {
        options.Validate();
        (_options, _time, _secrets) = (options, time, new SentSecrets(options));
        _slots = new SemaphoreSlim(options.Concurrency);
        _handler = BackendHandler.Create(options);
        _client = new HttpClient(_handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tars", typeof(BackendConnection).Assembly.GetName().Version?.ToString(3)));
        _client.DefaultRequestHeaders.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        _client.DefaultRequestHeaders.Authorization = Authorization(options);
        foreach ((string name, string value) in options.Headers)
        {
            if (!_client.DefaultRequestHeaders.TryAddWithoutValidation(name, value))
            {
                throw new ArgumentException($"the backend's settings: \"{name}\" cannot be a request header");
            }
        }
    }

    /// <summary>Sends a request until it is answered or retries are used up, and lets <paramref name="read"/> work on the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="read">Reads the answer's bytes; called again from the start after a connection broke within them.</param>
    /// <param name="tally">Counts requests and bytes, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<T> SendAsync<T>(
        ApiRequest request, Func<Stream, CancellationToken, Task<T>> read, RequestTally? tally, CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int attempt = 0; ; attempt++)
            {
                Attempt<T> outcome = await TryAsync(request, read, tally, cancellationToken).ConfigureAwait(false);
                if (outcome.Failure is null)
                {
                    return outcome.Result!;
                }

                TimeSpan? pause = RetryPause.Of(attempt, _options, outcome.RetryAfter, _time);
                if (attempt >= _options.Retries || pause is null)
                {
                    throw BackendFailures.GaveUp(outcome.Failure, attempt + 1, pause is null ? outcome.RetryAfter : null);
                }

                await Task.Delay(pause.Value, _time, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            _slots.Release();
        }
    }

    /// <summary>Returns what the backend says without the credentials that were sent to it.</summary>
    public string Mask(string said) => _secrets.Mask(said);

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
        _slots.Dispose();
    }

    private static AuthenticationHeaderValue? Authorization(PrometheusOptions options)
    {
        if (options.BearerToken is { } token)
        {
            return new AuthenticationHeaderValue("Bearer", token);
        }

        string[] inUrl = options.Url.UserInfo.Split(':', 2);
        string user = options.Username ?? Uri.UnescapeDataString(inUrl[0]);
        string password = options.Password ?? (inUrl.Length > 1 ? Uri.UnescapeDataString(inUrl[1]) : string.Empty);
        return user.Length == 0 && password.Length == 0
            ? null
            : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));
    }

    private async Task<Attempt<T>> TryAsync<T>(
        ApiRequest request, Func<Stream, CancellationToken, Task<T>> read, RequestTally? tally, CancellationToken cancellationToken)
    {
        Uri address = request.AddressUnder(_options.Address);
        using CancellationTokenSource timeout = new(_options.Timeout, _time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            using HttpResponseMessage response = await SendOnceAsync(request, tally, both.Token).ConfigureAwait(false);
            return await AnswerAsync(response, request, address, read, tally, both.Token).ConfigureAwait(false);
        }
        catch (HttpRequestException exception)
        {
            SeriesSourceException failure = BackendFailures.Unreachable(exception, address);
            return exception.HttpRequestError == HttpRequestError.SecureConnectionError ? throw failure : new(default, failure, null);
        }
        catch (OperationCanceledException exception) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw BackendFailures.TimedOut(exception, address, _options.Timeout, request.Query);
        }
    }

    private async Task<Attempt<T>> AnswerAsync<T>(
        HttpResponseMessage response,
        ApiRequest request,
        Uri address,
        Func<Stream, CancellationToken, Task<T>> read,
        RequestTally? tally,
        CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength > _options.MaxResponseBytes)
        {
            throw BoundedStream.TooLarge(_options.MaxResponseBytes);
        }

        Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        BoundedStream body = new(stream, _options.MaxResponseBytes);
        await using (body.ConfigureAwait(false))
        {
            try
            {
                if (!response.IsSuccessStatusCode)
                {
                    string text = await BackendFailures.ReadTextAsync(body, cancellationToken).ConfigureAwait(false);
                    SeriesSourceException failure = BackendFailures.Refused(response, text, address, request.Query, _secrets);
                    return BackendFailures.IsPassing(response.StatusCode, failure) ? new(default, failure, response.Headers.RetryAfter) : throw failure;
                }

                if (response.Content.Headers.ContentType?.MediaType is "text/html" or "application/xhtml+xml")
                {
                    throw BackendFailures.NotJson(address, "a web page");
                }

                return new(await ReadAsync(read, body, cancellationToken).ConfigureAwait(false), null, null);
            }
            catch (IOException exception) when (body.Failure is not null)
            {
                return new(default, BackendFailures.Broken(exception, address, body.BytesRead), null);
            }
            finally
            {
                tally?.Add(body.BytesRead);
            }
        }
    }

    // An answer with status 200 may repeat a request as well, in its error or where something else was expected.
    private async Task<T> ReadAsync<T>(Func<Stream, CancellationToken, Task<T>> read, Stream body, CancellationToken cancellationToken)
    {
        try
        {
            return await read(body, cancellationToken).ConfigureAwait(false);
        }
        catch (SeriesSourceException said) when (Mask(said.Message) is { } masked && masked != said.Message)
        {
            throw new SeriesSourceException(said.Failure, masked, said.Query, said.Hint);
        }
        catch (InvalidDataException said) when (Mask(said.Message) is { } masked && masked != said.Message)
        {
            throw new InvalidDataException(masked);
        }
    }

    private async Task<HttpResponseMessage> SendOnceAsync(ApiRequest request, RequestTally? tally, CancellationToken cancellationToken)
    {
        using HttpRequestMessage message = request.Message(_options.Address, _options.Method, _postRefused);
        tally?.CountRequest();
        HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.MethodNotAllowed || message.Method != HttpMethod.Post)
        {
            return response;
        }

        response.Dispose();
        _postRefused = true;
        using HttpRequestMessage again = request.Message(_options.Address, QueryMethod.Get, postRefused: true);
        tally?.CountRequest();
        return await _client.SendAsync(again, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private readonly record struct Attempt<T>(T? Result, SeriesSourceException? Failure, RetryConditionHeaderValue? RetryAfter);
}

/// <summary>Requests and bytes of one query, over all its pieces and retries.</summary>
internal sealed class RequestTally
{
    /// <summary>Requests sent.</summary>
    public int Requests { get; private set; }

    /// <summary>Bytes of answers.</summary>
    public long Bytes { get; private set; }

    /// <summary>Counts a request.</summary>
    public void CountRequest() => Requests++;

    /// <summary>Counts bytes.</summary>
    public void Add(long bytes) => Bytes += bytes;
}
