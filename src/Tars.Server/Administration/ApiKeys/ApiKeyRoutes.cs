using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Access;
using Tars.Server.Access.Credentials;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Administration.ApiKeys;

/// <summary>API keys, for administrators.</summary>
internal static class ApiKeyRoutes
{
    private const int DefaultDays = 365;
    private const int DefaultOverlap = 24 * 60;

    /// <summary>Maps them.</summary>
    public static void MapApiKeys(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.ListApiKeys, ListAsync)
            .Takes(AdministrationParameters.None, null).Produces<ApiKeyList>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.CreateApiKey, CreateAsync)
            .Takes(AdministrationParameters.None, AdministrationParameters.Key).Produces<MadeApiKey>(StatusCodes.Status201Created, Representations.Json);
        endpoints.Map(ApiRoutes.RotateApiKey, RotateAsync)
            .Takes(AdministrationParameters.OfKey, AdministrationParameters.Rotation, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).Produces<MadeApiKey>(StatusCodes.Status201Created, Representations.Json);
        endpoints.Map(ApiRoutes.RevokeApiKey, RevokeAsync)
            .Takes(AdministrationParameters.OfKey, null, StatusCodes.Status404NotFound).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Store store)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new ApiKeyList([.. (await store.ApiKeys.ListAsync(context.RequestAborted)).Select(AnswerOf)]), AdministrationJson.Default.ApiKeyList);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Store store, TimeProvider time)
    {
        ApiKeyForm form = await RequestBody.ReadAsync(context, AdministrationJson.Default.ApiKeyForm);
        string name = RequestBody.Need(form.Name, "name", AdministrationParameters.LongestName);
        string? login = RequestBody.Check(form.Username, "username", AdministrationParameters.LongestUsername);
        Caller.Known caller = (Caller.Known)Caller.Of(context);
        StoredUser? user = login is null
            ? await store.Users.FindAsync(caller.UserId, context.RequestAborted)
            : await store.Users.FindByLoginAsync(login, context.RequestAborted);
        if (user is null || user.Disabled is not null)
        {
            throw RequestBody.Invalid("username", "is no user who may come in");
        }

        Role most = RoleNames.Parse(user.User.Role) ?? throw RequestBody.Invalid("username", "has no role that is known");
        Role role = form.Role is null ? most : RoleNames.Parse(form.Role) ?? throw RequestBody.Invalid("role", "is no role; write readonly, sre or admin");
        if (role > most)
        {
            throw RequestBody.Invalid("role", $"is more than the user may: {RoleNames.Of(most)}");
        }

        string text = ApiKeyText.Create();
        DateTimeOffset expires = time.GetUtcNow().AddDays(Days(form.ExpiresInDays) ?? DefaultDays);
        NewApiKey key = new(Guid.NewGuid(), user.User.Id, name, ApiKeyText.HashOf(text), RoleNames.Of(role), expires);
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, "api_key.created", Data(key));
        await store.ApiKeys.AddAsync(key, context.RequestAborted);
        await act.EndAsync(true, Data(key));
        return Made(context, text, key);
    }

    private static async Task<IResult> RotateAsync(HttpContext context, Store store, TimeProvider time)
    {
        RotationForm form = RequestBody.IsThere(context) ? await RequestBody.ReadAsync(context, AdministrationJson.Default.RotationForm) : new RotationForm();
        if (form.OverlapMinutes is < 0 or > AdministrationParameters.MostOverlap)
        {
            throw RequestBody.Invalid("overlap_minutes", $"is not between 0 and {AdministrationParameters.MostOverlap}");
        }

        StoredApiKey before = await FindAsync(context, store);
        string text = ApiKeyText.Create();
        Guid id = Guid.NewGuid();
        DateTimeOffset? expires = Days(form.ExpiresInDays) is { } days ? time.GetUtcNow().AddDays(days) : null;
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, "api_key.rotated", new JsonObject { ["key"] = before.Key.Id.ToString(), ["successor"] = id.ToString() });
        NewApiKey? successor = await store.ApiKeys.RotateAsync(
            before.Key.Id, id, ApiKeyText.HashOf(text), TimeSpan.FromMinutes(form.OverlapMinutes ?? DefaultOverlap), expires, context.RequestAborted);
        await act.EndAsync(successor is not null, new JsonObject { ["key"] = before.Key.Id.ToString(), ["successor"] = id.ToString() });
        return successor is null ? throw new ProblemException(ErrorCode.Conflict, "the key has expired or was revoked; make a new one") : Made(context, text, successor);
    }

    private static async Task<IResult> RevokeAsync(HttpContext context, Store store)
    {
        StoredApiKey key = await FindAsync(context, store);
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, "api_key.revoked", Data(key.Key));
        await act.EndAsync(await store.ApiKeys.RevokeAsync(key.Key.Id, context.RequestAborted), Data(key.Key));
        return TypedResults.NoContent();
    }

    private static async Task<StoredApiKey> FindAsync(HttpContext context, Store store) =>
        await store.ApiKeys.FindAsync(Guid.Parse((string)context.Request.RouteValues["key_id"]!), context.RequestAborted)
        ?? throw new ProblemException(ErrorCode.NotFound, "there is no such key");

    private static int? Days(int? days) =>
        days is < 1 or > AdministrationParameters.MostDays ? throw RequestBody.Invalid("expires_in_days", $"is not between 1 and {AdministrationParameters.MostDays}") : days;

    private static JsonHttpResult<MadeApiKey> Made(HttpContext context, string text, NewApiKey key)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new MadeApiKey(text, key.Id, key.Name, key.Scopes, key.Expires), AdministrationJson.Default.MadeApiKey, statusCode: StatusCodes.Status201Created);
    }

    private static ApiKeyAnswer AnswerOf(StoredApiKey key) => new(key.Key.Id, key.Key.Name, key.Key.UserId, key.Key.Scopes, key.Created, key.Key.Expires, key.LastUsed, key.Revoked);

    private static JsonObject Data(NewApiKey key) => new() { ["key"] = key.Id.ToString(), ["user"] = key.UserId.ToString(), ["role"] = key.Scopes };
}
