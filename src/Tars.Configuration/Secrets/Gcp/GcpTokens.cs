using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>
/// Gets access tokens: with a service account's key file when one is named, else from the metadata server of the machine. The key file is
/// read for each token, so a new one is taken up. Not supported: gcloud's own user login, workload identity federation, impersonation.
/// </summary>
internal sealed class GcpTokens(GcpSecretsOptions options, IReadOnlyDictionary<string, string> environment, SecretConnection connection, TimeProvider time)
{
    private const string Grant = "urn:ietf:params:oauth:grant-type:jwt-bearer";

    /// <summary>What names the key file, and the file; null for the metadata server.</summary>
    public (string Source, string Path)? KeyFile { get; } =
        !string.IsNullOrEmpty(options.CredentialsFile) ? ("secrets.gcp_credentials_file", options.CredentialsFile)
        : environment.GetValueOrDefault("GOOGLE_APPLICATION_CREDENTIALS") is { Length: > 0 } named ? ("GOOGLE_APPLICATION_CREDENTIALS", named)
        : null;

    /// <summary>Where tokens come from, for messages.</summary>
    public string Source => KeyFile is { } file ? $"the service account of {file.Path}" : "the machine's service account";

    /// <summary>Gets a token.</summary>
    /// <exception cref="SecretBackendException">There is none.</exception>
    public Task<AccessToken> GetAsync(CancellationToken cancellationToken) =>
        KeyFile is { } file ? FromKeyAsync(file.Path, file.Source, cancellationToken) : FromMetadataAsync(cancellationToken);

    private async Task<AccessToken> FromKeyAsync(string path, string source, CancellationToken cancellationToken)
    {
        using ServiceAccountKey key = ServiceAccountKey.Read(path, source);
        using SecretResponse response = await connection.SendAsync(
            () =>
            {
                byte[] assertion = key.Assertion(time.GetUtcNow());
                SecretRequest request = new SecretRequest(HttpMethod.Post, key.TokenUri)
                    .WithForm(("grant_type", System.Text.Encoding.ASCII.GetBytes(Grant)), ("assertion", assertion));
                Array.Clear(assertion);
                return request;
            },
            null, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
        {
            return OAuthToken.Read(response, time);
        }

        string reason = OAuthToken.ErrorOf(response) switch
        {
            "invalid_grant" => $"refuses {key.Email} (invalid_grant): the key was deleted, the account is disabled, or the assertion's time is not Google's",
            string code => $"refuses {key.Email} ({code})",
            null => $"answered {(int)response.Status} for {key.Email}",
        };
        throw SecretBackendException.Refused($"{response.Place} {reason}{ClockSkew.Explain(response, time)}");
    }

    private async Task<AccessToken> FromMetadataAsync(CancellationToken cancellationToken)
    {
        string host = environment.GetValueOrDefault("GCE_METADATA_HOST") is { Length: > 0 } named ? named : "metadata.google.internal";
        Uri address = new(SecretEndpoint.Parse($"http://{host}/", "GCE_METADATA_HOST"), "/computeMetadata/v1/instance/service-accounts/default/token");
        SecretResponse? answered = null;
        try
        {
            answered = await connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, address).With("Metadata-Flavor", "Google"), null, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException exception)
        {
            throw SecretBackendException.Unreachable(
                $"no key file is named and the metadata server does not answer ({exception.Message}); set secrets.gcp_credentials_file outside Google Cloud", exception);
        }

        using SecretResponse response = answered;
        if (!response.Headers("Metadata-Flavor").SequenceEqual(["Google"]))
        {
            throw response.Malformed("no Metadata-Flavor: Google; it is not the metadata server");
        }

        return response.IsSuccess
            ? OAuthToken.Read(response, time)
            : throw SecretBackendException.Refused($"{response.Place} answered {(int)response.Status}; does the machine have a service account?");
    }
}
