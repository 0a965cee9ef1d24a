using System.Security.Cryptography;
using Tars.Server.Access.Passwords;
using Tars.Server.Access.SecondFactors;
using Tars.Server.Access.Tokens;
using Tars.Storage;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Logins;

/// <summary>Where users log in: password, second factor, lockout. It answers strangers the same, and in the same time, whether there is such a user or not.</summary>
internal sealed class LoginDesk(AccessSettings settings, TokenMint mint, Store store, LoginAdmission admission, TimeProvider time)
{
    /// <summary>The longest login that is looked up, in characters.</summary>
    public const int LongestLogin = 256;

    /// <summary>Logs a user in.</summary>
    /// <param name="login">The name.</param>
    /// <param name="password">The password.</param>
    /// <param name="code">The code of the second factor; null without one.</param>
    /// <param name="cancellationToken">Stops waiting.</param>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<LoginOutcome> LogInAsync(string login, string password, string? code, CancellationToken cancellationToken)
    {
        using IDisposable? place = await admission.EnterAsync(cancellationToken);
        if (place is null)
        {
            return new LoginOutcome.Busy();
        }

        (StoredUser? user, LoginOutcome.Refused? refused) = await CheckPasswordAsync(login, password, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        Role role = RoleNames.Parse(user!.User.Role)!.Value;
        if (user.Factor is { } factor && (factor.Confirmed is not null || code is not null))
        {
            if (code is null)
            {
                return new LoginOutcome.CodeNeeded { User = user };
            }

            if (await RefuseCodeAsync(user, factor, code, cancellationToken) is { } reason)
            {
                await CountFailureAsync(user, cancellationToken);
                return new LoginOutcome.Refused(reason) { User = user };
            }
        }
        else if (settings.SecondFactor.Contains(role))
        {
            return new LoginOutcome.FactorNeeded { User = user };
        }

        place.Dispose(); // what follows costs no more than other requests
        TokenFamily family = await store.RefreshTokens.BeginAsync(Guid.NewGuid(), user.User.Id, mint.Settings.Idle, mint.Settings.Absolute, cancellationToken);
        return new LoginOutcome.Granted(await mint.IssueAsync(family, role, cancellationToken), family) { User = user };
    }

    /// <summary>Makes a second factor for a user who has none that is confirmed.</summary>
    /// <exception cref="StoreException">The store does not answer.</exception>
    public async Task<LoginOutcome> MakeFactorAsync(string login, string password, CancellationToken cancellationToken)
    {
        using IDisposable? place = await admission.EnterAsync(cancellationToken);
        if (place is null)
        {
            return new LoginOutcome.Busy();
        }

        (StoredUser? user, LoginOutcome.Refused? refused) = await CheckPasswordAsync(login, password, cancellationToken);
        if (refused is not null)
        {
            return refused;
        }

        if (user!.Factor?.Confirmed is not null)
        {
            return new LoginOutcome.Refused("has a second factor") { User = user };
        }

        byte[] secret = TimeCode.NewSecret();
        await store.Users.SetFactorAsync(user.User.Id, mint.Secrets.Seal(secret, Purpose(user)), cancellationToken);
        LoginOutcome made = new LoginOutcome.FactorMade(TimeCode.Base32(secret), TimeCode.Address(secret, mint.Settings.Issuer, login)) { User = user };
        CryptographicOperations.ZeroMemory(secret);
        return made;
    }

    private async Task<(StoredUser? User, LoginOutcome.Refused? Refused)> CheckPasswordAsync(string login, string password, CancellationToken cancellationToken)
    {
        StoredUser? user = login.Length is 0 or > LongestLogin ? null : await store.Users.FindByLoginAsync(login, cancellationToken);
        string? hash = user?.User.PasswordHash;
        bool isLocked = user?.LockedUntil > time.GetUtcNow();
        bool isOpen = user is { Disabled: null } && !isLocked && RoleNames.Parse(user.User.Role) is not null;

        // A locked or disabled user costs the same as any: nobody learns from the time that there is one.
        string shown = password.Length > PasswordPolicy.MostLength ? string.Empty : password;
        PasswordVerdict verdict = await Task.Run(() => PasswordHash.Verify(shown, shown.Length > 0 ? hash : null), cancellationToken);
        if (!isOpen)
        {
            return (user, new LoginOutcome.Refused(user is null ? "unknown user" : user.Disabled is not null ? "disabled" : isLocked ? "locked" : "unknown role") { User = user });
        }

        if (verdict == PasswordVerdict.Wrong)
        {
            await CountFailureAsync(user!, cancellationToken);
            return (user, new LoginOutcome.Refused("wrong password") { User = user });
        }

        if (verdict == PasswordVerdict.RightAndOutdated)
        {
            string better = await Task.Run(() => PasswordHash.Create(password), cancellationToken);
            await store.Users.UpgradePasswordHashAsync(user!.User.Id, hash!, better, cancellationToken);
        }

        return (user, null);
    }

    private async Task<string?> RefuseCodeAsync(StoredUser user, StoredFactor factor, string code, CancellationToken cancellationToken)
    {
        if (mint.Secrets.Open(factor.SealedSecret, Purpose(user)) is not { } secret)
        {
            return "second factor cannot be opened";
        }

        long? step = TimeCode.Match(secret, code, time.GetUtcNow());
        CryptographicOperations.ZeroMemory(secret);
        return step is null ? "wrong code" : await store.Users.UseFactorAsync(user.User.Id, step.Value, cancellationToken) ? null : "used code";
    }

    private Task<DateTimeOffset?> CountFailureAsync(StoredUser user, CancellationToken cancellationToken) =>
        store.Users.CountFailureAsync(user.User.Id, settings.Lockout.Failures, settings.Lockout.Pause, settings.Lockout.LongestPause, cancellationToken);

    private static string Purpose(StoredUser user) => $"second factor of {user.User.Id}";
}
