namespace Tars.Configuration.Secrets.Vault;

/// <summary>A token in use. Times are the session's age.</summary>
/// <param name="Value">The token, owned by the session.</param>
/// <param name="Generation">Counts logins: leases belong to the token they were got with, and end with it.</param>
/// <param name="Duration">How long it was good when it was made or renewed; null when Vault does not say, or it never ends.</param>
/// <param name="Expires">When it ends; null for never or not known.</param>
/// <param name="IsRenewable">Whether it can be renewed.</param>
internal sealed record VaultToken(Secret Value, int Generation, TimeSpan? Duration, TimeSpan? Expires, bool IsRenewable)
{
    /// <summary>Returns whether it is so near its end that no request should be sent with it: a tenth of its time, 5 seconds at most.</summary>
    public bool IsOver(TimeSpan now)
    {
        if (Expires is not TimeSpan end || Duration is not TimeSpan duration)
        {
            return false;
        }

        TimeSpan margin = duration / 10;
        return now >= end - (margin < TimeSpan.FromSeconds(5) ? margin : TimeSpan.FromSeconds(5));
    }
}

/// <summary>A token to send one request with, or why there is none.</summary>
/// <param name="Token">A copy, owned by the caller; null when there is none.</param>
/// <param name="Generation">The token's.</param>
/// <param name="Failure">Why there is none; null when there is one.</param>
internal readonly record struct VaultPass(Secret? Token, int Generation, SecretAnswer? Failure) : IDisposable
{
    /// <inheritdoc/>
    public void Dispose() => Token?.Dispose();
}
