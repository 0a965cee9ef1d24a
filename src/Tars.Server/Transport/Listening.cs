using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Telemetry;

namespace Tars.Server.Transport;

/// <summary>Where the server listens.</summary>
public static class Listening
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);

    /// <summary>Speaks TLS on a port: with the certificate of the configuration, which is read again when its files change, and the versions that it names.</summary>
    /// <param name="listen">The port.</param>
    /// <exception cref="TransportException">The certificate cannot be used.</exception>
    public static void UseConfiguredTls(this ListenOptions listen)
    {
        ArgumentNullException.ThrowIfNull(listen);
        ServerCertificate certificate = listen.ApplicationServices.GetRequiredService<ServerCertificate>();
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(certificate.Options), HandshakeTimeout = HandshakeLimit });
    }

    /// <summary>Listens on the port that does nothing but send browsers to the one with TLS, where the configuration names one.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="address">The address.</param>
    public static void ListenForRedirects(this KestrelServerOptions kestrel, IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        if (kestrel.ApplicationServices.GetRequiredService<TransportSettings>().RedirectPort is { } port)
        {
            kestrel.Listen(address, port);
        }
    }

    /// <summary>Sets what a client may send, and counts connections.</summary>
    internal static void ConfigureConnections(this IWebHostBuilder host, TransportSettings settings) => host.ConfigureKestrel(kestrel =>
    {
        ConnectionLimits limits = settings.Limits;
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxConcurrentConnections = limits.Connections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = 0;
        kestrel.Limits.MaxRequestBodySize = limits.Body;
        kestrel.Limits.MaxRequestHeadersTotalSize = limits.Headers;
        kestrel.Limits.MaxRequestLineSize = Math.Min(limits.Headers, 8192);
        kestrel.Limits.RequestHeadersTimeout = limits.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = limits.IdleTimeout;
        kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(limits.MinRate, Grace);
        kestrel.Limits.MinResponseDataRate = new MinDataRate(limits.MinRate, Grace);
        if (kestrel.ApplicationServices.GetService<RequestMeasurements>() is { } measurements)
        {
            kestrel.ConfigureEndpointDefaults(listen => listen.Use(next => async connection =>
            {
                measurements.Connected(1);
                try
                {
                    await next(connection).ConfigureAwait(false);
                }
                finally
                {
                    measurements.Connected(-1);
                }
            }));
        }
    });
}
