using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Crypto.Generators;

namespace Tars.Server.Access.Passwords;

/// <summary>What became of a password that was shown.</summary>
public enum PasswordVerdict
{
    /// <summary>It is another one.</summary>
    Wrong,

    /// <summary>It is the one.</summary>
    Right,

    /// <summary>It is the one, and its hash is weaker than new ones are: the predecessor's, or of lesser cost.</summary>
    RightAndOutdated,
}

/// <summary>Hashes of passwords: Argon2id for new ones; bcrypt of the predecessor (<c>$2a$</c>, <c>$2b$</c>, <c>$2y$</c>) is verified.</summary>
public static class PasswordHash
{
    private const int BcryptLength = 60;
    private const int MostBcryptRounds = 16; // about four seconds: a hash out of the store must not hold a thread for longer

    // For users who do not exist or have no password: as much work as for others. Nobody knows the password.
    private static readonly Argon2Hash Nobody = Argon2Hash.Parse(Argon2Hash.Create(RandomNumberGenerator.GetBytes(32), Argon2Cost.Current))!;

    /// <summary>Hashes a password.</summary>
    public static string Create(string password)
    {
        ArgumentException.ThrowIfNullOrEmpty(password);
        return WithBytes(password, bytes => Argon2Hash.Create(bytes, Argon2Cost.Current));
    }

    /// <summary>Whether a text is a hash that can be verified.</summary>
    public static bool IsKnown(string hash)
    {
        ArgumentNullException.ThrowIfNull(hash);
        return Argon2Hash.Parse(hash) is not null || IsBcrypt(hash);
    }

    /// <summary>Looks whether a password is the one of a hash.</summary>
    /// <param name="password">What was shown.</param>
    /// <param name="hash">What is kept; null where there is no password: that costs as much time, and is wrong.</param>
    public static PasswordVerdict Verify(string password, string? hash)
    {
        ArgumentNullException.ThrowIfNull(password);
        if (hash is not null && IsBcrypt(hash))
        {
            // bcrypt ends at a NUL and at 72 bytes, as the predecessor's did.
            return OpenBsdBCrypt.CheckPassword(hash, password.ToCharArray()) ? PasswordVerdict.RightAndOutdated : PasswordVerdict.Wrong;
        }

        Argon2Hash? kept = hash is null ? null : Argon2Hash.Parse(hash);
        bool isRight = WithBytes(password, bytes => (kept ?? Nobody).Verify(bytes));
        return kept is null || !isRight ? PasswordVerdict.Wrong
            : kept.Cost.IsAtLeast(Argon2Cost.Current) ? PasswordVerdict.Right
            : PasswordVerdict.RightAndOutdated;
    }

    private static bool IsBcrypt(string hash) =>
        hash.Length == BcryptLength && hash.StartsWith("$2", StringComparison.Ordinal) && hash[2] is 'a' or 'b' or 'y' && hash[3] == '$' && hash[6] == '$'
        && int.TryParse(hash.AsSpan(4, 2), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int rounds) && rounds is >= 4 and <= MostBcryptRounds;

    private delegate T Use<out T>(ReadOnlySpan<byte> bytes);

    // NFC (RFC 8265, OpaqueString): the same password typed on two keyboards is the same bytes.
    private static T WithBytes<T>(string password, Use<T> use)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(password.Normalize(NormalizationForm.FormC));
        try
        {
            return use(bytes);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
