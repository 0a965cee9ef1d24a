using Tars.Server.Access;

namespace Tars.Server.Routes;

/// <summary>One route of the API with its whole policy: a route that is not in <see cref="ApiRoutes"/> cannot be mapped.</summary>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Template">The route template.</param>
/// <param name="OperationId">Its name in the OpenAPI document.</param>
/// <param name="Summary">What it does, one line.</param>
/// <param name="Least">The least role that may call it; null: anybody.</param>
/// <param name="Limit">Which limit counts it.</param>
/// <param name="Audit">Whether a call is an event of the audit log.</param>
public sealed record ApiRoute(string Method, string Template, string OperationId, string Summary, Role? Least, LimitClass Limit, RequestAudit Audit)
{
    /// <summary>The documented older paths that answer as this one.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];
}

/// <summary>Which limit counts a request.</summary>
public enum LimitClass
{
    /// <summary>None: liveness and readiness of the process.</summary>
    None,

    /// <summary>That of strangers, by address.</summary>
    Public,

    /// <summary>That of the caller's role, by principal.</summary>
    Role,

    /// <summary>That of logins, by address and by login.</summary>
    Login,

    /// <summary>That of downloads, by principal.</summary>
    Download,
}

/// <summary>Whether a request is an event of the audit log.</summary>
public enum RequestAudit
{
    /// <summary>Never: it tells nothing of anybody's data.</summary>
    Never,

    /// <summary>A plain read: as <c>api.audit_reads</c> says.</summary>
    Read,

    /// <summary>Always, before it is answered; what cannot be audited is answered 503.</summary>
    Always,

    /// <summary>Always, by whatever answers it, with an event of its own type; what cannot be audited is answered 503.</summary>
    ByItself,
}
