using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Tars.Server.Telemetry;

/// <summary>A listener of its own for metrics and nothing else, without credentials: whoever reaches its port may read them.</summary>
internal sealed class MetricsListener(TelemetrySettings settings, ServerMetrics metrics) : IHostedService, IAsyncDisposable
{
    private WebApplication? _server;

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        IPAddress[] addresses = IPAddress.TryParse(settings.Host, out IPAddress? address) ? [address] : await Dns.GetHostAddressesAsync(settings.Host, cancellationToken);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = 0;
            options.Limits.MaxConcurrentConnections = 100;
            foreach (IPAddress each in addresses)
            {
                options.Listen(each, settings.Port!.Value);
            }
        });
        _server = builder.Build();
        _server.Run(async context =>
        {
            if (!HttpMethods.IsGet(context.Request.Method) || context.Request.Path != "/metrics")
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            await MetricsRoutes.WriteAsync(context, metrics);
        });
        await _server.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => _server?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }
}
