using System.Buffers;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tars.TestKit.SecretServers;

/// <summary>
/// A service's protocol on two loopback ports, one plain and one with TLS under a private authority. Everything is in
/// memory and ends with it. It answers one request at a time, so that what is set up between two requests holds for the second.
/// </summary>
public abstract class ProtocolServer : IAsyncDisposable
{
    /// <summary>A longer body is refused with 413, unless a server takes more.</summary>
    public const int MaximumBodyBytes = 1 << 20;

    private readonly ProtocolServerOptions _options;
    private readonly PrivateAuthority _authority;
    private readonly List<ReceivedRequest> _requests = [];
    private X509Certificate2? _certificate;
    private WebApplication? _host;

    /// <summary>A server that is not listening yet.</summary>
    protected ProtocolServer(ProtocolServerOptions? options)
    {
        _options = options ?? new ProtocolServerOptions();
        _authority = _options.Authority ?? new PrivateAuthority();
    }

    /// <summary>The clock.</summary>
    public TimeProvider Time => _options.Time;

    /// <summary>Plain HTTP, <c>http://127.0.0.1:port/</c>.</summary>
    public Uri HttpAddress { get; private set; } = new("http://127.0.0.1:0/");

    /// <summary>TLS, <c>https://127.0.0.1:port/</c>.</summary>
    public Uri HttpsAddress { get; private set; } = new("https://127.0.0.1:0/");

    /// <summary>The certificate of the authority behind <see cref="HttpsAddress"/>, in PEM.</summary>
    public string AuthorityPem => _authority.Pem;

    /// <summary>What goes wrong next.</summary>
    public PendingFaults Faults { get; } = new();

    /// <summary>All requests so far, those that met a fault too, in the order in which they came.</summary>
    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (Gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Held while an answer is made; whoever changes what is served holds it too.</summary>
    protected Lock Gate { get; } = new();

    /// <summary>The longest body this server takes.</summary>
    protected virtual int BodyLimit => MaximumBodyBytes;

    /// <summary>The time by the server's clock.</summary>
    protected DateTimeOffset Now => Time.GetUtcNow();

    /// <summary>Closes both ports; answers under way are cut off.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            using CancellationTokenSource atOnce = new();
            await atOnce.CancelAsync();
            await _host.StopAsync(atOnce.Token);
            await _host.DisposeAsync();
        }

        _certificate?.Dispose();
        if (_options.Authority is null)
        {
            _authority.Dispose();
        }

        GC.SuppressFinalize(this);
    }

    /// <summary>The answer to a request; called with <see cref="Gate"/> held.</summary>
    protected abstract Answer Respond(ReceivedRequest request);

    /// <summary>The service's answer to too many requests.</summary>
    protected abstract Answer Throttled(ReceivedRequest request, TimeSpan? retryAfter);

    /// <summary>The service's answer when it fails itself.</summary>
    protected abstract Answer Failed(ReceivedRequest request, int status);

    /// <summary>Listens on two free ports.</summary>
    protected async Task ListenAsync(CancellationToken cancellationToken)
    {
        _certificate = _authority.Issue(_options.HostNames, _options.CertificateNamesLoopback, _options.CertificateExpired);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_certificate));
        });
        _host = builder.Build();
        _host.Run(AnswerAsync);
        await _host.StartAsync(cancellationToken);
        foreach (string address in _host.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses)
        {
            Uri uri = new(address);
            if (uri.Scheme == Uri.UriSchemeHttps)
            {
                HttpsAddress = uri;
            }
            else
            {
                HttpAddress = uri;
            }
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        CancellationToken gone = context.RequestAborted;
        string[] target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?', 2);
        if (Faults.TakeEarly(Uri.UnescapeDataString(target[0]), context.Request.Method, target.Length == 2 ? target[1] : "") is { } cut)
        {
            await context.Request.Body.ReadAtLeastAsync(new byte[cut.Bytes], cut.Bytes, throwOnEndOfStream: false, gone);
            context.Abort();
            return;
        }

        if (await ReadBodyAsync(context.Request.Body, BodyLimit, gone) is not { } body)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        ReceivedRequest request = new(
            context.Request.Method,
            context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            [.. context.Request.Headers.SelectMany(header => header.Value.Select(value => new KeyValuePair<string, string>(header.Key, value ?? "")))],
            body,
            context.Request.IsHttps,
            Now);
        Fault? fault;
        lock (Gate)
        {
            _requests.Add(request);
            fault = Faults.Take(request.Path, request.Method, request.RawQuery);
        }

        await FaultyResponse.SendAsync(context, fault, Usual, Throttle, Fail, Time);

        Answer Usual()
        {
            lock (Gate)
            {
                return Respond(request);
            }
        }

        Answer Throttle(TimeSpan? retryAfter) => Throttled(request, retryAfter);

        Answer Fail(int status) => Failed(request, status);
    }

    private static async Task<byte[]?> ReadBodyAsync(Stream stream, int limit, CancellationToken cancellationToken)
    {
        using MemoryStream body = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and int read)
            {
                if (body.Length + read > limit)
                {
                    return null;
                }

                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }

        return body.ToArray();
    }
}
