using Tars.Server.Access.Tokens;

namespace Tars.Server.Access.External;

/// <summary>What a token of an issuer elsewhere is worth.</summary>
/// <param name="Login">The person's name.</param>
/// <param name="Subject">The person's id at the issuer.</param>
/// <param name="Role">The greatest role that the claim gives.</param>
/// <param name="Expires">Until when it holds.</param>
/// <param name="Refusal">Why it does not hold; null when it does.</param>
internal sealed record ExternalReading(string Login, string Subject, Role Role, DateTimeOffset Expires, string? Refusal)
{
    /// <summary>One that does not hold.</summary>
    public static ExternalReading Refused(string reason) => new(string.Empty, string.Empty, default, default, reason);
}

/// <summary>The issuer elsewhere cannot be asked for its keys.</summary>
internal sealed class ExternalIssuerException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Verifies tokens of an issuer elsewhere: OpenID Connect Discovery 1.0, JSON Web Key sets (RFC 7517).</summary>
internal sealed class ExternalIssuer(ExternalIssuerSettings settings, IssuerKeys keys, TimeProvider time)
{
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    /// <summary>The issuer's name.</summary>
    public string Name { get; } = settings.Issuer.Host;

    /// <summary>Whether a token says that it is this issuer's.</summary>
    public bool IsIssuerOf(CompactToken token) => token.Claim("iss") is { } issuer && IsSame(issuer);

    /// <summary>Verifies a token.</summary>
    /// <exception cref="ExternalIssuerException">The issuer cannot be asked for its keys.</exception>
    public async Task<ExternalReading> VerifyAsync(CompactToken token, CancellationToken cancellationToken)
    {
        if (token.HasHeader("crit") || token.Header("alg") is not { } algorithm || !settings.Algorithms.Contains(algorithm) || token.Header("kid") is not { Length: > 0 and <= 256 } keyId)
        {
            return ExternalReading.Refused("another algorithm");
        }

        if (await keys.FindAsync(keyId, algorithm, cancellationToken) is not { } key)
        {
            return ExternalReading.Refused("unknown key");
        }

        if (!key.Verify(token.Signed, token.Signature))
        {
            return ExternalReading.Refused("wrong signature");
        }

        DateTimeOffset now = time.GetUtcNow();
        if (!token.Holds("aud", settings.Audience))
        {
            return ExternalReading.Refused("another audience");
        }

        if (token.Time("exp") is not { } expires || token.Claim("sub") is not { Length: > 0 and <= 255 } subject)
        {
            return ExternalReading.Refused("a claim is missing");
        }

        if (expires <= now)
        {
            return ExternalReading.Refused("expired");
        }

        if (token.Time("nbf") > now + Skew || token.Time("iat") > now + Skew)
        {
            return ExternalReading.Refused("from the future");
        }

        string login = token.Claim(settings.LoginClaim) is { Length: > 0 and <= 255 } named ? named : subject;
        Role[] roles = [.. token.Texts(settings.RoleClaim).Where(settings.Roles.ContainsKey).Select(value => settings.Roles[value])];
        return roles.Length == 0 ? ExternalReading.Refused("no role") : new ExternalReading(login, subject, roles.Max(), expires, null);
    }

    private bool IsSame(string issuer) => issuer == settings.Issuer.OriginalString;
}
