using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Telemetry;

/// <summary>The route of metrics, on the port of the API.</summary>
internal static class MetricsRoutes
{
    /// <summary>Maps it, unless metrics have a port of their own or are not served.</summary>
    public static void MapMetrics(this IEndpointRouteBuilder endpoints)
    {
        TelemetrySettings settings = endpoints.ServiceProvider.GetRequiredService<TelemetrySettings>();
        if (!settings.IsServed || settings.Port is not null)
        {
            return;
        }

        endpoints.Map(ApiRoutes.GetMetrics, async (HttpContext context, ServerMetrics metrics) =>
        {
            if (settings.NeedsCredential && Caller.Of(context) is not Caller.Known)
            {
                throw Caller.Of(context) is Caller.Refused refused
                    ? new ProblemException(refused.Code, "the credential does not hold")
                    : new ProblemException(ErrorCode.Unauthorized, "metrics are read with a credential here (telemetry.metrics_access); a Prometheus sends one with authorization in its scrape_config");
            }

            await WriteAsync(context, metrics);
        }).WithMetadata(new ProblemStatuses([StatusCodes.Status401Unauthorized])).Produces(StatusCodes.Status200OK, null, "text/plain");
    }

    /// <summary>Answers with the text.</summary>
    public static async Task WriteAsync(HttpContext context, ServerMetrics metrics)
    {
        byte[] text = await metrics.ReadAsync(context.RequestAborted);
        context.Response.ContentType = ServerMetrics.MediaType;
        context.Response.ContentLength = text.Length;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(text, context.RequestAborted);
    }
}
