using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Regressions.</summary>
    public static readonly ApiRoute GetRegressions = new("GET", "/api/regressions", "listRegressions", "What became worse, the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/regressions"] };

    /// <summary>Regressions of a day.</summary>
    public static readonly ApiRoute GetRegressionsOfDay = new("GET", "/api/regressions/{date}", "listRegressionsOfDay", "What became worse on a day", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/regressions/{date}"] };

    private static IEnumerable<ApiRoute> OfRegressions => [GetRegressions, GetRegressionsOfDay];
}
