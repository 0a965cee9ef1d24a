namespace Tars.Client;

/// <summary>What a login or a refresh gave.</summary>
/// <param name="AccessToken">Shown with each request until it expires.</param>
/// <param name="RefreshToken">Good for the next pair. The server takes it once, and again within a short grace for a caller whose answer was lost.</param>
/// <param name="ExpiresAt">When the access token expires.</param>
public sealed record TarsTokens(string AccessToken, string RefreshToken, DateTimeOffset ExpiresAt)
{
    /// <inheritdoc/>
    public override string ToString() => $"tokens until {ExpiresAt:O}"; // a token stands in no log
}

/// <summary>
/// Where tokens are kept between requests, and between runs of a program if the caller wants that. A client calls it from one place at a time; several clients may share one store,
/// and then take up what another has renewed.
/// </summary>
public interface ITarsTokenStore
{
    /// <summary>The tokens that were saved last; null where there are none.</summary>
    ValueTask<TarsTokens?> LoadAsync(CancellationToken cancellationToken);

    /// <summary>Keeps tokens in the place of those before; called before they are used for the first time.</summary>
    /// <param name="tokens">The tokens; null after a logout.</param>
    /// <param name="cancellationToken">Ends it.</param>
    ValueTask SaveAsync(TarsTokens? tokens, CancellationToken cancellationToken);
}

/// <summary>Keeps tokens in memory, as long as the program runs.</summary>
public sealed class MemoryTokenStore : ITarsTokenStore
{
    private volatile TarsTokens? _tokens;

    /// <summary>A store.</summary>
    /// <param name="tokens">What it begins with.</param>
    public MemoryTokenStore(TarsTokens? tokens = null) => _tokens = tokens;

    /// <inheritdoc/>
    public ValueTask<TarsTokens?> LoadAsync(CancellationToken cancellationToken) => ValueTask.FromResult(_tokens);

    /// <inheritdoc/>
    public ValueTask SaveAsync(TarsTokens? tokens, CancellationToken cancellationToken)
    {
        _tokens = tokens;
        return ValueTask.CompletedTask;
    }
}
