using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Administration.Sessions;

/// <summary>Logins that can be continued, for administrators.</summary>
internal static class SessionRoutes
{
    /// <summary>Maps them.</summary>
    public static void MapSessions(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.ListLogins, ListAsync)
            .Takes(AdministrationParameters.None, null).Produces<SessionList>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.EndLogin, EndAsync)
            .Takes(AdministrationParameters.OfSession, null, StatusCodes.Status404NotFound).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Store store)
    {
        IReadOnlyList<TokenFamily> families = await store.RefreshTokens.ListAsync(null, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(
            new SessionList([.. families.Select(family => new SessionAnswer(family.Id, family.UserId, family.Created, family.Rotated, family.Expires, family.Ends))]), AdministrationJson.Default.SessionList);
    }

    private static async Task<IResult> EndAsync(HttpContext context, Store store)
    {
        Guid id = Guid.Parse((string)context.Request.RouteValues["session_id"]!);
        AccessGrant grant = await store.RefreshTokens.FindGrantAsync(id, context.RequestAborted) ?? throw new ProblemException(ErrorCode.NotFound, "there is no such login");
        JsonObject Data() => new() { ["session"] = id.ToString(), ["user"] = grant.UserId.ToString(), ["subject"] = grant.SubjectId };
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, "session.ended", Data());
        await act.EndAsync(await store.RefreshTokens.RevokeFamilyAsync(id, "ended", context.RequestAborted), Data());
        return TypedResults.NoContent();
    }
}
