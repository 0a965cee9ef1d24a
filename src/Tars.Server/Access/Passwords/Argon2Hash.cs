using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tars.Server.Access.Passwords;

/// <summary>
/// Argon2id (RFC 9106) in the form of the PHC strings: <c>$argon2id$v=19$m=19456,t=2,p=1$salt$hash</c>, base64 without padding.
/// </summary>
/// <param name="MemoryKibibytes">Memory.</param>
/// <param name="Passes">Passes over it.</param>
/// <param name="Lanes">Lanes, computed one after another.</param>
internal sealed record Argon2Cost(int MemoryKibibytes, int Passes, int Lanes)
{
    /// <summary>What new hashes cost: OWASP, Password Storage Cheat Sheet, Argon2id.</summary>
    public static Argon2Cost Current { get; } = new(19 * 1024, 2, 1);

    /// <summary>Whether a hash of this cost is as good as one of another.</summary>
    public bool IsAtLeast(Argon2Cost other) => MemoryKibibytes >= other.MemoryKibibytes && Passes >= other.Passes;
}

/// <summary>A hash as it is kept.</summary>
/// <param name="Cost">What it costs.</param>
/// <param name="Salt">The salt.</param>
/// <param name="Hash">The hash.</param>
internal sealed record Argon2Hash(Argon2Cost Cost, byte[] Salt, byte[] Hash)
{
    private const int SaltLength = 16;
    private const int HashLength = 32;
    private const int LargestMemory = 1 << 20; // a hash out of the store must not make the server take more than 1 GiB
    private const int MostPasses = 64;

    /// <summary>Hashes a password with a new salt.</summary>
    public static string Create(ReadOnlySpan<byte> password, Argon2Cost cost)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltLength);
        return new Argon2Hash(cost, salt, Compute(password, salt, cost, HashLength)).ToString();
    }

    /// <summary>Reads a hash; null for anything else.</summary>
    public static Argon2Hash? Parse(string text)
    {
        if (text.Split('$') is not ["", "argon2id", "v=19", string cost, string salt, string hash]
            || cost.Split(',') is not [['m', '=', .. string memory], ['t', '=', .. string passes], ['p', '=', .. string lanes]]
            || !TryNumber(memory, 8, LargestMemory, out int m) || !TryNumber(passes, 1, MostPasses, out int t) || !TryNumber(lanes, 1, 16, out int p)
            || Decode(salt) is not { Length: >= 8 and <= 64 } saltBytes || Decode(hash) is not { Length: >= 16 and <= 64 } hashBytes)
        {
            return null;
        }

        return new Argon2Hash(new Argon2Cost(m, t, p), saltBytes, hashBytes);
    }

    /// <summary>Whether a password is the one; in a time that does not tell how nearly.</summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        byte[] computed = Compute(password, Salt, Cost, Hash.Length);
        return CryptographicOperations.FixedTimeEquals(computed, Hash);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"$argon2id$v=19$m={Cost.MemoryKibibytes},t={Cost.Passes},p={Cost.Lanes}${Encode(Salt)}${Encode(Hash)}");

    /// <summary>The bare function.</summary>
    internal static byte[] Compute(ReadOnlySpan<byte> password, byte[] salt, Argon2Cost cost, int length, byte[]? secret = null, byte[]? associated = null)
    {
        Argon2Parameters.Builder parameters = new Argon2Parameters.Builder(Argon2Parameters.Argon2id)
            .WithVersion(Argon2Parameters.Version13).WithMemoryAsKB(cost.MemoryKibibytes).WithIterations(cost.Passes).WithParallelism(cost.Lanes).WithSalt(salt);
        if (secret is not null)
        {
            parameters.WithSecret(secret);
        }

        if (associated is not null)
        {
            parameters.WithAdditional(associated);
        }

        Argon2BytesGenerator generator = new();
        generator.Init(parameters.Build());
        byte[] hash = new byte[length];
        byte[] copy = password.ToArray();
        generator.GenerateBytes(copy, hash);
        CryptographicOperations.ZeroMemory(copy);
        return hash;
    }

    private static bool TryNumber(string text, int least, int most, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;

    private static string Encode(byte[] bytes) => Convert.ToBase64String(bytes).TrimEnd('=');

    private static byte[]? Decode(string text)
    {
        Span<byte> bytes = stackalloc byte[96];
        return text.Length <= 88 && Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out int length) ? bytes[..length].ToArray() : null;
    }
}
