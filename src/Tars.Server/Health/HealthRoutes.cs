using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Access;
using Tars.Server.Documents;
using Tars.Server.Hosting;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Health;

/// <summary>Whether the server works.</summary>
internal sealed class HealthRoutes(ServerParts parts, Readiness readiness)
{
    private static readonly ApiParameters Nothing = new();

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetHealth, (RequestDelegate)HealthAsync).WithMetadata(Nothing).Produces<HealthDocument>(StatusCodes.Status200OK, Representations.Json).Produces<HealthDocument>(StatusCodes.Status503ServiceUnavailable);
        endpoints.Map(ApiRoutes.GetLiveness, (RequestDelegate)(context =>
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return Task.CompletedTask;
        })).WithMetadata(Nothing).Produces(StatusCodes.Status204NoContent);
        endpoints.Map(ApiRoutes.GetReadiness, (RequestDelegate)ReadinessAsync).WithMetadata(Nothing).Produces(StatusCodes.Status204NoContent);
    }

    private async Task HealthAsync(HttpContext context)
    {
        RequestValues.Read(context, Nothing);
        _ = Representations.Of(context, Representations.JsonAlone);
        IReadOnlyDictionary<string, string> found = await readiness.AskAsync(context.RequestAborted).ConfigureAwait(false);
        bool isHealthy = Readiness.IsReady(found);
        context.Response.StatusCode = isHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        context.Response.Headers.CacheControl = "no-store";
        await Answers.WriteUnkeptAsync(
            context,
            new HealthDocument
            {
                Status = isHealthy ? "healthy" : "unhealthy",
                Version = parts.Version,
                Timestamp = parts.Time.GetUtcNow(),
                Services = Caller.Of(context) is Caller.Known ? found : null,
            },
            ApiJson.Default.HealthDocument).ConfigureAwait(false);
    }

    private async Task ReadinessAsync(HttpContext context)
    {
        if (readiness.IsEnding || !Readiness.IsReady(await readiness.AskAsync(context.RequestAborted).ConfigureAwait(false)))
        {
            throw new ProblemException(ErrorCode.Unavailable, "The server is not ready.") { RetryAfter = TimeSpan.FromSeconds(1) };
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
