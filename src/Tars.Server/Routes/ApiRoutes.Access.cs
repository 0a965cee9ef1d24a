using Tars.Server.Access;

namespace Tars.Server.Routes;

/// <content>Who comes in, and what administrators do about that.</content>
public static partial class ApiRoutes
{
    /// <summary>Logs a user in.</summary>
    public static readonly ApiRoute LogIn = new("POST", "/auth/login", "logIn", "Logs in with login, password and, where there is one, a code of the second factor", null, LimitClass.Login, RequestAudit.ByItself);

    /// <summary>Makes a second factor.</summary>
    public static readonly ApiRoute MakeFactor = new("POST", "/auth/factor", "makeFactor", "Makes a second factor, which counts once a login shows its first code", null, LimitClass.Login, RequestAudit.ByItself);

    /// <summary>Replaces a refresh token.</summary>
    public static readonly ApiRoute Refresh = new("POST", "/auth/refresh", "refresh", "Gives the next pair of tokens for a refresh token, which is used up", null, LimitClass.Public, RequestAudit.ByItself);

    /// <summary>Ends a login.</summary>
    public static readonly ApiRoute LogOut = new("POST", "/auth/logout", "logOut", "Ends the login of a refresh token, or of the access token that is shown", null, LimitClass.Public, RequestAudit.ByItself);

    /// <summary>Who calls.</summary>
    public static readonly ApiRoute GetMe = new("GET", "/auth/me", "getMe", "Who calls, and what the credential allows", Role.ReadOnly, LimitClass.Role, RequestAudit.Read);

    /// <summary>The public keys of access tokens.</summary>
    public static readonly ApiRoute GetTokenKeys = new("GET", "/.well-known/jwks.json", "getTokenKeys", "The public keys that verify access tokens; none with HS256", null, LimitClass.Public, RequestAudit.Never);

    private static IEnumerable<ApiRoute> OfAccess => [LogIn, MakeFactor, Refresh, LogOut, GetMe, GetTokenKeys, .. OfAdministration];
}
