using Tars.Server.Access;

namespace Tars.Server.Routes;

/// <content>Users, API keys and logins, for administrators.</content>
public static partial class ApiRoutes
{
    /// <summary>Users.</summary>
    public static readonly ApiRoute ListUsers = Admin("GET", "/api/admin/users", "listUsers", "The users");

    /// <summary>A new user.</summary>
    public static readonly ApiRoute CreateUser = Admin("POST", "/api/admin/users", "createUser", "Adds a user");

    /// <summary>Another role.</summary>
    public static readonly ApiRoute ChangeUserRole = Admin("PUT", "/api/admin/users/{user_id:guid}/role", "changeUserRole", "Gives a user another role");

    /// <summary>A user who may do nothing any longer.</summary>
    public static readonly ApiRoute DisableUser = Admin("POST", "/api/admin/users/{user_id:guid}/disable", "disableUser", "Disables a user: logins end, keys are revoked");

    /// <summary>A user who may log in again.</summary>
    public static readonly ApiRoute EnableUser = Admin("POST", "/api/admin/users/{user_id:guid}/enable", "enableUser", "Lets a disabled or locked user log in again");

    /// <summary>Another password.</summary>
    public static readonly ApiRoute ResetPassword = Admin("PUT", "/api/admin/users/{user_id:guid}/password", "resetPassword", "Gives a user another password: logins end");

    /// <summary>No second factor.</summary>
    public static readonly ApiRoute RemoveFactor = Admin("DELETE", "/api/admin/users/{user_id:guid}/factor", "removeFactor", "Takes a user's second factor away");

    /// <summary>API keys.</summary>
    public static readonly ApiRoute ListApiKeys = Admin("GET", "/api/admin/api-keys", "listApiKeys", "The API keys, of which nothing is shown but what they are for");

    /// <summary>A new key.</summary>
    public static readonly ApiRoute CreateApiKey = Admin("POST", "/api/admin/api-keys", "createApiKey", "Makes an API key, which is shown once");

    /// <summary>Another key in the place of one.</summary>
    public static readonly ApiRoute RotateApiKey = Admin("POST", "/api/admin/api-keys/{key_id:guid}/rotate", "rotateApiKey", "Makes the successor of an API key, which ends after a while");

    /// <summary>No key.</summary>
    public static readonly ApiRoute RevokeApiKey = Admin("DELETE", "/api/admin/api-keys/{key_id:guid}", "revokeApiKey", "Revokes an API key");

    /// <summary>Logins.</summary>
    public static readonly ApiRoute ListLogins = Admin("GET", "/api/admin/sessions", "listSessions", "The logins that can be continued");

    /// <summary>No login.</summary>
    public static readonly ApiRoute EndLogin = Admin("DELETE", "/api/admin/sessions/{session_id:guid}", "endSession", "Ends a login: its tokens are refused from now on");

    private static IEnumerable<ApiRoute> OfAdministration =>
    [
        ListUsers, CreateUser, ChangeUserRole, DisableUser, EnableUser, ResetPassword, RemoveFactor,
        ListApiKeys, CreateApiKey, RotateApiKey, RevokeApiKey,
        ListLogins, EndLogin,
    ];

    private static ApiRoute Admin(string method, string template, string operationId, string summary) =>
        new(method, template, operationId, summary, Role.Admin, LimitClass.Role, method == "GET" ? RequestAudit.Read : RequestAudit.ByItself);
}
