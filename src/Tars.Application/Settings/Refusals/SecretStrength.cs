namespace Tars.Application.Settings.Refusals;

/// <summary>Tells secrets that can be guessed.</summary>
/// <remarks>
/// The estimate is an upper bound on careless secrets and no proof for careful ones: the Shannon entropy of the text's own characters
/// (doi:10.1002/j.1538-7305.1948.tb01338.x) times its length, counting one period of a repeated text and none of the characters that continue
/// a run such as <c>aaaa</c> or <c>4567</c>. 32 random decimal digits have 106 bits and are estimated at about 96.
/// </remarks>
public static class SecretStrength
{
    /// <summary>The least estimate for a secret that signs tokens, in bits.</summary>
    public const double SigningBits = 80;

    /// <summary>The least estimate for a password, in bits.</summary>
    public const double PasswordBits = 32;

    // What the predecessor shipped and documented, and what everybody tries first.
    private static readonly string[] Known =
    [
        "your-secret-key-change-in-production", "tars_admin_default_key_change_in_prod", "tars_sre_default_key_change_in_prod",
        "tars_readonly_default_key_change_in_prod", "dev-key-readonly", "dev-key-sre", "dev-key-admin", "dev-key-local",
        "admin123", "sre123", "viewer123", "demo123", "supersecret",
        "password", "passw0rd", "secret", "changeme", "change-me", "change_me", "letmein", "default", "admin", "root", "test", "tars", "postgres", "redis",
    ];

    private static readonly string[] Marks = ["change-in-prod", "change_in_prod", "changeme", "change-me", "change_me", "your-secret", "your_secret", "default_key"];

    /// <summary>Returns why <paramref name="secret"/> is weak, without showing it; null when it is not.</summary>
    /// <param name="secret">The secret; empty is weak.</param>
    /// <param name="leastBits">The least estimate taken.</param>
    public static string? Refuse(string secret, double leastBits)
    {
        ArgumentNullException.ThrowIfNull(secret);
        if (Known.Contains(secret, StringComparer.OrdinalIgnoreCase) || Marks.Any(mark => secret.Contains(mark, StringComparison.OrdinalIgnoreCase)))
        {
            return "is a default that others know; make one with 'openssl rand -base64 48'";
        }

        return EstimateBits(secret) < leastBits ? "repeats itself or is short, and can be guessed; make one with 'openssl rand -base64 48'" : null;
    }

    /// <summary>Returns the estimate in bits; 0 for an empty text.</summary>
    public static double EstimateBits(string secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        ReadOnlySpan<char> period = secret.AsSpan(0, PeriodOf(secret));
        Dictionary<char, int> counts = [];
        int surprising = 0;
        for (int i = 0; i < period.Length; i++)
        {
            counts[period[i]] = counts.GetValueOrDefault(period[i]) + 1;
            int step = i > 0 ? period[i] - period[i - 1] : int.MaxValue;
            bool isRun = i > 1 && Math.Abs(step) <= 1 && step == period[i - 1] - period[i - 2];
            surprising += isRun ? 0 : 1;
        }

        double bitsPerCharacter = 0;
        foreach (int count in counts.Values)
        {
            double share = (double)count / period.Length;
            bitsPerCharacter -= share * Math.Log2(share);
        }

        return bitsPerCharacter * surprising;
    }

    // The shortest beginning whose repetition is the text, its last one possibly cut: the failure function of Knuth, Morris and Pratt
    // (doi:10.1137/0206024).
    private static int PeriodOf(string text)
    {
        int[] border = new int[text.Length + 1];
        border[0] = -1;
        for (int i = 0; i < text.Length; i++)
        {
            int k = border[i];
            while (k >= 0 && text[k] != text[i])
            {
                k = border[k];
            }

            border[i + 1] = k + 1;
        }

        int period = text.Length - Math.Max(border[text.Length], 0);
        return period * 2 <= text.Length ? period : text.Length;
    }
}
