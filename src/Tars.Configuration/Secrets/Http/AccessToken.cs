namespace Tars.Configuration.Secrets.Http;

/// <summary>A bearer token.</summary>
/// <param name="Value">The token.</param>
/// <param name="Expires">When it ends; null when its issuer set no end.</param>
internal sealed record AccessToken(Secret Value, DateTimeOffset? Expires) : IExpiring<AccessToken>
{
    /// <inheritdoc/>
    public AccessToken Copy() => this with { Value = Value.Copy() };

    /// <inheritdoc/>
    public void Dispose() => Value.Dispose();
}
