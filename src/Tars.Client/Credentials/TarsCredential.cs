namespace Tars.Client;

/// <summary>Who calls.</summary>
public abstract record TarsCredential
{
    private TarsCredential()
    {
    }

    /// <summary>Nobody: health and what else is open to everybody.</summary>
    public sealed record None : TarsCredential;

    /// <summary>A program with an API key.</summary>
    /// <param name="Key">The key, as <c>tars api-keys create</c> showed it.</param>
    public sealed record ApiKey(string Key) : TarsCredential
    {
        /// <inheritdoc/>
        public override string ToString() => "an API key"; // a key stands in no log
    }

    /// <summary>A user with a password. Tokens that the store has are used first; the password is, when there are none or they hold no longer.</summary>
    /// <param name="Username">The login.</param>
    /// <param name="Password">The password.</param>
    /// <param name="Store">Where tokens are kept.</param>
    public sealed record Login(string Username, string Password, ITarsTokenStore Store) : TarsCredential
    {
        /// <summary>Gives the six digits of the second factor; null where there is none.</summary>
        public Func<CancellationToken, ValueTask<string?>>? SecondFactor { get; init; }

        /// <inheritdoc/>
        public override string ToString() => "a login"; // a password stands in no log
    }

    /// <summary>Whoever logged in before: tokens out of a store, renewed as long as the login lasts.</summary>
    /// <param name="Store">Where tokens are kept.</param>
    public sealed record Tokens(ITarsTokenStore Store) : TarsCredential;
}
