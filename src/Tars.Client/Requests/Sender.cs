using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.Json;
using Tars.Client.Documents;

namespace Tars.Client.Requests;

/// <summary>Sends requests as often as it takes, and as often as that does no harm.</summary>
internal sealed class Sender(HttpClient http, Uri server, TarsClientOptions options)
{
    /// <summary>Who calls; null for nobody. Given the token that was refused, it gives another one.</summary>
    public Func<string?, CancellationToken, Task<(string Header, string Value)>>? Credential { get; init; }

    /// <summary>Whether the credential can be renewed.</summary>
    public bool CanRenew { get; init; }

    /// <summary>Sends a request and reads its answer; both again where the answer was lost and that does no harm.</summary>
    /// <exception cref="TarsProblemException">The server refuses.</exception>
    /// <exception cref="TarsUnreachableException">It cannot be reached.</exception>
    public async Task<T> SendAsync<T>(Ask ask, Func<AnswerBody, CancellationToken, Task<T>> read, CancellationToken cancellationToken)
    {
        Uri address = new(server, ask.Path);
        string? refused = null;
        for (int attempt = 1; ; attempt++)
        {
            TarsException failure;
            TimeSpan? asked = null;
            bool mayRepeat;
            try
            {
                Sent<T> sent = await TryAsync(ask, address, read, refused, cancellationToken).ConfigureAwait(false);
                if (sent.Problem is null)
                {
                    return sent.Answer!;
                }

                failure = sent.Problem;
                if (sent.Problem.Status == HttpStatusCode.Unauthorized && CanRenew && refused is null)
                {
                    refused = sent.Shown;
                    attempt--;
                    continue;
                }

                asked = sent.Problem.RetryAfter;
                mayRepeat = sent.Problem.Status switch
                {
                    HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable => true, // nothing was done
                    HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout => ask.MayRepeat,
                    _ => false,
                };
            }
            catch (HttpRequestException exception)
            {
                bool wasSent = exception.HttpRequestError is not (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError or HttpRequestError.ProxyTunnelError);
                mayRepeat = (ask.MayRepeat || !wasSent) && exception.InnerException is not AuthenticationException;
                failure = Unreachable(address, attempt, wasSent && exception.InnerException is not AuthenticationException ? "the answer was lost" : "the server cannot be reached", exception);
            }
            catch (LostAnswerException exception)
            {
                mayRepeat = ask.MayRepeat;
                failure = Unreachable(address, attempt, "the answer was lost", exception);
            }
            catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
            {
                mayRepeat = ask.MayRepeat;
                failure = Unreachable(address, attempt, $"no answer within {options.Timeout.TotalSeconds:0.###} s", exception);
            }

            if (!mayRepeat || attempt >= options.Attempts || asked > options.LongestWait)
            {
                throw failure;
            }

            await Task.Delay(asked ?? Wait(attempt), options.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<Sent<T>> TryAsync<T>(Ask ask, Uri address, Func<AnswerBody, CancellationToken, Task<T>> read, string? refused, CancellationToken cancellationToken)
    {
        using HttpRequestMessage request = new(ask.Method, address) { Content = ask.Content?.Invoke() };
        request.Headers.Accept.ParseAdd(ask.Accept);
        if (ask.IdempotencyKey is { } key)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        string? shown = null;
        if (Credential is not null)
        {
            (string header, shown) = await Credential(refused, cancellationToken).ConfigureAwait(false);
            request.Headers.TryAddWithoutValidation(header, header == "Authorization" ? $"Bearer {shown}" : shown);
        }

        using CancellationTokenSource limit = new(options.Timeout, options.Time);
        using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, both.Token).ConfigureAwait(false);
        AnswerBody body = new(response, limit, options.Timeout);
        return response.IsSuccessStatusCode || (ask.TakesUnavailable && response is { StatusCode: HttpStatusCode.ServiceUnavailable, Content.Headers.ContentType.MediaType: "application/json" })
            ? new Sent<T>(await read(body, both.Token).ConfigureAwait(false), null, shown)
            : new Sent<T>(default, await ProblemAsync(body, both.Token).ConfigureAwait(false), shown);
    }

    private async Task<TarsProblemException> ProblemAsync(AnswerBody body, CancellationToken cancellationToken)
    {
        HttpResponseMessage response = body.Response;
        ProblemDocument? problem = null;
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            try
            {
                problem = JsonSerializer.Deserialize(await body.BytesAsync(cancellationToken).ConfigureAwait(false), ClientJson.Default.ProblemDocument);
            }
            catch (JsonException)
            {
                // The status says enough.
            }
        }

        string? id = response.Headers.TryGetValues("X-Request-Id", out IEnumerable<string>? ids) ? ids.FirstOrDefault() : null;
        return new TarsProblemException(response.StatusCode, problem ?? new ProblemDocument(), id, RetryAfter(response.Headers.RetryAfter));
    }

    private TimeSpan? RetryAfter(RetryConditionHeaderValue? value)
    {
        TimeSpan? wait = value?.Delta ?? (value?.Date - options.Time.GetUtcNow());
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }

    // Between half and all of the doubled wait, so that many clients do not come at once.
    private TimeSpan Wait(int attempt)
    {
        double whole = Math.Min(options.FirstWait.TotalMilliseconds * Math.Pow(2, attempt - 1), options.LongestWait.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(whole * (0.5 + (RandomNumberGenerator.GetInt32(0, 1001) / 2000.0)));
    }

    private static TarsUnreachableException Unreachable(Uri address, int attempts, string what, Exception inner) =>
        new(address, attempts, $"{address.GetLeftPart(UriPartial.Path)}: {what}{(attempts > 1 ? $", {attempts} times" : string.Empty)}: {inner.Message}", inner);

    private sealed record Sent<T>(T? Answer, TarsProblemException? Problem, string? Shown);
}
