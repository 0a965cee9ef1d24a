using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>What went wrong with a backend, in words that name the address (without credentials) and the way out.</summary>
internal static class BackendFailures
{
    private const int LongestText = 64 * 1024;
    private const int LongestExcerpt = 500;

    /// <summary>The beginning of an error's text.</summary>
    public static async Task<string> ReadTextAsync(Stream body, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[LongestText];
        int length = await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }

    /// <summary>Whether sending again may help.</summary>
    public static bool IsPassing(HttpStatusCode status, SeriesSourceException failure) => failure.Failure == SourceFailure.Backend
        && status is HttpStatusCode.TooManyRequests or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    /// <summary>A status other than success. The backend's own refusal of a query is <see cref="SourceFailure.Query"/>.</summary>
    public static SeriesSourceException Refused(HttpResponseMessage response, string text, Uri address, string? query, SentSecrets secrets)
    {
        (string? type, string? error) = ParseError(text);
        (text, error) = (secrets.Mask(text), error is null ? null : secrets.Mask(error));
        int status = (int)response.StatusCode;
        bool aboutQuery = query is not null && error is not null
            && (status is 400 or 413 or 422 || type is "bad_data" or "execution" or "timeout" or "canceled");
        if (aboutQuery)
        {
            return new SeriesSourceException(
                SourceFailure.Query,
                $"the backend refused the query: {Excerpt(error!)}",
                query,
                type == "timeout" ? "ask for a shorter window or a longer step, or raise the backend's query timeout" : null);
        }

        string reason = response.ReasonPhrase is { Length: > 0 } phrase ? $"{status} {secrets.Mask(phrase)}" : status.ToString(CultureInfo.InvariantCulture);
        string said = error ?? (text.TrimStart().StartsWith('<') ? string.Empty : text);
        string message = $"{address} answered {reason}" + (said.Trim().Length > 0 ? $": {Excerpt(said)}" : string.Empty);
        return new SeriesSourceException(SourceFailure.Backend, message, query, HintFor(status, response.Headers.Location, address));
    }

    /// <summary>An answer that is no JSON, or not the JSON that was asked for.</summary>
    public static SeriesSourceException NotJson(Uri address, string what, Exception? inner = null) => new(
        SourceFailure.Backend,
        $"{address} answered with {what} instead of the JSON of the Prometheus API",
        hint: "is this the backend's own address, with its path prefix? a login page or another service may stand in front",
        innerException: inner);

    /// <summary>No connection.</summary>
    public static SeriesSourceException Unreachable(HttpRequestException exception, Uri address)
    {
        (string what, string hint) = exception.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError => ("the host name is not known", "check the host name in the backend's address"),
            HttpRequestError.SecureConnectionError => ("the TLS handshake failed: " + Innermost(exception), "check the certificate authority file, the host name in the certificate, and whether a client certificate is asked for"),
            HttpRequestError.ConnectionError => (Innermost(exception), "is the backend running, and is its address right?"),
            HttpRequestError.ProxyTunnelError => ("the proxy refused: " + Innermost(exception), "check the proxy's address"),
            _ => (Innermost(exception), "is the backend running, and is its address right?"),
        };
        return new SeriesSourceException(SourceFailure.Backend, $"{address} is not reachable: {what}", hint: hint, innerException: exception);
    }

    /// <summary>A connection that broke within an answer.</summary>
    public static SeriesSourceException Broken(IOException exception, Uri address, long bytes) => new(
        SourceFailure.Backend,
        $"{address}: the answer broke off after {bytes.ToString(CultureInfo.InvariantCulture)} bytes: {Innermost(exception)}",
        hint: "a proxy's time or size limit, or a backend that was stopped, ends answers early",
        innerException: exception);

    /// <summary>No whole answer in time: the query's failure where one was asked, else the backend's.</summary>
    public static SeriesSourceException TimedOut(OperationCanceledException exception, Uri address, TimeSpan timeout, string? query) => new(
        query is null ? SourceFailure.Backend : SourceFailure.Query,
        $"{address}: no complete answer within {timeout.TotalSeconds.ToString(CultureInfo.InvariantCulture)} s",
        query,
        "raise the timeout, or ask for a shorter window or a longer step",
        exception);

    /// <summary>The last failure, with how often it was tried.</summary>
    public static SeriesSourceException GaveUp(SeriesSourceException last, int attempts, RetryConditionHeaderValue? tooLong)
    {
        string tried = attempts == 1 ? string.Empty : $" (tried {attempts.ToString(CultureInfo.InvariantCulture)} times)";
        string wait = tooLong is null ? string.Empty : $" (it asks to wait until: {tooLong}, longer than the longest pause)";
        return new SeriesSourceException(last.Failure, last.Message + tried + wait, last.Query, last.Hint, last.InnerException);
    }

    /// <summary>The <c>errorType</c> and <c>error</c> of an answer, or nulls when it is not of that form.</summary>
    public static (string? Type, string? Error) ParseError(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            return root.ValueKind == JsonValueKind.Object ? (Text(root, "errorType"), Text(root, "error")) : (null, null);
        }
        catch (JsonException)
        {
            return (null, null);
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static string? HintFor(int status, Uri? location, Uri address) => status switch
    {
        >= 300 and < 400 => location is null ? null : $"use the address it points to: {new UriBuilder(new Uri(address, location)) { UserName = string.Empty, Password = string.Empty, Query = string.Empty }.Uri}",
        401 => "check the user and password or the bearer token of this backend",
        403 => "the credentials are known but not allowed to query; check the tenant header and permissions",
        404 => "does the address lack a path prefix? the API is expected under api/v1 below it",
        429 => "the backend limits requests: lower the concurrency, or ask again later",
        502 or 503 or 504 => "the backend, or a proxy in front of it, is starting, overloaded or down: look at it, or ask again later",
        _ => null,
    };

    private static string Excerpt(string text)
    {
        string line = text.Trim().ReplaceLineEndings(" ");
        return line.Length <= LongestExcerpt ? line : line[..LongestExcerpt] + "…";
    }

    private static string Innermost(Exception exception) => exception.GetBaseException().Message;
}
