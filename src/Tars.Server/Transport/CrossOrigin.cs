using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Tars.Server.Transport;

/// <summary>
/// Which pages of other origins may read answers (the CORS protocol of the Fetch standard). Credentials of a browser (cookies) never go with such a call:
/// <c>Access-Control-Allow-Credentials</c> is not sent to anybody, so that <c>*</c> opens no session of anybody's.
/// </summary>
internal sealed class CrossOrigin(IEnumerable<string> origins)
{
    private const string Methods = "GET, HEAD, POST, PUT, PATCH, DELETE";
    private const string Headers = "Authorization, Content-Type, Accept, If-Match, If-None-Match, X-API-Key, X-Request-Id, Last-Event-ID";
    private const string Exposed = "ETag, Link, Location, Retry-After, RateLimit, RateLimit-Policy, X-Request-Id, Content-Disposition";
    private const string MaxAge = "600";

    private readonly HashSet<string> _origins = [.. origins];

    /// <summary>Whether it is for any page at all.</summary>
    public bool IsEmpty => _origins.Count == 0;

    /// <summary>Adds what the calling page's browser needs.</summary>
    /// <returns>Whether the request only asked for permission, and is answered.</returns>
    public bool Answer(HttpContext context)
    {
        IHeaderDictionary answer = context.Response.Headers;
        StringValues origin = context.Request.Headers.Origin;
        bool isOpen = _origins.Contains("*");
        if (!isOpen)
        {
            answer.Append("Vary", "Origin");
        }

        if (origin.Count != 1 || !(isOpen || _origins.Contains(origin.ToString())))
        {
            return false;
        }

        answer.AccessControlAllowOrigin = isOpen ? "*" : origin;
        answer["Cross-Origin-Resource-Policy"] = "cross-origin";
        if (HttpMethods.IsOptions(context.Request.Method) && context.Request.Headers.ContainsKey("Access-Control-Request-Method"))
        {
            answer.AccessControlAllowMethods = Methods;
            answer.AccessControlAllowHeaders = Headers;
            answer.AccessControlMaxAge = MaxAge;
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return true;
        }

        answer.AccessControlExposeHeaders = Exposed;
        return false;
    }
}
