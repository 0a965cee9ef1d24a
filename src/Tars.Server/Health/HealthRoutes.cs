using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Routes;

namespace Tars.Server.Health;

/// <summary>Whether the server works.</summary>
internal static class HealthRoutes
{
    /// <summary>Maps them.</summary>
    public static void MapHealth(this IEndpointRouteBuilder endpoints) => endpoints.Map(ApiRoutes.GetLiveness, () => TypedResults.NoContent());
}
