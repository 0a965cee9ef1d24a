using Tars.Server.Access;

namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Orders a retrospective.</summary>
    public static readonly ApiRoute OrderRetrospective = new("POST", "/api/retrospective", "orderRetrospective", "Orders a retrospective; it is made as a job", Role.Admin, LimitClass.Role, RequestAudit.Always);

    /// <summary>A job.</summary>
    public static readonly ApiRoute GetJob = new("GET", "/api/jobs/{id}", "getJob", "How far a job is", Role.Admin, LimitClass.Role, RequestAudit.Read);

    /// <summary>A job's events.</summary>
    public static readonly ApiRoute GetJobEvents = new("GET", "/api/jobs/{id}/events", "getJobEvents", "How far a job is, as server-sent events until it ends", Role.Admin, LimitClass.Role, RequestAudit.Read);

    private static IEnumerable<ApiRoute> OfJobs => [OrderRetrospective, GetJob, GetJobEvents];
}
