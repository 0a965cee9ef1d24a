using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Tars.Compliance.Audit;
using Tars.Server.Access.Credentials;
using Tars.Server.Access.Journal;
using Tars.Server.Access.Tokens;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Logins;

/// <summary>Logging in, going on, logging out.</summary>
internal static class LoginRoutes
{
    private const string KeySet = "application/jwk-set+json";

    private static readonly ErrorCode BadLogin = ErrorCode.Unauthorized with { Title = "The login is refused" };
    private static readonly ErrorCode CodeNeeded = new("SECOND_FACTOR_NEEDED", StatusCodes.Status401Unauthorized, "A code of the second factor is needed");
    private static readonly ErrorCode FactorNeeded = new("SECOND_FACTOR_MISSING", StatusCodes.Status403Forbidden, "The role logs in with a second factor");

    /// <summary>Maps them.</summary>
    public static void MapLogins(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.LogIn, LogInAsync)
            .Takes(LoginParameters.None, LoginParameters.Login, StatusCodes.Status403Forbidden).Produces<TokenAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.MakeFactor, MakeFactorAsync)
            .Takes(LoginParameters.None, LoginParameters.Login).Produces<FactorAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.Refresh, RefreshAsync)
            .Takes(LoginParameters.None, LoginParameters.Refresh).Produces<TokenAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.LogOut, LogOutAsync)
            .Takes(LoginParameters.None, LoginParameters.LogOut).Produces(StatusCodes.Status204NoContent);
        endpoints.Map(ApiRoutes.GetMe, GetMeAsync)
            .Takes(LoginParameters.None, null).Produces<MeAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.GetTokenKeys, GetTokenKeysAsync)
            .Takes(LoginParameters.None, null).Produces(StatusCodes.Status200OK, null, KeySet);
    }

    private static async Task<IResult> LogInAsync(HttpContext context, AccessJournal journal)
    {
        LoginDesk desk = Need<LoginDesk>(context);
        LoginForm form = await RequestBody.ReadAsync(context, LoginJson.Default.LoginForm);
        string login = RequestBody.Need(form.Username, "username", LoginDesk.LongestLogin);
        string? code = RequestBody.Check(form.Code, "code", LoginParameters.LongestCode);
        LoginOutcome outcome = await desk.LogInAsync(login, RequestBody.NeedSecret(form.Password, "password", LoginParameters.LongestPassword), code, context.RequestAborted);
        if (outcome is not LoginOutcome.Granted granted)
        {
            throw await RefusalAsync(context, journal, outcome);
        }

        try
        {
            await journal.WriteAsync(
                context, "login.succeeded", AuditOutcome.Success, outcome.User!.User.Login, RoleNames.Parse(outcome.User.User.Role), null,
                new JsonObject { ["session"] = granted.Family.Id.ToString(), ["second_factor"] = outcome.User.Factor?.Confirmed is not null || code is not null });
        }
        catch
        {
            // Nobody gets in unseen: what was begun ends before anybody has its tokens.
            await Rows(context).RefreshTokens.RevokeFamilyAsync(granted.Family.Id, "unaudited", CancellationToken.None);
            throw;
        }

        return Answer(context, granted.Tokens, outcome.User.User.Role);
    }

    private static async Task<IResult> MakeFactorAsync(HttpContext context, AccessJournal journal)
    {
        LoginDesk desk = Need<LoginDesk>(context);
        LoginForm form = await RequestBody.ReadAsync(context, LoginJson.Default.LoginForm);
        string login = RequestBody.Need(form.Username, "username", LoginDesk.LongestLogin);
        _ = RequestBody.Check(form.Code, "code", LoginParameters.LongestCode);
        LoginOutcome outcome = await desk.MakeFactorAsync(login, RequestBody.NeedSecret(form.Password, "password", LoginParameters.LongestPassword), context.RequestAborted);
        if (outcome is not LoginOutcome.FactorMade made)
        {
            throw await RefusalAsync(context, journal, outcome);
        }

        await journal.WriteAsync(context, "factor.made", AuditOutcome.Success, login, RoleNames.Parse(outcome.User!.User.Role));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new FactorAnswer(made.Secret, made.Address), LoginJson.Default.FactorAnswer);
    }

    private static async Task<IResult> RefreshAsync(HttpContext context, AccessJournal journal, RevocationWatch watch)
    {
        TokenMint mint = Need<TokenMint>(context);
        RefreshForm form = await RequestBody.ReadAsync(context, LoginJson.Default.RefreshForm);
        Store store = Rows(context);
        if (RefreshToken.Read(RequestBody.Need(form.RefreshToken, "refresh_token", CompactToken.Longest), mint.Secrets) is not { } token)
        {
            await journal.WriteAsync(context, "login.refresh_refused", AuditOutcome.Denied, null, null, null, Reason("not a refresh token"));
            throw Refused();
        }

        TokenRotation rotation = await store.RefreshTokens.RotateAsync(token.FamilyId, token.Counter, mint.Settings.Idle, mint.Settings.Grace, context.RequestAborted);
        TokenFamily? family = (rotation as TokenRotation.Rotated)?.Family ?? (rotation as TokenRotation.Repeated)?.Family;
        AccessGrant? grant = await store.RefreshTokens.FindGrantAsync(token.FamilyId, context.RequestAborted);
        if (family is null || grant is null || RoleNames.Parse(grant.UserRole) is not { } role)
        {
            bool isReuse = rotation is TokenRotation.Reused;
            if (isReuse)
            {
                await watch.LookAsync(context.RequestAborted);
            }

            JsonObject data = Reason((rotation as TokenRotation.Refused)?.Reason ?? (isReuse ? "used before" : "unknown"));
            data["session"] = token.FamilyId.ToString();
            await journal.WriteAsync(context, isReuse ? "login.token_reused" : "login.refresh_refused", AuditOutcome.Denied, grant?.Login, RoleNames.Parse(grant?.UserRole), null, data);
            throw Refused();
        }

        return Answer(context, await mint.IssueAsync(family, role, context.RequestAborted), grant.UserRole);
    }

    private static async Task<IResult> LogOutAsync(HttpContext context, AccessJournal journal, RevocationWatch watch)
    {
        TokenMint mint = Need<TokenMint>(context);
        Store store = Rows(context);
        Guid family;
        if (!RequestBody.IsThere(context) && Caller.Of(context) is Caller.Known { Credential: CredentialKind.AccessToken } caller)
        {
            family = Guid.Parse(caller.CredentialId);
        }
        else
        {
            RefreshForm form = await RequestBody.ReadAsync(context, LoginJson.Default.RefreshForm);
            family = RefreshToken.Read(RequestBody.Need(form.RefreshToken, "refresh_token", CompactToken.Longest), mint.Secrets)?.FamilyId ?? throw Refused();
        }

        AccessGrant? grant = await store.RefreshTokens.FindGrantAsync(family, context.RequestAborted);
        if (await store.RefreshTokens.RevokeFamilyAsync(family, "logout", context.RequestAborted))
        {
            await watch.LookAsync(context.RequestAborted);
            await journal.WriteAsync(context, "login.ended", AuditOutcome.Success, grant?.Login, RoleNames.Parse(grant?.UserRole), null, new JsonObject { ["session"] = family.ToString() });
        }

        return TypedResults.NoContent(); // whether it was over already does not matter to anybody
    }

    private static async Task<IResult> GetMeAsync(HttpContext context)
    {
        Caller.Known caller = (Caller.Known)Caller.Of(context);
        StoredUser? user = caller.UserId == Guid.Empty ? null : await Rows(context).Users.FindAsync(caller.UserId, context.RequestAborted);
        context.Response.Headers.CacheControl = "no-store";
        string credential = JsonNamingPolicy.SnakeCaseLower.ConvertName(caller.Credential.ToString());
        return TypedResults.Json(new MeAnswer(user?.User.Id, caller.Login, RoleNames.Of(caller.Role), credential, user?.Factor?.Confirmed is not null), LoginJson.Default.MeAnswer);
    }

    private static async Task<IResult> GetTokenKeysAsync(HttpContext context)
    {
        IReadOnlyList<TokenKey.Ecdsa> keys = context.RequestServices.GetService<TokenMint>() is { } mint ? await mint.Keys.PublicKeysAsync(context.RequestAborted) : [];
        JsonArray list = [.. keys.Select(key => (JsonNode)new JsonObject
        {
            ["kty"] = "EC",
            ["crv"] = "P-256",
            ["x"] = Base64Url.EncodeToString(key.Public.Q.X),
            ["y"] = Base64Url.EncodeToString(key.Public.Q.Y),
            ["use"] = "sig",
            ["alg"] = key.Algorithm,
            ["kid"] = key.KeyId,
        })];
        context.Response.Headers.CacheControl = "public, max-age=300";
        return TypedResults.Text(new JsonObject { ["keys"] = list }.ToJsonString(), KeySet);
    }

    private static async Task<ProblemException> RefusalAsync(HttpContext context, AccessJournal journal, LoginOutcome outcome)
    {
        string? login = outcome.User?.User.Login;
        Role? role = RoleNames.Parse(outcome.User?.User.Role);
        switch (outcome)
        {
            case LoginOutcome.Busy:
                return new ProblemException(ErrorCode.Unavailable, "too many log in at this moment; try again") { RetryAfter = LoginAdmission.RetryAfter };
            case LoginOutcome.CodeNeeded:
                await journal.WriteAsync(context, "login.failed", AuditOutcome.Denied, login, role, null, Reason("no code"));
                return new ProblemException(CodeNeeded, "send the six digits of the second factor as code, too");
            case LoginOutcome.FactorNeeded:
                await journal.WriteAsync(context, "login.failed", AuditOutcome.Denied, login, role, null, Reason("no second factor"));
                return new ProblemException(FactorNeeded, "make a second factor with POST /auth/factor, then log in with its code");
            default:
                await journal.WriteAsync(context, "login.failed", AuditOutcome.Denied, login, role, null, Reason(((LoginOutcome.Refused)outcome).Reason));
                return new ProblemException(BadLogin, "login, password or code is not right, or attempts are not looked at for a while");
        }
    }

    private static JsonHttpResult<TokenAnswer> Answer(HttpContext context, TokenPair tokens, string role)
    {
        context.Response.Headers.CacheControl = "no-store"; // RFC 6749, section 5.1
        return TypedResults.Json(new TokenAnswer(tokens.AccessToken, tokens.RefreshToken, "bearer", (long)tokens.Lifetime.TotalSeconds, role), LoginJson.Default.TokenAnswer);
    }

    private static Store Rows(HttpContext context) => context.RequestServices.GetRequiredService<Store>();

    private static T Need<T>(HttpContext context)
        where T : class =>
        context.RequestServices.GetService<T>() ?? throw new ProblemException(ErrorCode.Unavailable, "nobody can log in here: the installation has no api.jwt_secret; use an API key");

    private static ProblemException Refused() => new(BadLogin, "the refresh token does not hold any longer; log in again");

    private static JsonObject Reason(string reason) => new() { ["reason"] = reason };
}
