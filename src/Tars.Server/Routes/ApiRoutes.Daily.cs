using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Days.</summary>
    public static readonly ApiRoute GetDailyList = new("GET", "/api/daily", "listDaily", "Daily summaries, the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/summaries/daily", "/day"] };

    /// <summary>One day.</summary>
    public static readonly ApiRoute GetDaily = new("GET", "/api/daily/{date}", "getDaily", "One day: figures, services, objectives, findings", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/summaries/daily/{date}"] };

    private static IEnumerable<ApiRoute> OfDaily => [GetDailyList, GetDaily];
}
