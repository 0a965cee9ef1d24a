using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Tars.Server.Routes;

/// <summary>Maps routes with their policy. Nothing else in the server maps an endpoint.</summary>
internal static class RouteMapping
{
    /// <summary>Maps a route and its aliases to a handler.</summary>
    /// <param name="endpoints">Where.</param>
    /// <param name="route">The route, out of <see cref="ApiRoutes"/>.</param>
    /// <param name="handler">What answers it.</param>
    /// <returns>The canonical endpoint; the aliases are not in the OpenAPI document.</returns>
    public static RouteHandlerBuilder Map(this IEndpointRouteBuilder endpoints, ApiRoute route, Delegate handler)
    {
        // Whatever can be got answers HEAD as well: the same, without the body.
        string[] methods = route.Method == HttpMethods.Get ? [HttpMethods.Get, HttpMethods.Head] : [route.Method];
        foreach (string alias in route.Aliases)
        {
            endpoints.MapMethods(alias, methods, handler).WithMetadata(route).ExcludeFromDescription();
        }

        return endpoints.MapMethods(route.Template, methods, handler).WithMetadata(route).WithName(route.OperationId).WithSummary(route.Summary);
    }
}
