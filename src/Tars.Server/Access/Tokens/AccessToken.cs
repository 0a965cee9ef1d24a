namespace Tars.Server.Access.Tokens;

/// <summary>What an access token of this server says (RFC 9068).</summary>
/// <param name="UserId">The user, the claim <c>sub</c>.</param>
/// <param name="FamilyId">The login, the claim <c>sid</c>.</param>
/// <param name="TokenId">The token, the claim <c>jti</c>.</param>
/// <param name="Role">The user's role when it was made.</param>
/// <param name="Issued">When it was made, UTC, whole seconds.</param>
/// <param name="Expires">Until when it holds, UTC, whole seconds, exclusive.</param>
internal sealed record AccessToken(Guid UserId, Guid FamilyId, Guid TokenId, Role Role, DateTimeOffset Issued, DateTimeOffset Expires)
{
    private const string Type = "at+jwt";
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30); // between the clocks of two replicas; for beginnings alone, an end is an end

    /// <summary>The token's text.</summary>
    public string Write(TokenKey key, TokenSettings settings) => CompactToken.Write(key, Type, json =>
    {
        json.WriteString("iss", settings.Issuer);
        json.WriteString("aud", settings.Audience);
        json.WriteString("sub", UserId.ToString());
        json.WriteString("jti", TokenId.ToString());
        json.WriteString("sid", FamilyId.ToString());
        json.WriteString("role", RoleNames.Of(Role));
        json.WriteNumber("iat", Issued.ToUnixTimeSeconds());
        json.WriteNumber("exp", Expires.ToUnixTimeSeconds());
    });

    /// <summary>Reads what a token says; whether its signature is right has been looked at.</summary>
    /// <param name="token">The token.</param>
    /// <param name="settings">What it has to say.</param>
    /// <param name="now">The time.</param>
    /// <param name="refusal">Why it does not hold, in a few words; null when it does.</param>
    public static AccessToken? Read(CompactToken token, TokenSettings settings, DateTimeOffset now, out string? refusal)
    {
        AccessToken? read = null;
        if (token.Header("typ") != Type)
        {
            refusal = "not an access token";
        }
        else if (token.Claim("iss") != settings.Issuer)
        {
            refusal = "another issuer";
        }
        else if (!token.Holds("aud", settings.Audience))
        {
            refusal = "another audience";
        }
        else if (Id(token, "sub") is not { } user || Id(token, "sid") is not { } family || Id(token, "jti") is not { } id || RoleNames.Parse(token.Claim("role")) is not { } role
            || token.Time("iat") is not { } issued || token.Time("exp") is not { } expires)
        {
            refusal = "a claim is missing";
        }
        else if (expires <= now)
        {
            refusal = "expired";
        }
        else if (issued > now + Skew)
        {
            refusal = "from the future";
        }
        else
        {
            refusal = null;
            read = new AccessToken(user, family, id, role, issued, expires);
        }

        return read;
    }

    private static Guid? Id(CompactToken token, string claim) => Guid.TryParseExact(token.Claim(claim), "D", out Guid id) ? id : null;
}
