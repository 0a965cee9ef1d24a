using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>The figures of a period.</summary>
    public static readonly ApiRoute GetAvailability = new("GET", "/api/ga", "getGeneralAvailability", "Figures of a period and whether it kept its objectives", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/ga"] };

    private static IEnumerable<ApiRoute> OfAvailability => [GetAvailability];
}
