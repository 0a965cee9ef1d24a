using System.Globalization;

namespace Tars.Server.Access.Passwords;

/// <summary>Which passwords may be set (NIST SP 800-63B, 5.1.1.2; OWASP ASVS 5.0, V6.2): long ones, whatever they are made of, that are not among the commonest.</summary>
/// <param name="LeastLength">The least number of characters.</param>
public sealed record PasswordPolicy(int LeastLength)
{
    /// <summary>The most characters that are taken.</summary>
    public const int MostLength = 128;

    private const int LeastDifferent = 5;

    /// <summary>The policy unless the configuration says another.</summary>
    public static PasswordPolicy Default { get; } = new(12);

    /// <summary>Why a password may not be set; null when it may.</summary>
    /// <param name="password">The password.</param>
    /// <param name="login">Whose it would be.</param>
    public string? Refuse(string password, string login)
    {
        ArgumentNullException.ThrowIfNull(password);
        ArgumentNullException.ThrowIfNull(login);
        int length = new StringInfo(password).LengthInTextElements;
        if (length < LeastLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the password has {length} characters; at least {LeastLength} are needed");
        }

        if (password.Length > MostLength)
        {
            return string.Create(CultureInfo.InvariantCulture, $"the password has {password.Length} characters; at most {MostLength} are taken");
        }

        if (login.Length >= 3 && password.Contains(login, StringComparison.OrdinalIgnoreCase))
        {
            return "the password holds the login; choose one that does not";
        }

        if (password.Distinct().Count() < LeastDifferent || CommonPasswords.Contains(password))
        {
            return "the password is among the commonest, which are tried first; choose another";
        }

        return null;
    }
}
