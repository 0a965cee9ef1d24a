using System.Text.Json.Nodes;
using Tars.TestKit.SecretServers.Tokens;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>A role of the JWT auth method. At least one bound value must be set, as Vault asks for.</summary>
public sealed record JwtRole
{
    /// <summary>One of these must be in <c>aud</c>. A token with an audience is refused by a role without any.</summary>
    public IReadOnlyList<string> BoundAudiences { get; init; } = [];

    /// <summary>What <c>sub</c> must be; null accepts any.</summary>
    public string? BoundSubject { get; init; }

    /// <summary>Claims that must have exactly these values.</summary>
    public IReadOnlyDictionary<string, string> BoundClaims { get; init; } = new Dictionary<string, string>();

    /// <summary>The claim that names the user.</summary>
    public string UserClaim { get; init; } = "sub";

    /// <summary>The tokens it gives out.</summary>
    public VaultTokenSettings Token { get; init; } = new();
}

/// <summary>The JWT auth method with one validation key.</summary>
public sealed class JwtMount : LoginMount
{
    // "expiration_leeway", "not_before_leeway" and "clock_skew_leeway" of the documentation. Vault adds the leeway only where a token leaves exp or nbf out, and
    // the skew to every comparison.
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(60);

    private readonly Dictionary<string, JwtRole> _roles = [];
    private readonly TokenIssuer _issuer;
    private readonly string? _boundIssuer;
    private readonly string? _defaultRole;

    internal JwtMount(Lock gate, TimeProvider time, TokenIssuer issuer, string? boundIssuer, string? defaultRole)
        : base(gate, time)
    {
        _issuer = issuer;
        _boundIssuer = boundIssuer;
        _defaultRole = defaultRole;
    }

    /// <summary>Adds a role, or replaces it.</summary>
    /// <exception cref="ArgumentException">It binds nothing.</exception>
    public void AddRole(string name, JwtRole role)
    {
        if (role.BoundAudiences.Count == 0 && role.BoundSubject is null && role.BoundClaims.Count == 0)
        {
            throw new ArgumentException("must have at least one bound constraint when creating/updating a role", nameof(role));
        }

        lock (Gate)
        {
            _roles[name] = role;
        }
    }

    internal override LoginOutcome Login(JsonObject body)
    {
        string name = Text(body, "role") is { Length: > 0 } asked ? asked : _defaultRole ?? "";
        if (name.Length == 0)
        {
            return new LoginOutcome.Refused(400, "missing role");
        }

        if (!_roles.TryGetValue(name, out JwtRole? role))
        {
            return new LoginOutcome.Refused(400, $"role \"{name}\" could not be found");
        }

        if (Text(body, "jwt") is not { Length: > 0 } compact)
        {
            return new LoginOutcome.Refused(400, "missing token");
        }

        if (JsonWebToken.Parse(compact) is not { } token)
        {
            return new LoginOutcome.Refused(400, "error validating token: malformed token");
        }

        if (Fault(token, role) is { } fault)
        {
            return new LoginOutcome.Refused(400, fault);
        }

        return new LoginOutcome.Granted(role.Token, new JsonObject { ["role"] = name });
    }

    private string? Fault(JsonWebToken token, JwtRole role)
    {
        DateTimeOffset now = Time.GetUtcNow();
        if (!token.IsSignedBy(_issuer.Key))
        {
            return "error validating token: error verifying token signature: no known key successfully validated the token signature";
        }

        if (token.Seconds("exp") is { } ends && DateTimeOffset.FromUnixTimeSeconds(ends) + Skew <= now)
        {
            return "error validating token: invalid expiration time (exp) claim: token is expired";
        }

        if (token.Seconds("nbf") is { } begins && DateTimeOffset.FromUnixTimeSeconds(begins) - Skew > now)
        {
            return "error validating token: invalid not before (nbf) claim: token not yet valid";
        }

        if (token.Seconds("exp") is null && token.Seconds("nbf") is null && token.Seconds("iat") is null)
        {
            return "error validating token: no issued at (iat), not before (nbf), or expiration time (exp) claims in token";
        }

        if (_boundIssuer is not null && token.Issuer != _boundIssuer)
        {
            return "error validating token: invalid issuer (iss) claim";
        }

        if (token.Audiences.Count > 0 && role.BoundAudiences.Count == 0)
        {
            return "error validating token: audience claim found in JWT but no audiences bound to the role";
        }

        if (role.BoundAudiences.Count > 0 && !role.BoundAudiences.Intersect(token.Audiences).Any())
        {
            return "error validating token: invalid audience (aud) claim: audience claim does not match any bound audience";
        }

        return Unbound(token, role);
    }

    private static string? Unbound(JsonWebToken token, JwtRole role)
    {
        if (role.BoundSubject is not null && token.Subject != role.BoundSubject)
        {
            return "error validating token: invalid subject (sub) claim";
        }

        foreach ((string claim, string value) in role.BoundClaims)
        {
            if (token.Claim(claim) != value)
            {
                return $"error validating claims: claim \"{claim}\" does not match any associated bound claim values";
            }
        }

        return token.Claim(role.UserClaim) is null ? $"claim \"{role.UserClaim}\" not found in token" : null;
    }
}
