namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Whether the server works.</summary>
    public static readonly ApiRoute GetHealth = new("GET", "/health", "getHealth", "Status and version; with a credential also what the server depends on", null, LimitClass.Public, RequestAudit.Never) { Aliases = ["/healthz"] };

    /// <summary>Whether the process lives.</summary>
    public static readonly ApiRoute GetLiveness = new("GET", "/health/live", "getLiveness", "Whether the process answers", null, LimitClass.None, RequestAudit.Never);

    /// <summary>Whether the process can serve.</summary>
    public static readonly ApiRoute GetReadiness = new("GET", "/health/ready", "getReadiness", "Whether the store and the audit log can be used", null, LimitClass.None, RequestAudit.Never);

    private static IEnumerable<ApiRoute> OfHealth => [GetHealth, GetLiveness, GetReadiness];
}
