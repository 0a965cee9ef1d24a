using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>
/// GCP Secret Manager. <c>${NAME}</c> is a field of the secret that the settings name, <c>${id#field}</c> and <c>${id}</c> name others, and
/// <c>${id/versions/3}</c> a version of one. Source: Secret Manager REST reference, <c>projects.secrets.versions.access</c>.
/// </summary>
public sealed class GcpSecretsBackend : ISecretBackend, IDisposable
{
    private readonly GcpSecretsOptions _options;
    private readonly IReadOnlyDictionary<string, string> _environment;
    private readonly SecretConnection _connection;
    private readonly GcpTokens _tokens;
    private readonly RenewedCredential<AccessToken> _token;

    /// <summary>Prepares the backend; nothing is asked yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">The environment variables; Google's own are read by its documented rules.</param>
    /// <param name="time">The clock.</param>
    public GcpSecretsBackend(GcpSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time)
        : this(options, environment, time, new SecretConnectionOptions())
    {
    }

    internal GcpSecretsBackend(
        GcpSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, SecretConnectionOptions patience)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(time);
        (_options, _environment, _connection) = (options, environment, new SecretConnection(patience, time));
        _tokens = new GcpTokens(options, environment, _connection, time);
        _token = new RenewedCredential<AccessToken>(_tokens.GetAsync, time);
        Name = string.IsNullOrEmpty(options.SecretName) ? "gcp secret manager" : $"gcp secret manager {options.SecretName}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        SecretAddress address = SecretAddress.Of(name, _options.SecretName);
        string place = $"gcp {address.Id}";
        if (GcpSecretName.Parse(address.Id) is not { } secret || address.Field is "")
        {
            return new SecretAnswer.Absent($"{place} (no secret can have that name)");
        }

        try
        {
            return await AskAsync(address, secret, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException exception)
        {
            return exception.At(place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _token.Dispose();
        _connection.Dispose();
    }

    private async Task<SecretAnswer> AskAsync(SecretAddress address, GcpSecretName secret, CancellationToken cancellationToken)
    {
        Uri endpoint = SecretEndpoint.Parse(string.IsNullOrEmpty(_options.EndpointUrl) ? "https://secretmanager.googleapis.com" : _options.EndpointUrl, "secrets.gcp_endpoint_url");
        string project = secret.Project ?? Project();
        string version = secret.Version ?? (string.IsNullOrEmpty(_options.Version) ? "latest" : _options.Version);
        if (!GcpSecretName.IsVersion(version))
        {
            throw SecretBackendException.Refused("secrets.gcp_version is no version; write a number, an alias or latest");
        }

        string resource = $"projects/{project}/secrets/{secret.Secret}/versions/{version}";
        Uri target = new(endpoint, $"/v1/{resource}:access");
        for (bool isAgain = false; ; isAgain = true)
        {
            using AccessToken token = await _token.GetAsync(cancellationToken).ConfigureAwait(false);
            using SecretResponse response = await _connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, target).With("Authorization", $"Bearer {token.Value.Reveal()}"), null, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
            {
                return Read(response, address, secret.Secret);
            }

            string? status = GcpErrors.StatusOf(response);
            if (status == "NOT_FOUND")
            {
                return new SecretAnswer.Absent($"gcp {resource}");
            }

            // A token may be revoked before its end: once, a new one is asked for.
            if ((int)response.Status != 401 || isAgain)
            {
                throw SecretBackendException.Refused(GcpErrors.Explain(status, response, _tokens.Source));
            }

            await _token.ForgetAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private string Project()
    {
        string? project = !string.IsNullOrEmpty(_options.Project) ? _options.Project : _environment.GetValueOrDefault("GOOGLE_CLOUD_PROJECT");
        if (string.IsNullOrEmpty(project) && _tokens.KeyFile is { } file)
        {
            using ServiceAccountKey key = ServiceAccountKey.Read(file.Path, file.Source);
            project = key.Project;
        }

        if (string.IsNullOrEmpty(project))
        {
            throw SecretBackendException.Refused("no Google Cloud project is named; set secrets.gcp_project");
        }

        return GcpSecretName.IsProject(project) ? project : throw SecretBackendException.Refused("secrets.gcp_project is no project id; write one such as my-project-123");
    }

    private static SecretAnswer Read(SecretResponse response, SecretAddress address, string secret)
    {
        try
        {
            string name = JsonFields.FindText(response.Body, "name") ?? throw new JsonException("no name");
            if (GcpSecretName.Parse(name) is not { Version: not null } answered || answered.Secret != secret)
            {
                throw response.Malformed("another secret than was asked for");
            }

            using Secret? base64 = JsonFields.FindSecret(response.Body, "payload", "data");
            using ClearedBuffer buffer = new();
            int length = base64?.Length ?? 0;
            Span<byte> target = buffer.GetSpan(length + 1);
            int written = 0;
            if (base64 is not null
                && (Base64.DecodeFromUtf8(base64.Bytes, target, out int used, out written) != OperationStatus.Done || used != length))
            {
                throw new JsonException("not base64");
            }

            // The service computes the checksum when the version is added, and sends it with every version.
            using Secret sum = JsonFields.FindScalar(response.Body, "payload", "dataCrc32c") ?? throw new JsonException("no checksum");
            if (!uint.TryParse(sum.Bytes, NumberStyles.None, CultureInfo.InvariantCulture, out uint expected))
            {
                throw new JsonException("no checksum");
            }

            return Crc32C.Of(target[..written]) == expected
                ? address.Pick(target[..written], $"gcp {name}", null)
                : throw response.Malformed("a payload whose CRC-32C is not the one it states; it was damaged on the way");
        }
        catch (JsonException exception)
        {
            throw response.Malformed("something other than a secret's version as JSON", exception);
        }
    }
}
