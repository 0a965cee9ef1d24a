using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Tokens;

/// <summary>What a login or a refresh gives out.</summary>
/// <param name="AccessToken">The access token.</param>
/// <param name="RefreshToken">The refresh token.</param>
/// <param name="Lifetime">How long the access token holds.</param>
internal sealed record TokenPair(string AccessToken, string RefreshToken, TimeSpan Lifetime);

/// <summary>What an access token of this server is worth by itself; whether its login was revoked is not looked at.</summary>
/// <param name="Token">What it says; null when it does not hold.</param>
/// <param name="Refusal">Why not; null when it holds.</param>
internal readonly record struct TokenReading(AccessToken? Token, string? Refusal);

/// <summary>Makes and verifies this server's own tokens.</summary>
internal sealed class TokenMint : IDisposable
{
    private readonly TimeProvider _time;

    /// <summary>A mint.</summary>
    public TokenMint(TokenSettings settings, SigningKeyStore keys, TimeProvider time)
    {
        (Settings, _time) = (settings, time);
        Secrets = new TokenSecrets(settings.Secret, settings.PreviousSecret);
        Keys = new TokenKeys(settings, Secrets, keys, time);
    }

    /// <summary>How tokens are made.</summary>
    public TokenSettings Settings { get; }

    /// <summary>The keys derived from the installation's secret.</summary>
    public TokenSecrets Secrets { get; }

    /// <summary>The keys of access tokens.</summary>
    public TokenKeys Keys { get; }

    /// <summary>Makes an access token, and the refresh token with the family's number.</summary>
    /// <exception cref="StoreException">A key is needed from the store, and it does not answer.</exception>
    public async Task<TokenPair> IssueAsync(TokenFamily family, Role role, CancellationToken cancellationToken)
    {
        TokenKey key = await Keys.SigningKeyAsync(cancellationToken);
        DateTimeOffset now = DateTimeOffset.FromUnixTimeSeconds(_time.GetUtcNow().ToUnixTimeSeconds());
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(family.Ends.ToUnixTimeSeconds());
        DateTimeOffset expires = now + Settings.Lifetime < end ? now + Settings.Lifetime : end;
        AccessToken token = new(family.UserId, family.Id, Guid.NewGuid(), role, now, expires);
        return new TokenPair(token.Write(key, Settings), new RefreshToken(family.Id, family.Counter).Write(Secrets), expires - now);
    }

    /// <summary>Whether a token names this server as its issuer.</summary>
    public bool IsOwn(CompactToken token) => token.Claim("iss") == Settings.Issuer;

    /// <summary>Verifies an access token: its key by its id, the algorithm by the key, then what it says.</summary>
    /// <exception cref="StoreException">A key is needed from the store, and it does not answer.</exception>
    public async ValueTask<TokenReading> VerifyAsync(CompactToken token, CancellationToken cancellationToken)
    {
        if (token.HasHeader("crit") || token.Header("kid") is not { Length: > 0 and <= 64 } keyId || await Keys.FindAsync(keyId, cancellationToken) is not { } key)
        {
            return new TokenReading(null, "unknown key");
        }

        if (token.Header("alg") != key.Algorithm)
        {
            return new TokenReading(null, "another algorithm");
        }

        if (!key.Verify(token.Signed, token.Signature))
        {
            return new TokenReading(null, "wrong signature");
        }

        AccessToken? read = AccessToken.Read(token, Settings, _time.GetUtcNow(), out string? refusal);
        return new TokenReading(read, refusal);
    }

    /// <inheritdoc/>
    public void Dispose() => Keys.Dispose();
}
