using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Anomalies.</summary>
    public static readonly ApiRoute GetAnomalies = new("GET", "/api/anomalies", "listAnomalies", "What was unusual, the newest first", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/anomalies"] };

    /// <summary>Anomalies of a day.</summary>
    public static readonly ApiRoute GetAnomaliesOfDay = new("GET", "/api/anomalies/{date}", "listAnomaliesOfDay", "What was unusual and began on a day", Role.ReadOnly, LimitClass.Role, RequestAudit.Read) { Aliases = ["/anomalies/{date}"] };

    private static IEnumerable<ApiRoute> OfAnomalies => [GetAnomalies, GetAnomaliesOfDay];
}
