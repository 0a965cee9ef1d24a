using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access;
using Tars.Server.Administration.Cache;
using Tars.Server.Administration.Configuration;
using Tars.Server.Administration.Keys;
using Tars.Server.Administration.Schedules;
using Tars.Server.Anomalies;
using Tars.Server.AuditEvents;
using Tars.Server.Auditing;
using Tars.Server.Availability;
using Tars.Server.Daily;
using Tars.Server.Documentation;
using Tars.Server.Documents;
using Tars.Server.Health;
using Tars.Server.Jobs;
using Tars.Server.Limits;
using Tars.Server.Problems;
using Tars.Server.Regressions;
using Tars.Server.Retrospectives;
using Tars.Server.Telemetry;
using Tars.Server.Transport;
using Tars.Server.Verification;

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
        builder.Services.AddAccess(parts);
        builder.Services.AddResources();
        configure(builder);
        WebApplication server = builder.Build();

        // Each step is one folder's extension method. The order is the security of the server: read docs/reference/api-pipeline.md before changing it.
        server.UseRequestIds(); // Hosting: request_id
        parts.Log?.Use(server); // Hosting: request log
        server.UseProblems((exception, requestId) => parts.Log?.Tell(exception, requestId)); // Problems: exceptions and bare statuses become problem documents
        server.UseTrustedProxies(); // Transport: whose address it is
        server.UseTransportSecurity(); // Transport: HTTPS redirect, HSTS, headers, CORS
        server.UseRequestMetrics(); // Telemetry
        server.UseRouting();
        server.UseCallers(); // Access: who calls
        server.UseRateLimits(); // Limits: per principal, then address
        server.UseAccessRules(); // Access: may they; a route without a policy is denied
        server.UseRequestAudit(); // Auditing: the event before the answer, fail closed
        server.MapAccess();
        server.MapResources();
        server.MapMetrics();
        server.Lifetime.ApplicationStopping.Register(server.Services.GetRequiredService<Readiness>().End);
        return server;
    }

    private static void AddResources(this IServiceCollection services)
    {
        OpenApiText.AddTo(services);
        services.AddSingleton<StoreVersions>().AddSingleton<Answers>().AddSingleton<Readiness>().AddSingleton<ReportFiles>();
        services.AddSingleton<HealthRoutes>().AddSingleton<AvailabilityRoutes>().AddSingleton<DailyRoutes>().AddSingleton<AnomalyRoutes>().AddSingleton<RegressionRoutes>();
        services.AddSingleton<RetrospectiveRoutes>().AddSingleton<DocumentationRoutes>();
        services.AddSingleton<AuditRoutes>().AddSingleton<VerifyRoutes>().AddSingleton<ConfigurationRoutes>().AddSingleton<KeyRoutes>().AddSingleton<ScheduleRoutes>().AddSingleton<CacheRoutes>();
        services.AddSingleton<RetrospectiveJobs>().AddSingleton<JobRoutes>().AddHostedService(provider => provider.GetRequiredService<RetrospectiveJobs>());
    }

    private static void MapResources(this WebApplication server)
    {
        server.Services.GetRequiredService<HealthRoutes>().Map(server);
        server.Services.GetRequiredService<AvailabilityRoutes>().Map(server);
        server.Services.GetRequiredService<DailyRoutes>().Map(server);
        server.Services.GetRequiredService<AnomalyRoutes>().Map(server);
        server.Services.GetRequiredService<RegressionRoutes>().Map(server);
        server.Services.GetRequiredService<RetrospectiveRoutes>().Map(server);
        server.Services.GetRequiredService<JobRoutes>().Map(server);
        server.Services.GetRequiredService<AuditRoutes>().Map(server);
        server.Services.GetRequiredService<VerifyRoutes>().Map(server);
        server.Services.GetRequiredService<ConfigurationRoutes>().Map(server);
        server.Services.GetRequiredService<KeyRoutes>().Map(server);
        server.Services.GetRequiredService<ScheduleRoutes>().Map(server);
        server.Services.GetRequiredService<CacheRoutes>().Map(server);
        server.Services.GetRequiredService<DocumentationRoutes>().Map(server);
    }
}
