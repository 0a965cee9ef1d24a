using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Timestamps;

namespace Tars.Application.Sealing;

/// <summary>
/// An RFC 3161 authority over HTTP: one attempt for each timestamp, with an own number, a time limit and a limit of size. What it answers is
/// checked before it is given to anyone: granted, for these bytes, to this request, under the policy asked for, signed with a certificate for
/// timestamps, and where certificates are named, by one that leads to them.
/// </summary>
public sealed class TimestampAuthority : IDisposable
{
    /// <summary>What follows an envelope's name in the name of its timestamp.</summary>
    public const string FileSuffix = ".tsr";

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private readonly TimestampSettings _settings;
    private readonly X509Certificate2Collection? _trusted;
    private readonly TimeProvider _time;
    private readonly SocketsHttpHandler _handler = new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = Timeout,
        MaxResponseHeadersLength = 64,
        ActivityHeadersPropagator = null,
    };

    private readonly HttpClient _client;

    private TimestampAuthority(TimestampSettings settings, X509Certificate2Collection? trusted, TimeProvider time)
    {
        _settings = settings;
        _trusted = trusted;
        _time = time;
        _client = new HttpClient(_handler, disposeHandler: false) { Timeout = System.Threading.Timeout.InfiniteTimeSpan };
        _client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("tars", typeof(TimestampAuthority).Assembly.GetName().Version?.ToString(3)));
    }

    /// <summary>Reads the certificates that are named. The authority is not asked yet.</summary>
    /// <param name="settings">Where it is; null when no timestamps are wanted.</param>
    /// <param name="time">The clock of the time limit.</param>
    /// <exception cref="SealingException">The certificates cannot be read.</exception>
    public static TimestampAuthority? Open(TimestampSettings? settings, TimeProvider time) =>
        settings is null ? null : new TimestampAuthority(settings, settings.AuthorityFile is { } file ? ReadCertificates(file, "security.timestamp_ca") : null, time);

    /// <summary>Reads certificates.</summary>
    /// <param name="path">A PEM file.</param>
    /// <param name="what">The option or key that names it.</param>
    /// <exception cref="SealingException">It cannot be read, or holds none.</exception>
    public static X509Certificate2Collection ReadCertificates(string path, string what)
    {
        try
        {
            X509Certificate2Collection certificates = [];
            certificates.ImportFromPemFile(path);
            return certificates.Count > 0 ? certificates : throw new SealingException($"{path}: it holds no certificate ({what})", "PEM is expected");
        }
        catch (Exception exception) when (exception is CryptographicException or FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SealingException($"{path}: {exception.Message} ({what})");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException($"{path}: it cannot be read: {exception.Message} ({what})", null, exception);
        }
    }

    /// <summary>Fetches a timestamp.</summary>
    /// <param name="payload">The bytes: an envelope's payload.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The token, as it is stored.</returns>
    /// <exception cref="TimestampException">There is none.</exception>
    public async Task<ReadOnlyMemory<byte>> StampAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        TimestampRequest request = TimestampRequest.For(payload.Span) with { PolicyOid = _settings.PolicyOid };
        byte[] answer = await AskAsync(request, cancellationToken).ConfigureAwait(false);
        (TimestampVerdict verdict, ReadOnlyMemory<byte> token) = TimestampVerifier.VerifyAnswer(answer, request, payload.Span, _trusted);
        return verdict.Refusal is { } refusal ? throw new TimestampException(_settings.Url, refusal) : token;
    }

    /// <summary>Closes connections.</summary>
    public void Dispose()
    {
        _client.Dispose();
        _handler.Dispose();
    }

    private async Task<byte[]> AskAsync(TimestampRequest request, CancellationToken cancellationToken)
    {
        using CancellationTokenSource timeout = new(Timeout, _time);
        using CancellationTokenSource all = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using HttpRequestMessage message = new(HttpMethod.Post, _settings.Url) { Content = new ByteArrayContent(request.ToDer()) };
            message.Content.Headers.ContentType = new MediaTypeHeaderValue(TimestampRequest.ContentType);
            message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(TimestampRequest.AnswerContentType));
            using HttpResponseMessage response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, all.Token).ConfigureAwait(false);
            string? type = response.Content.Headers.ContentType?.MediaType;
            return response.StatusCode != HttpStatusCode.OK
                ? throw new TimestampException(_settings.Url, string.Create(CultureInfo.InvariantCulture, $"it answers with the status {(int)response.StatusCode}; 200 is expected"))
                : type != TimestampRequest.AnswerContentType
                    ? throw new TimestampException(_settings.Url, $"it answers {(type is null ? "without a media type" : $"with {type}")}; {TimestampRequest.AnswerContentType} is expected")
                    : await ReadAsync(response, all.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimestampException(_settings.Url, string.Create(CultureInfo.InvariantCulture, $"it did not answer within {Timeout.TotalSeconds:0} s"), exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new TimestampException(_settings.Url, $"it cannot be reached: {exception.Message}", exception);
        }
    }

    private async Task<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        Stream body = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (body.ConfigureAwait(false))
        {
            byte[] room = new byte[TimestampRequest.LongestAnswer + 1];
            int length = await body.ReadAtLeastAsync(room, room.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            return length < room.Length ? room[..length] : throw new TimestampException(_settings.Url, $"its answer is longer than {TimestampRequest.LongestAnswer} bytes");
        }
    }
}
