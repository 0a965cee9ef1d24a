using System.Buffers.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// AWS Secrets Manager. <c>${NAME}</c> is a field of the secret that the settings name, <c>${id#field}</c> and <c>${id}</c> name others.
/// Source: AWS Secrets Manager API Reference, <c>GetSecretValue</c>.
/// </summary>
public sealed class AwsSecretsBackend : ISecretBackend, IDisposable
{
    private readonly AwsSurroundings _surroundings;
    private readonly TimeProvider _time;
    private readonly SecretConnection _connection;
    private readonly RenewedCredential<AwsCredentials> _credentials;

    /// <summary>Prepares the backend; nothing is asked yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">The environment variables; AWS's own are read by its documented rules.</param>
    /// <param name="time">The clock.</param>
    public AwsSecretsBackend(AwsSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time)
        : this(options, environment, time, new SecretConnectionOptions())
    {
    }

    internal AwsSecretsBackend(AwsSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, SecretConnectionOptions patience)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(time);
        (_surroundings, _time, _connection) = (new AwsSurroundings(options, environment), time, new SecretConnection(patience, time));
        AwsCredentialChain chain = new(_surroundings, _connection, time);
        _credentials = new RenewedCredential<AwsCredentials>(chain.FindAsync, time);
        Name = string.IsNullOrEmpty(options.SecretName) ? "aws secrets manager" : $"aws secrets manager {options.SecretName}";
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        SecretAddress address = SecretAddress.Of(name, _surroundings.Options.SecretName);
        string place = $"aws {address.Id}";
        if (address.Id.Length is 0 or > 2048 || address.Field is "")
        {
            return new SecretAnswer.Absent(place);
        }

        try
        {
            return await AskAsync(address, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException exception)
        {
            return exception.At(place);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _credentials.Dispose();
        _connection.Dispose();
    }

    private async Task<SecretAnswer> AskAsync(SecretAddress address, CancellationToken cancellationToken)
    {
        string region = _surroundings.Region();
        Uri endpoint = _surroundings.SecretsManager(region);
        for (bool isAgain = false; ; isAgain = true)
        {
            using AwsCredentials credentials = await _credentials.GetAsync(cancellationToken).ConfigureAwait(false);
            using SecretResponse response = await _connection.SendAsync(
                () => Request(endpoint, address.Id, credentials, region), AwsErrors.IsPassing, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
            {
                return Read(response, address, region);
            }

            string? code = AwsErrors.CodeOf(response);
            if (code == "ResourceNotFoundException")
            {
                return new SecretAnswer.Absent($"aws {region} {address.Id}");
            }

            // Credentials may have been replaced since they were read: once, they are looked for again.
            if (!AwsErrors.IsCredentialRefusal(code) || isAgain)
            {
                throw code is null && (int)response.Status >= 500
                    ? SecretBackendException.Unreachable($"{response.Place} answered {(int)response.Status}")
                    : SecretBackendException.Refused(AwsErrors.Explain(code, response, credentials.Source, region) + ClockSkew.Explain(response, _time));
            }

            await _credentials.ForgetAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private SecretRequest Request(Uri endpoint, string id, AwsCredentials credentials, string region)
    {
        ClearedBuffer body = new();
        using (Utf8JsonWriter writer = new(body))
        {
            writer.WriteStartObject();
            writer.WriteString("SecretId", id);
            if (!string.IsNullOrEmpty(_surroundings.Options.VersionId))
            {
                writer.WriteString("VersionId", _surroundings.Options.VersionId);
            }

            if (!string.IsNullOrEmpty(_surroundings.Options.VersionStage))
            {
                writer.WriteString("VersionStage", _surroundings.Options.VersionStage);
            }

            writer.WriteEndObject();
        }

        const string Type = "application/x-amz-json-1.1";
        SecretRequest request = new SecretRequest(HttpMethod.Post, endpoint).With(body, Type).With("X-Amz-Target", "secretsmanager.GetSecretValue");
        string name = endpoint.HostNameType == UriHostNameType.IPv6 ? $"[{endpoint.IdnHost}]" : endpoint.IdnHost;
        string host = endpoint.IsDefaultPort ? name : $"{name}:{endpoint.Port}";
        SigV4Request toSign = new("POST", endpoint.AbsolutePath, "", [("Host", host), ("Content-Type", Type), .. request.Headers], request.Body);
        foreach ((string header, string value) in SigV4Signer.Sign(toSign, credentials, new SigV4Scope(region, "secretsmanager"), _time.GetUtcNow()))
        {
            request.With(header, value);
        }

        return request;
    }

    private static SecretAnswer Read(SecretResponse response, SecretAddress address, string region)
    {
        try
        {
            string version = JsonFields.FindText(response.Body, "VersionId") ?? throw new JsonException("no version");
            string place = $"aws {region} {address.Id} version {version}";
            using Secret? text = JsonFields.FindSecret(response.Body, "SecretString");
            if (text is not null)
            {
                return address.Pick(text.Bytes, place, null);
            }

            using Secret binary = JsonFields.FindSecret(response.Body, "SecretBinary") ?? throw new JsonException("no secret");
            using Secret decoded = Decoded(binary);
            return address.Pick(decoded.Bytes, place, null);
        }
        catch (JsonException exception)
        {
            throw response.Malformed("something other than a secret's value as JSON", exception);
        }
    }

    private static Secret Decoded(Secret base64)
    {
        using ClearedBuffer buffer = new();
        Span<byte> target = buffer.GetSpan(base64.Length);
        return Base64.DecodeFromUtf8(base64.Bytes, target, out int used, out int written) == System.Buffers.OperationStatus.Done && used == base64.Length
            ? Secret.Of(target[..written])
            : throw new JsonException("not base64");
    }
}
