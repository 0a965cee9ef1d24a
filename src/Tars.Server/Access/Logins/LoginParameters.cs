using Tars.Server.Access.Tokens;
using Tars.Server.Documents;

namespace Tars.Server.Access.Logins;

/// <summary>What the routes under <c>/auth</c> take.</summary>
internal static class LoginParameters
{
    /// <summary>The longest password that is read, in characters.</summary>
    public const int LongestPassword = 1024;

    private static readonly ApiField Username = new("username", new ParameterForm.Text(LoginDesk.LongestLogin), "The login", "ada");
    private static readonly ApiField Password = new("password", new ParameterForm.Text(LongestPassword), "The password", "violet kettle 42 harbour") { IsSecret = true };
    private static readonly ApiField Code = new("code", new ParameterForm.Text(LongestCode), "Six digits of the second factor; not needed without one", "287082") { IsRequired = false, Shortest = 0 };
    private static readonly ApiField Token = new("refresh_token", new ParameterForm.Text(CompactToken.Longest), "The refresh token", "the refresh_token of the answer before");

    /// <summary>The longest code that is read, in characters.</summary>
    public const int LongestCode = 32;

    /// <summary>No parameters.</summary>
    public static readonly ApiParameters None = new();

    /// <summary>The body of a login.</summary>
    public static readonly ApiBody Login = new(Username, Password, Code);

    /// <summary>The body of a refresh.</summary>
    public static readonly ApiBody Refresh = new(Token);

    /// <summary>The body of a logout, which an access token stands for.</summary>
    public static readonly ApiBody LogOut = new(Token) { IsRequired = false };
}
