namespace Tars.Server.Routes;

/// <summary>All routes of the API, as data: docs/reference/api-routes.md is made of it, and the access tests walk it whole.</summary>
public static partial class ApiRoutes
{
    /// <summary>Every route, in the order of the documentation.</summary>
    // Made at its first use: the order in which fields of several files are set is not defined.
    public static IReadOnlyList<ApiRoute> All => field ??=
    [
        .. OfHealth, .. OfAccess, .. OfAvailability, .. OfDaily, .. OfAnomalies, .. OfRegressions, .. OfRetrospectives, .. OfJobs, .. OfOperations, .. OfDocumentation, .. OfTelemetry,
    ];
}
