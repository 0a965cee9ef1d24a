using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Auditing;
using Tars.Server.Health;
using Tars.Server.Limits;
using Tars.Server.Telemetry;
using Tars.Server.Transport;

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
        builder.AddEdge(parts);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(parts).AddSingleton(parts.Store).AddSingleton(parts.Store.Rows).AddSingleton(parts.Time);
        configure(builder);
        WebApplication server = builder.Build();

        // Each step is one folder's extension method. The order is the security of the server: read docs/reference/api-pipeline.md before changing it.
        // UseRequestIds        Hosting:   request_id, request log
        // UseProblems          Problems:  exceptions and bare statuses become problem documents
        server.UseTrustedProxies(); // Transport: whose address it is
        server.UseTransportSecurity(); // Transport: HTTPS redirect, HSTS, headers, CORS
        server.UseRequestMetrics(); // Telemetry
        server.UseRouting();
        // UseCallers           Access:    who calls (Caller in the features)
        server.UseRateLimits(); // Limits: per principal, then address
        // UseAccessRules       Access:    may they (401, 403); a route without a policy is denied
        server.UseRequestAudit(); // Auditing: the event before the answer, fail closed
        server.MapHealth();
        server.MapMetrics();
        return server;
    }
}
