using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>What AWS requests are signed with.</summary>
/// <param name="AccessKeyId">The key's id, which is sent and is no secret.</param>
/// <param name="SecretAccessKey">The key.</param>
/// <param name="SessionToken">The token that goes with temporary keys; null for lasting ones.</param>
/// <param name="Expires">When they end; null for never.</param>
/// <param name="Source">Where they are from, for messages.</param>
internal sealed record AwsCredentials(string AccessKeyId, Secret SecretAccessKey, Secret? SessionToken, DateTimeOffset? Expires, string Source)
    : IExpiring<AwsCredentials>
{
    /// <inheritdoc/>
    public AwsCredentials Copy() => this with { SecretAccessKey = SecretAccessKey.Copy(), SessionToken = SessionToken?.Copy() };

    /// <inheritdoc/>
    public void Dispose()
    {
        SecretAccessKey.Dispose();
        SessionToken?.Dispose();
    }
}
