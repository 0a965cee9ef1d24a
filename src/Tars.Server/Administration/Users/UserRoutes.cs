using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tars.Server.Access;
using Tars.Server.Access.Journal;
using Tars.Server.Access.Passwords;
using Tars.Server.Documents;
using Tars.Server.Problems;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Administration.Users;

/// <summary>Users, for administrators.</summary>
internal static class UserRoutes
{
    private const int LongestPassword = 1024;

    /// <summary>Maps them.</summary>
    public static void MapUsers(this IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.ListUsers, ListAsync)
            .Takes(AdministrationParameters.None, null).Produces<UserList>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.CreateUser, CreateAsync)
            .Takes(AdministrationParameters.None, AdministrationParameters.User, StatusCodes.Status409Conflict).Produces<UserAnswer>(StatusCodes.Status201Created, Representations.Json);
        endpoints.Map(ApiRoutes.ChangeUserRole, ChangeRoleAsync)
            .Takes(AdministrationParameters.OfUser, AdministrationParameters.ChangedRole, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).Produces<UserAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.DisableUser, DisableAsync)
            .Takes(AdministrationParameters.OfUser, null, StatusCodes.Status404NotFound, StatusCodes.Status409Conflict).Produces<UserAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.EnableUser, EnableAsync)
            .Takes(AdministrationParameters.OfUser, null, StatusCodes.Status404NotFound).Produces<UserAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.ResetPassword, ResetPasswordAsync)
            .Takes(AdministrationParameters.OfUser, AdministrationParameters.ChangedPassword, StatusCodes.Status404NotFound).Produces<UserAnswer>(StatusCodes.Status200OK, Representations.Json);
        endpoints.Map(ApiRoutes.RemoveFactor, RemoveFactorAsync)
            .Takes(AdministrationParameters.OfUser, null, StatusCodes.Status404NotFound).Produces(StatusCodes.Status204NoContent);
    }

    private static async Task<IResult> ListAsync(HttpContext context, Store store)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(new UserList([.. (await store.Users.ListAsync(context.RequestAborted)).Select(AnswerOf)]), AdministrationJson.Default.UserList);
    }

    private static async Task<IResult> CreateAsync(HttpContext context, Store store, AccessJournal journal, AccessSettings settings)
    {
        UserForm form = await RequestBody.ReadAsync(context, AdministrationJson.Default.UserForm);
        string login = form.Username ?? string.Empty;
        if (UserNames.Refuse(login) is { } refusal)
        {
            throw RequestBody.Invalid("username", refusal);
        }

        string role = RoleOf(form.Role);
        string? hash = form.Password is null ? null : await HashAsync(settings, form.Password, login, context.RequestAborted);
        string subject = (await store.Users.FindByLoginAsync(login, context.RequestAborted))?.User.SubjectId ?? journal.SubjectFor(login);
        NewUser user = new(Guid.NewGuid(), subject, login, role, hash);
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, "user.created", Data(user.Id, subject, role));
        bool isNew = await store.Users.AddAsync(user, context.RequestAborted);
        await act.EndAsync(isNew, Data(user.Id, subject, role));
        if (!isNew)
        {
            throw new ProblemException(ErrorCode.Conflict, "there is a user of this name; choose another one");
        }

        StoredUser stored = (await store.Users.FindAsync(user.Id, context.RequestAborted))!;
        return TypedResults.Json(AnswerOf(stored), AdministrationJson.Default.UserAnswer, statusCode: StatusCodes.Status201Created);
    }

    private static async Task<IResult> ChangeRoleAsync(HttpContext context, Store store)
    {
        RoleForm form = await RequestBody.ReadAsync(context, AdministrationJson.Default.RoleForm);
        string role = RoleOf(form.Role);
        StoredUser user = await FindAsync(context, store);
        await RequireAnotherAdminAsync(context, store, user, role);
        await DoAsync(context, "user.role_changed", user, role, () => store.Users.SetRoleAsync(user.User.Id, role, context.RequestAborted));
        return await AnswerAsync(context, store, user);
    }

    private static async Task<IResult> DisableAsync(HttpContext context, Store store)
    {
        StoredUser user = await FindAsync(context, store);
        await RequireAnotherAdminAsync(context, store, user, null);
        await DoAsync(context, "user.disabled", user, null, () => store.Users.DisableAsync(user.User.Id, context.RequestAborted));
        return await AnswerAsync(context, store, user);
    }

    private static async Task<IResult> EnableAsync(HttpContext context, Store store)
    {
        StoredUser user = await FindAsync(context, store);
        await DoAsync(context, "user.enabled", user, null, () => store.Users.EnableAsync(user.User.Id, context.RequestAborted));
        return await AnswerAsync(context, store, user);
    }

    private static async Task<IResult> ResetPasswordAsync(HttpContext context, Store store, AccessSettings settings)
    {
        PasswordForm form = await RequestBody.ReadAsync(context, AdministrationJson.Default.PasswordForm);
        StoredUser user = await FindAsync(context, store);
        string hash = await HashAsync(settings, form.Password, user.User.Login, context.RequestAborted);
        await DoAsync(context, "user.password_reset", user, null, () => store.Users.SetPasswordHashAsync(user.User.Id, hash, context.RequestAborted));
        return await AnswerAsync(context, store, user);
    }

    private static async Task<IResult> RemoveFactorAsync(HttpContext context, Store store)
    {
        StoredUser user = await FindAsync(context, store);
        await DoAsync(context, "factor.removed", user, null, () => store.Users.SetFactorAsync(user.User.Id, null, context.RequestAborted));
        return TypedResults.NoContent();
    }

    private static async Task DoAsync(HttpContext context, string type, StoredUser user, string? role, Func<Task<bool>> change)
    {
        AdministrativeAct act = await AdministrativeAct.BeginAsync(context, type, Data(user.User.Id, user.User.SubjectId, role));
        await act.EndAsync(await change(), Data(user.User.Id, user.User.SubjectId, role));
    }

    // Nobody shuts the last door behind them: without an administrator who may log in, only the command line opens it again.
    private static async Task RequireAnotherAdminAsync(HttpContext context, Store store, StoredUser user, string? role)
    {
        string admin = RoleNames.Of(Role.Admin);
        if (user.User.Role == admin && user.Disabled is null && role != admin && await store.Users.CountEnabledAsync(admin, context.RequestAborted) <= 1)
        {
            throw new ProblemException(ErrorCode.Conflict, "this is the last administrator; make another one first");
        }
    }

    private static async Task<StoredUser> FindAsync(HttpContext context, Store store) =>
        await store.Users.FindAsync(Guid.Parse((string)context.Request.RouteValues["user_id"]!), context.RequestAborted)
        ?? throw new ProblemException(ErrorCode.NotFound, "there is no such user");

    private static async Task<IResult> AnswerAsync(HttpContext context, Store store, StoredUser user)
    {
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Json(AnswerOf((await store.Users.FindAsync(user.User.Id, context.RequestAborted))!), AdministrationJson.Default.UserAnswer);
    }

    private static async Task<string> HashAsync(AccessSettings settings, string? password, string login, CancellationToken cancellationToken)
    {
        string text = RequestBody.NeedSecret(password, "password", LongestPassword);
        return settings.Passwords.Refuse(text, login) is { } refusal ? throw RequestBody.Invalid("password", refusal) : await Task.Run(() => PasswordHash.Create(text), cancellationToken);
    }

    private static string RoleOf(string? name) => RoleNames.Parse(name) is null ? throw RequestBody.Invalid("role", "is no role; write readonly, sre or admin") : name!;

    private static UserAnswer AnswerOf(StoredUser user) => new(
        user.User.Id, user.User.Login, user.User.Role, user.Created, user.Disabled, user.LastLogin, user.User.PasswordHash is null ? null : user.PasswordChanged ?? user.Created, user.LockedUntil, user.Factor?.Confirmed is not null);

    private static JsonObject Data(Guid userId, string subjectId, string? role)
    {
        JsonObject data = new() { ["user"] = userId.ToString(), ["subject"] = subjectId };
        if (role is not null)
        {
            data["role"] = role;
        }

        return data;
    }
}
