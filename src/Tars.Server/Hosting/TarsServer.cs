using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access;
using Tars.Server.Health;

namespace Tars.Server.Hosting;

/// <summary>The server, put together: which steps a request goes through, in which order, and what answers it.</summary>
public static class TarsServer
{
    /// <summary>The server, not started.</summary>
    /// <param name="parts">What it is made of.</param>
    /// <param name="configure">Says where it listens.</param>
    public static WebApplication Create(ServerParts parts, Action<WebApplicationBuilder> configure)
    {
        ArgumentNullException.ThrowIfNull(parts);
        ArgumentNullException.ThrowIfNull(configure);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.AddServerHeader = false);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(parts).AddSingleton(parts.Store).AddSingleton(parts.Store.Rows).AddSingleton(parts.Time);
        builder.Services.AddAccess(parts);
        configure(builder);
        WebApplication server = builder.Build();

        // Each step is one folder's extension method. The order is the security of the server: read docs/reference/api-pipeline.md before changing it.
        // UseRequestIds        Hosting:   request_id, request log
        // UseProblems          Problems:  exceptions and bare statuses become problem documents
        // UseTrustedProxies    Transport: whose address it is
        // UseTransportSecurity Transport: HTTPS redirect, HSTS, headers, CORS
        // UseRequestMetrics    Telemetry
        server.UseRouting();
        server.UseCallers();
        // UseRateLimits        Limits:    per principal, then address
        server.UseAccessRules();
        // UseRequestAudit      Auditing:  the event before the answer, fail closed
        server.MapHealth();
        server.MapAccess();
        return server;
    }
}
