namespace Tars.Storage.Identity;

/// <summary>What the store knows of a credential that was shown, whether it still holds or not: the credential with its user, read at one instant.</summary>
/// <param name="UserId">Whose it is.</param>
/// <param name="SubjectId">The subject id the audit log uses.</param>
/// <param name="Login">The user's name.</param>
/// <param name="UserRole">The user's role now.</param>
/// <param name="UserDisabled">Since when the user may do nothing, UTC; null while the user may.</param>
/// <param name="CredentialId">The token's family, or the key.</param>
/// <param name="CredentialRole">What the credential allows at most.</param>
/// <param name="Expires">Until when the credential holds, UTC, exclusive; null without end.</param>
/// <param name="Revoked">When it was revoked, UTC; null before.</param>
/// <param name="LastUsed">When its use was noted last, UTC; null when never.</param>
public sealed record AccessGrant(
    Guid UserId,
    string SubjectId,
    string Login,
    string UserRole,
    DateTimeOffset? UserDisabled,
    Guid CredentialId,
    string CredentialRole,
    DateTimeOffset? Expires,
    DateTimeOffset? Revoked,
    DateTimeOffset? LastUsed);

/// <summary>A row of a grant.</summary>
internal sealed record AccessGrantRow(
    string UserId, string SubjectId, string Login, string UserRole, long? UserDisabled, string CredentialId, string CredentialRole, long? Expires, long? Revoked, long? LastUsed)
{
    /// <summary>The columns of the user.</summary>
    public const string UserColumns = "u.user_id AS UserId, u.subject_id AS SubjectId, u.login AS Login, u.role AS UserRole, u.disabled AS UserDisabled";

    public AccessGrant ToGrant() => new(
        Guid.Parse(UserId), SubjectId, Login, UserRole, StoreTime.At(UserDisabled), Guid.Parse(CredentialId), CredentialRole, StoreTime.At(Expires), StoreTime.At(Revoked), StoreTime.At(LastUsed));
}
