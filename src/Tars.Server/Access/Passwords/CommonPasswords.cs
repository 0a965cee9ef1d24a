using System.Collections.Frozen;

namespace Tars.Server.Access.Passwords;

/// <summary>Passwords that are tried first. Only what is long enough to be allowed otherwise matters: repetitions, runs of the keyboard, and words with a tail of digits.</summary>
internal static class CommonPasswords
{
    private const int LeastLength = 8;

    private static readonly FrozenSet<string> Words = new[]
    {
        "password", "passwort", "passw0rd", "p@ssw0rd", "p@ssword", "letmein", "welcome", "changeme", "changeit", "administrator", "admin", "qwerty", "qwertz", "azerty", "qwertyuiop",
        "qwertzuiop", "asdfghjkl", "zxcvbnm", "iloveyou", "monkey", "dragon", "football", "baseball", "superman", "batman", "sunshine", "princess", "trustno", "secret", "default",
        "master", "login", "abc", "test", "testing", "hello", "whatever", "starwars", "computer", "internet", "server", "monitoring", "prometheus", "grafana", "tars", "summer", "winter",
        "spring", "autumn", "correcthorsebatterystaple", "correct horse battery staple", "qazwsxedc", "qazwsx", "zaqwsx", "1q2w3e4r5t6y", "1qaz2wsx3edc", "q1w2e3r4t5y6", "viewer", "sre",
        "administrator1", "temporary", "company", "enterprise", "production", "development", "staging", "demo",
    }.ToFrozenSet(StringComparer.OrdinalIgnoreCase);

    private static readonly string[] Runs = ["0123456789012345678901234567890", "9876543210987654321098765432109", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm", "qwertzuiopasdfghjklyxcvbnm"];

    /// <summary>Whether a password is one of them; case does not count.</summary>
    public static bool Contains(string password)
    {
        string bare = password.Trim().TrimEnd("0123456789!.?*#$@-_ ".ToCharArray());
        if (bare.Length == 0 || Words.Contains(bare) || Words.Contains(password))
        {
            return true;
        }

        if (password.Length >= LeastLength && Runs.Any(run => run.Contains(password, StringComparison.OrdinalIgnoreCase)))
        {
            return true;
        }

        // A word twice or more, and what follows: passwordpassword, adminadmin123.
        for (int length = 2; length <= bare.Length / 2; length++)
        {
            if (bare.Length % length == 0 && Enumerable.Range(0, bare.Length / length).All(i => bare.AsSpan(i * length, length).Equals(bare.AsSpan(0, length), StringComparison.OrdinalIgnoreCase)))
            {
                return true;
            }
        }

        return false;
    }
}
