using System.Security.Cryptography.X509Certificates;
using Tars.Server.Access.External;
using Tars.Server.Access.Tokens;
using Tars.Server.Problems;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Credentials;

/// <summary>Says who shows a credential: from memory when nothing was revoked since, else from the store.</summary>
internal sealed class CredentialCheck(AccessSettings settings, Store store, TokenMint? mint, ExternalIssuer? external, RevocationWatch watch, KeyUseNotes notes, TimeProvider time)
{
    private const int Remembered = 10_000;

    private readonly CredentialCache _cache = new(Remembered);

    /// <summary>Who shows a credential, if that is remembered and still holds; null otherwise. Neither waits nor allocates.</summary>
    public Caller.Known? Recall(in CredentialDigest digest)
    {
        long now = time.GetUtcNow().UtcTicks;
        if (_cache.Find(digest) is not { } held || !held.Holds(now, watch.Epoch))
        {
            return null;
        }

        if (held.DueNote(now) is { } key)
        {
            notes.Note(key);
        }

        return held.Caller;
    }

    /// <summary>Who shows a credential.</summary>
    /// <param name="text">The credential.</param>
    /// <param name="digest">Its digest.</param>
    /// <param name="cancellationToken">Stops waiting for the store.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    /// <exception cref="ExternalIssuerException">The issuer of the token does not answer.</exception>
    public async Task<Caller> LookAsync(string text, CredentialDigest digest, CancellationToken cancellationToken)
    {
        // Before anything is read: what is revoked from here on makes what is remembered now old.
        long epoch = watch.Epoch ?? await watch.LookAsync(cancellationToken);
        if (text.StartsWith(ApiKeyText.Prefix, StringComparison.Ordinal))
        {
            if (!ApiKeyText.IsWellFormed(text))
            {
                return Refused("malformed key");
            }

            AccessGrant? grant = await store.ApiKeys.FindGrantAsync(digest.ToHex(), cancellationToken);
            return Judge(grant, CredentialKind.ApiKey, "key", RoleNames.Parse(grant?.CredentialRole), DateTimeOffset.MaxValue, digest, epoch);
        }

        using CompactToken? token = CompactToken.Read(text);
        if (token is null)
        {
            return Refused("malformed");
        }

        if (external is not null && external.IsIssuerOf(token))
        {
            return await ExternalAsync(external, token, digest, epoch, cancellationToken);
        }

        if (mint is null)
        {
            return Refused("no tokens are issued");
        }

        TokenReading reading = await mint.VerifyAsync(token, cancellationToken);
        if (reading.Token is not { } read)
        {
            return Refused(reading.Refusal!);
        }

        AccessGrant? login = await store.RefreshTokens.FindGrantAsync(read.FamilyId, cancellationToken);
        return login is not null && login.UserId != read.UserId
            ? Refused("another user")
            : Judge(login, CredentialKind.AccessToken, "login", read.Role, read.Expires, digest, epoch);
    }

    /// <summary>Who shows a client certificate.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<Caller> LookAsync(X509Certificate2 certificate, CancellationToken cancellationToken)
    {
        string thumbprint = certificate.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant();
        if (CredentialDigest.Of($"certificate {thumbprint}") is not { } digest || !settings.Certificates.TryGetValue(thumbprint, out string? login))
        {
            return Refused("unknown certificate");
        }

        if (Recall(digest) is { } known)
        {
            return known;
        }

        long epoch = watch.Epoch ?? await watch.LookAsync(cancellationToken);
        DateTimeOffset ends = certificate.NotAfter.ToUniversalTime();
        StoredUser? user = await store.Users.FindByLoginAsync(login, cancellationToken);
        if (user is null || certificate.NotBefore.ToUniversalTime() > time.GetUtcNow().UtcDateTime)
        {
            return Refused("unknown certificate");
        }

        AccessGrant grant = new(user.User.Id, user.User.SubjectId, login, user.User.Role, user.Disabled, Guid.Empty, user.User.Role, ends, null, null);
        return Judge(grant, CredentialKind.Certificate, "certificate", Role.Admin, ends, digest, epoch, thumbprint);
    }

    private async Task<Caller> ExternalAsync(ExternalIssuer issuer, CompactToken token, CredentialDigest digest, long epoch, CancellationToken cancellationToken)
    {
        ExternalReading reading = await issuer.VerifyAsync(token, cancellationToken);
        if (reading.Refusal is not null)
        {
            return Refused(reading.Refusal);
        }

        // Who has a user here too can be disabled here; nobody needs one.
        StoredUser? user = await store.Users.FindByLoginAsync(reading.Login, cancellationToken);
        AccessGrant grant = new(
            user?.User.Id ?? Guid.Empty, user?.User.SubjectId ?? $"{issuer.Name} {reading.Subject}", reading.Login, user?.User.Role ?? RoleNames.Of(reading.Role), user?.Disabled, Guid.Empty, RoleNames.Of(reading.Role), reading.Expires, null, null);
        return Judge(grant, CredentialKind.ExternalToken, "token", reading.Role, reading.Expires, digest, epoch, reading.Subject);
    }

    private Caller Judge(
        AccessGrant? grant, CredentialKind kind, string noun, Role? credentialRole, DateTimeOffset ends, CredentialDigest digest, long epoch, string? credentialId = null)
    {
        DateTimeOffset now = time.GetUtcNow();
        DateTimeOffset until = grant?.Expires is { } expires && expires < ends ? expires : ends;
        if (grant is null || grant.Revoked is not null || grant.UserDisabled is not null || until <= now
            || RoleNames.Parse(grant.UserRole) is not { } userRole || credentialRole is not { } most)
        {
            return Refused(grant is null ? $"unknown {noun}"
                : grant.UserDisabled is not null ? "disabled user"
                : grant.Revoked is not null ? $"revoked {noun}"
                : until <= now ? $"expired {noun}"
                : "unknown role");
        }

        Caller.Known known = new(grant.UserId, grant.SubjectId, grant.Login, RoleNames.Least(userRole, most), kind, credentialId ?? grant.CredentialId.ToString());
        HeldCredential held = new(known, until.UtcTicks, epoch, kind == CredentialKind.ApiKey ? grant.CredentialId : null, grant.LastUsed?.UtcTicks ?? 0);
        _cache.Add(digest, held);
        if (held.DueNote(now.UtcTicks) is { } key)
        {
            notes.Note(key);
        }

        return known;
    }

    private static Caller.Refused Refused(string reason) => new(ErrorCode.Unauthorized, reason);
}
