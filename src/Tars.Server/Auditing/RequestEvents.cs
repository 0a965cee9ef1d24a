using Tars.Server.Routes;

namespace Tars.Server.Auditing;

/// <summary>Which event a request leaves in the audit log: the table in docs/formats/audit-events.md.</summary>
public static class RequestEvents
{
    /// <summary>A login was tried.</summary>
    public const string Login = "api.login";

    /// <summary>A file was given out.</summary>
    public const string Download = "api.download";

    /// <summary>Something was done that changes something, or shows what only administrators see.</summary>
    public const string Act = "api.act";

    /// <summary>A result was read.</summary>
    public const string Read = "api.read";

    /// <summary>Somebody who showed a credential was refused, or a login was one too many.</summary>
    public const string Denied = "api.denied";

    /// <summary>All of them, as the documentation has them.</summary>
    public static IReadOnlyList<string> All { get; } = [Login, Download, Act, Read, Denied];

    /// <summary>The event of a route's requests that are not refused before they reach it.</summary>
    public static string Of(ApiRoute route)
    {
        ArgumentNullException.ThrowIfNull(route);
        return route switch
        {
            { Limit: LimitClass.Login } => Login,
            { Limit: LimitClass.Download } => Download,
            { Audit: RequestAudit.Read } => Read,
            _ => Act,
        };
    }

    /// <summary>Whether a route's requests are in the log before they are done, and not only before they are answered.</summary>
    /// <remarks>A login changes nothing that anybody could use before its answer is there.</remarks>
    internal static bool IsIntended(ApiRoute route) => route.Audit == RequestAudit.Always && route.Limit != LimitClass.Login && route.Method != "GET";
}
