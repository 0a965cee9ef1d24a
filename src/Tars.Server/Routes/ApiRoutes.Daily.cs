using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Days.</summary>
    public static readonly ApiRoute GetDailyList = new("GET", "/api/daily", "listDaily", "Daily summaries, the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/summaries/daily", "/day"] };

    /// <summary>One day.</summary>
    public static readonly ApiRoute GetDaily = new("GET", "/api/daily/{date}", "getDaily", "One day: figures, services, objectives, findings", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/summaries/daily/{date}"] };

    /// <summary>One day, by its number.</summary>
    public static readonly ApiRoute GetDayNumber = new("GET", "/api/daily/number/{n}", "getDayNumber", "One day, by its number from the begin of the newest period", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/day/{n}"] };

    private static IEnumerable<ApiRoute> OfDaily => [GetDailyList, GetDaily, GetDayNumber];
}
