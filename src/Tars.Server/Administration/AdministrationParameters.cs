using Tars.Server.Access;
using Tars.Server.Access.Passwords;
using Tars.Server.Documents;

namespace Tars.Server.Administration;

/// <summary>What the routes of administration take.</summary>
internal static class AdministrationParameters
{
    /// <summary>The longest name of a key, in characters.</summary>
    public const int LongestName = 100;

    /// <summary>How long a key holds at most, days.</summary>
    public const int MostDays = 3650;

    /// <summary>How long a key holds beside its successor at most, minutes.</summary>
    public const int MostOverlap = 30 * 24 * 60;

    /// <summary>The longest name of a user that is looked up, in characters.</summary>
    public const int LongestUsername = 256;

    private const int LongestLogin = 128;

    private static readonly ParameterForm.Choice Roles = new(RoleNames.All);
    private static readonly ApiField Username = new("username", new ParameterForm.Text(LongestLogin), "The login: letters, digits and . _ @ + -", "ada") { Pattern = "^[A-Za-z0-9][A-Za-z0-9._@+\\-]{0,127}$" };
    private static readonly ApiField Role = new("role", Roles, "The role", "sre");
    private static readonly ApiField Password = new(
        "password", new ParameterForm.Text(PasswordPolicy.MostLength), "The password: long enough (api.logins.password_length), none of the commonest, and without the login in it", "violet kettle 42 harbour")
    { IsSecret = true };
    private static readonly ApiField Days = new("expires_in_days", new ParameterForm.Integer(1, MostDays), "How long it holds, days; a new key a year, a successor as long as the key before unless it is said", "90") { IsRequired = false };

    /// <summary>No parameters.</summary>
    public static readonly ApiParameters None = new();

    /// <summary>A user in the path.</summary>
    public static readonly ApiParameters OfUser = new(IdOf("user_id", "The user's id"));

    /// <summary>A key in the path.</summary>
    public static readonly ApiParameters OfKey = new(IdOf("key_id", "The key's id"));

    /// <summary>A login in the path.</summary>
    public static readonly ApiParameters OfSession = new(IdOf("session_id", "The login's id"));

    /// <summary>A new user.</summary>
    public static readonly ApiBody User = new(Username, Role, Password with { IsRequired = false, Description = Password.Description + "; without one the user shows API keys or certificates alone" });

    /// <summary>Another role.</summary>
    public static readonly ApiBody ChangedRole = new(Role);

    /// <summary>Another password.</summary>
    public static readonly ApiBody ChangedPassword = new(Password);

    /// <summary>A new key.</summary>
    public static readonly ApiBody Key = new(
        new ApiField("name", new ParameterForm.Text(LongestName), "What it is for", "dashboard"),
        Role with { IsRequired = false, Description = "What it may do at most; without it what its user may" },
        new ApiField("username", new ParameterForm.Text(LongestUsername), "Whose it is; without it the caller's own", "ada") { IsRequired = false },
        Days);

    /// <summary>The successor of a key.</summary>
    public static readonly ApiBody Rotation = new(
        new ApiField("overlap_minutes", new ParameterForm.Integer(0, MostOverlap), "How long the key before still holds, minutes; a day without it", "60") { IsRequired = false }, Days)
    { IsRequired = false };

    private static ApiParameter IdOf(string name, string description) => new(name, new ParameterForm.Id(), description) { Place = ParameterPlace.Path, Example = "3f2504e0-4f89-41d3-9a0c-0305e82c3301" };
}
