using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>The configuration in force.</summary>
    public static readonly ApiRoute GetConfiguration = new("GET", "/api/admin/configuration", "getConfiguration", "The configuration in force, secrets left out", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>The keys.</summary>
    public static readonly ApiRoute GetKeys = new("GET", "/api/admin/keys", "listKeys", "The public parts of the key ring", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>The schedules.</summary>
    public static readonly ApiRoute GetSchedules = new("GET", "/api/admin/schedules", "listSchedules", "What is planned, and how it went last", Role.Sre, LimitClass.Role, RequestAudit.Read);

    /// <summary>Reads the store anew.</summary>
    public static readonly ApiRoute RefreshData = new("POST", "/api/admin/refresh-data", "refreshData", "Asks the store now whether it has changed", Role.Sre, LimitClass.Role, RequestAudit.Always) { Aliases = ["/admin/refresh-data"] };

    /// <summary>Forgets ready answers.</summary>
    public static readonly ApiRoute ClearCache = new("POST", "/api/admin/clear-cache", "clearCache", "Forgets all answers that are kept ready", Role.Sre, LimitClass.Role, RequestAudit.Always) { Aliases = ["/admin/clear-cache"] };

    /// <summary>Events.</summary>
    public static readonly ApiRoute GetAuditEvents = new("GET", "/api/audit", "listAuditEvents", "Events of the audit log, the oldest first", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>The newest checkpoint.</summary>
    public static readonly ApiRoute GetAuditCheckpoint = new("GET", "/api/audit/checkpoint", "getAuditCheckpoint", "The newest signed checkpoint of the audit log", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>A proof.</summary>
    public static readonly ApiRoute GetAuditProof = new("GET", "/api/audit/{event}/proof", "getAuditProof", "A proof that an event is in the audit log, to be checked without it", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>Verifies.</summary>
    public static readonly ApiRoute Verify = new("POST", "/api/verify", "verify", "Verifies uploaded files by an uploaded envelope and the keys that are trusted here", Role.ReadOnly, LimitClass.Role, RequestAudit.Always);

    private static IEnumerable<ApiRoute> OfOperations =>
        [GetAuditEvents, GetAuditCheckpoint, GetAuditProof, Verify, GetConfiguration, GetKeys, GetSchedules, RefreshData, ClearCache];
}
