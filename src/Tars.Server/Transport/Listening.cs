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

    /// <summary>Listens on a port, with TLS where the configuration says so, and on the port that sends browsers there.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="address">The address.</param>
    /// <param name="port">The port; 0 for any free one.</param>
    /// <exception cref="TransportException">The certificate cannot be used.</exception>
    public static void ListenAsConfigured(this KestrelServerOptions kestrel, IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(kestrel);
        TransportSettings settings = kestrel.ApplicationServices.GetRequiredService<TransportSettings>();
        if (!settings.IsSecure)
        {
            kestrel.Listen(address, port);
            return;
        }

        ServerCertificate certificate = kestrel.ApplicationServices.GetRequiredService<ServerCertificate>();
        kestrel.Listen(address, port, listen => listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => new(certificate.Options), HandshakeTimeout = HandshakeLimit }));
        if (settings.RedirectPort is { } redirect)
        {
            kestrel.Listen(address, redirect);
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
