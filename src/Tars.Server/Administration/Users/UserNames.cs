using System.Text.RegularExpressions;

namespace Tars.Server.Administration.Users;

/// <summary>How users may be named.</summary>
public static partial class UserNames
{
    /// <summary>Why a name may not be taken; null when it may.</summary>
    public static string? Refuse(string login)
    {
        ArgumentNullException.ThrowIfNull(login);
        return Form.IsMatch(login) ? null : "is no name of a user; write 1 to 128 letters, digits and . _ @ + -, beginning with a letter or digit";
    }

    // No colon: erased users are named with one. No white space and nothing that looks like another letter.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9._@+\-]{0,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Form { get; }
}
