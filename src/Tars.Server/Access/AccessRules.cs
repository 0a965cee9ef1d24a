using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Access.Journal;
using Tars.Server.Problems;
using Tars.Server.Routes;

namespace Tars.Server.Access;

/// <summary>
/// Decides whether a request may be answered, by the policy of its route alone; what has none is denied. A credential that does not hold is refused everywhere but where
/// only the process's life is asked for: whoever shows one wants to know.
/// </summary>
internal sealed class AccessRules(RequestDelegate next, AccessJournal journal)
{
    private const string UnsupportedBody = "415 HTTP Unsupported Media Type"; // as routing names its own answer
    private const string Challenge = "Bearer realm=\"tars\"";

    /// <summary>Whether an endpoint tells the process's life alone.</summary>
    public static bool IsLiveness(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<ApiRoute>() is { Limit: LimitClass.None, Least: null };

    /// <summary>Handles a request.</summary>
    public Task InvokeAsync(HttpContext context)
    {
        Endpoint? endpoint = context.GetEndpoint();
        ApiRoute? route = endpoint?.Metadata.GetMetadata<ApiRoute>();
        Caller caller = Caller.Of(context);
        if (route is { Limit: LimitClass.None, Least: null })
        {
            return next(context);
        }

        if (caller is Caller.Refused refused)
        {
            return RefuseAsync(context, route, refused);
        }

        if (caller is Caller.Stranger && endpoint?.DisplayName == UnsupportedBody)
        {
            return ChallengeAsync(context, null); // who calls comes before what they send; what takes a body of a certain type needs a role
        }

        if (endpoint is null || (route is null && IsRefusalOfRouting(endpoint)))
        {
            return next(context); // 404, 405 and 415 of routing itself
        }

        if (route is null)
        {
            return DenyAsync(context, null, caller, "nobody may call this: it has no policy");
        }

        return (route.Least, caller) switch
        {
            (null, _) => next(context),
            ({ } least, Caller.Known known) when known.Role >= least => next(context),
            ({ } least, Caller.Known) => DenyAsync(context, route, caller, $"the role {RoleNames.Of(least)} is needed"),
            _ => ChallengeAsync(context, route),
        };
    }

    // Routing's own answers have no template and no metadata; everything that was mapped has a template.
    private static bool IsRefusalOfRouting(Endpoint endpoint) => endpoint is not RouteEndpoint && endpoint.Metadata.Count == 0;

    private async Task ChallengeAsync(HttpContext context, ApiRoute? route)
    {
        if (await journal.DeniedAsync(context, route, "no credential"))
        {
            context.Response.Headers.WWWAuthenticate = Challenge;
            await ProblemAnswer.WriteAsync(context, ErrorCode.Unauthorized, "say who calls, with the header X-API-Key or Authorization: Bearer");
        }
    }

    private async Task RefuseAsync(HttpContext context, ApiRoute? route, Caller.Refused refused)
    {
        if (await journal.DeniedAsync(context, route, refused.Reason))
        {
            if (refused.Code.Status == StatusCodes.Status401Unauthorized)
            {
                context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"invalid_token\""; // RFC 6750, section 3.1
            }

            await ProblemAnswer.WriteAsync(context, refused.Code, "the credential does not hold; log in again, or ask for another key");
        }
    }

    private async Task DenyAsync(HttpContext context, ApiRoute? route, Caller caller, string detail)
    {
        if (await journal.DeniedAsync(context, route, "role"))
        {
            if (caller is Caller.Known)
            {
                context.Response.Headers.WWWAuthenticate = $"{Challenge}, error=\"insufficient_scope\"";
            }

            await ProblemAnswer.WriteAsync(context, ErrorCode.Forbidden, detail);
        }
    }
}
