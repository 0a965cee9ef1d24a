using Microsoft.AspNetCore.Builder;
using Tars.Server.Auditing;
using Tars.Server.Limits;
using Tars.Server.Telemetry;
using Tars.Server.Transport;

namespace Tars.Server.Hosting;

/// <summary>What a request meets before and after anybody answers it: connections, limits, metrics, the audit log.</summary>
internal static class ServerEdge
{
    /// <summary>Adds it.</summary>
    public static void AddEdge(this WebApplicationBuilder builder, ServerParts parts)
    {
        builder.AddTransport(parts.Settings);
        builder.Services.AddRateLimits(parts.Settings);
        builder.Services.AddTelemetry(parts.Settings);
        builder.Services.AddRequestAuditing(parts);
    }
}
