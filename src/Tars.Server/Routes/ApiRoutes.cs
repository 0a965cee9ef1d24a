namespace Tars.Server.Routes;

/// <summary>All routes of the API, as data: docs/reference/api-routes.md is made of it, and the access tests walk it whole.</summary>
public static partial class ApiRoutes
{
    /// <summary>Every route, in the order of the documentation.</summary>
    public static IReadOnlyList<ApiRoute> All { get; } = [.. OfHealth];
}
