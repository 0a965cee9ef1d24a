namespace Tars.Storage.Identity;

/// <summary>A login with its refresh tokens. Of the tokens nothing is kept but how many there were: each is derived from the family and its number.</summary>
/// <param name="Id">The family.</param>
/// <param name="UserId">Whose it is.</param>
/// <param name="Counter">The number of the newest token, from 0.</param>
/// <param name="Created">When the login was, UTC.</param>
/// <param name="Rotated">When the newest token was given out, UTC.</param>
/// <param name="Expires">Until when the newest token can be used, UTC, exclusive.</param>
/// <param name="Ends">Until when the login can be continued at all, UTC, exclusive.</param>
/// <param name="Revoked">When it was revoked, UTC; null before.</param>
/// <param name="Reason">Why it was revoked, a word; null before.</param>
public sealed record TokenFamily(
    Guid Id, Guid UserId, long Counter, DateTimeOffset Created, DateTimeOffset Rotated, DateTimeOffset Expires, DateTimeOffset Ends, DateTimeOffset? Revoked = null, string? Reason = null);

/// <summary>What became of the attempt to replace a refresh token by its successor.</summary>
public abstract record TokenRotation
{
    private TokenRotation()
    {
    }

    /// <summary>The successor holds, and the token that was shown is used up.</summary>
    /// <param name="Family">The family with the successor's number.</param>
    public sealed record Rotated(TokenFamily Family) : TokenRotation;

    /// <summary>The token had been replaced a moment ago and its successor was not used yet: the answer was lost, and the same successor is given again.</summary>
    /// <param name="Family">The family with the successor's number.</param>
    public sealed record Repeated(TokenFamily Family) : TokenRotation;

    /// <summary>The token had been used up before: somebody has a copy. The whole family is revoked.</summary>
    /// <param name="FamilyId">The family.</param>
    /// <param name="UserId">Whose it was.</param>
    public sealed record Reused(Guid FamilyId, Guid UserId) : TokenRotation;

    /// <summary>The family is not known, has expired or was revoked, or its user may do nothing.</summary>
    /// <param name="Reason">Which of them, a word.</param>
    public sealed record Refused(string Reason) : TokenRotation;
}
