using Tars.Server.Access.Tokens;
using Tars.Storage.Identity;

namespace Tars.Server.Access.Logins;

/// <summary>What became of an attempt to log in.</summary>
internal abstract record LoginOutcome
{
    private LoginOutcome()
    {
    }

    /// <summary>Who the attempt was for, where there is such a user.</summary>
    public StoredUser? User { get; init; }

    /// <summary>It succeeded.</summary>
    /// <param name="Tokens">What it gives.</param>
    /// <param name="Family">The login.</param>
    public sealed record Granted(TokenPair Tokens, TokenFamily Family) : LoginOutcome;

    /// <summary>It failed.</summary>
    /// <param name="Reason">Why, for the audit log; the caller is told the same whatever it is.</param>
    public sealed record Refused(string Reason) : LoginOutcome;

    /// <summary>The password is right, and a code of the second factor is needed too.</summary>
    public sealed record CodeNeeded : LoginOutcome;

    /// <summary>The password is right, the role needs a second factor, and the user has none yet.</summary>
    public sealed record FactorNeeded : LoginOutcome;

    /// <summary>A second factor was made, which counts once its first code is shown at a login.</summary>
    /// <param name="Secret">Its secret, base32.</param>
    /// <param name="Address">The same for an authenticator app.</param>
    public sealed record FactorMade(string Secret, string Address) : LoginOutcome;

    /// <summary>Too many log in at this moment.</summary>
    public sealed record Busy : LoginOutcome;
}
