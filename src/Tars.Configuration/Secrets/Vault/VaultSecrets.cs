using System.Text.Json;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>
/// Secrets in HashiCorp Vault: <c>${NAME}</c> is a field of the secret at <c>vault_mount</c>/<c>vault_path</c>, <c>${path#field}</c> a field of any other,
/// of a key-value store or of an engine that makes credentials (<c>${database/creds/app#password}</c>).
/// </summary>
/// <remarks>Source: Vault's HTTP API documentation (KV 1 and 2, tokens, leases, AppRole, Kubernetes and JWT login).</remarks>
internal sealed class VaultSecrets : ISecretBackend, IDisposable
{
    private readonly VaultOptions _options;
    private readonly VaultConnection _connection;
    private readonly VaultSession _session;
    private readonly VaultMounts _mounts;
    private readonly VaultLeases _leases;
    private readonly string _place;

    /// <summary>Creates the backend; nothing is sent.</summary>
    /// <param name="options">Which Vault and how to log in.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="VaultFileException">A certificate file cannot be read.</exception>
    public VaultSecrets(VaultOptions options, TimeProvider time)
    {
        _options = options;
        _place = $"vault {options.Url.GetLeftPart(UriPartial.Path).TrimEnd('/')}" + (options.Namespace is string name ? $" ({name})" : "");
        _connection = new VaultConnection(options, time);
        _session = new VaultSession(_connection, options.Login, _place, time);
        _mounts = new VaultMounts(_connection, options);
        _leases = new VaultLeases(_connection, _session);
    }

    /// <inheritdoc/>
    public string Name => $"{_place} {_options.Mount}/{_options.Path}";

    /// <inheritdoc/>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        if (VaultAddress.Parse(name, _options) is not VaultAddress address)
        {
            return new SecretAnswer.Refused($"{_place} {name}", "is not the name of a field, nor path#field such as database/creds/app#password");
        }

        for (int attempt = 0; ; attempt++)
        {
            using VaultPass pass = await _session.TokenAsync(cancellationToken).ConfigureAwait(false);
            if (pass.Token is not Secret token)
            {
                return pass.Failure!;
            }

            (SecretAnswer answer, bool isForbidden) = await ReadAsync(address, token, pass.Generation, cancellationToken).ConfigureAwait(false);
            if (!isForbidden || attempt > 0 || !await _session.WasTokenReplacedAsync(pass.Generation, cancellationToken).ConfigureAwait(false))
            {
                return answer;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _leases.Dispose();
        _session.Dispose();
        _connection.Dispose();
    }

    private async Task<(SecretAnswer Answer, bool IsForbidden)> ReadAsync(
        VaultAddress address, Secret token, int generation, CancellationToken cancellationToken)
    {
        string place = $"{_place} {address}";
        (VaultMount? mount, VaultReply? failure) = await _mounts.FindAsync(address.Path, token, cancellationToken).ConfigureAwait(false);
        if (mount is null)
        {
            using (failure)
            {
                string hint = address.Path.StartsWith(_options.Mount + "/", StringComparison.Ordinal)
                    ? "check secrets.vault_mount, vault_path and vault_namespace and the token's policies, or set secrets.vault_kv_version"
                    : "check the path, secrets.vault_namespace and the token's policies";
                return Failed(failure!, place, hint);
            }
        }

        if (mount.KvVersion == 0)
        {
            (SecretAnswer? leased, VaultReply? reply) = await _leases.FindAsync(address, place, token, generation, cancellationToken).ConfigureAwait(false);
            using (reply)
            {
                return leased is not null ? (leased, false)
                    : reply is VaultReply.Answered { Status: 200 } plain ? (Field(plain.Document, ["data"], address.Field, place, StaticLifetime(plain.Document)), false)
                    : Failed(reply!, place, "check the path and the token's policies");
            }
        }

        string path = mount.KvVersion == 2 ? $"{mount.Path}/data/{address.Path[(mount.Path.Length + 1)..]}" : address.Path;
        using VaultReply read = await _connection.SendAsync(HttpMethod.Get, path, null, token, cancellationToken).ConfigureAwait(false);
        if (read is not VaultReply.Answered answer)
        {
            return Failed(read, place, "");
        }

        if (answer.Status == 404)
        {
            _mounts.Forget(address.Path);
            if (answer.Document.Find("data", "metadata") is not null)
            {
                return (new SecretAnswer.Absent($"{place} (its latest version is deleted)"), false);
            }
        }

        return answer.Status != 200 ? Failed(read, place, "check secrets.vault_mount, vault_path and vault_namespace and the token's policies")
            : mount.KvVersion == 2 ? (VersionedField(answer.Document, address, place), false)
            : (Field(answer.Document, ["data"], address.Field, place, answer.Document.Seconds("lease_duration")), false);
    }

    // A role whose password Vault changes in turns says how long the present one lasts.
    private static TimeSpan? StaticLifetime(VaultDocument document) =>
        document.Find("data", "last_vault_rotation") is not null && document.Seconds("data", "ttl") is TimeSpan left ? left + TimeSpan.FromSeconds(1) : null;

    private static SecretAnswer VersionedField(VaultDocument document, VaultAddress address, string place)
    {
        string version = document.Find("data", "metadata", "version") is JsonElement { ValueKind: JsonValueKind.Number } number ? $" version {number.GetRawText()}" : "";
        return Field(document, ["data", "data"], address.Field, place + version, null);
    }

    private static SecretAnswer Field(VaultDocument document, string[] path, string field, string place, TimeSpan? lifetime)
    {
        if (document.Find(path) is not JsonElement { ValueKind: JsonValueKind.Object } data)
        {
            return new SecretAnswer.Unreachable(place, "answered 200 without the fields of a secret; is secrets.vault_kv_version right?");
        }

        if (!data.TryGetProperty(field, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return new SecretAnswer.Absent(place);
        }

        using Secret? secret = VaultDocument.SecretOf(value);
        return secret is null ? new SecretAnswer.Unreachable(place, "answered with a text that is not Unicode")
            : secret.Length == 0 ? new SecretAnswer.Refused(place, "it is empty; write the secret, or remove the field")
            : SecretAnswer.Found.Of(secret.Bytes, place, lifetime > TimeSpan.Zero ? lifetime : null);
    }

    private static (SecretAnswer Answer, bool IsForbidden) Failed(VaultReply reply, string place, string hint) => reply switch
    {
        VaultReply.Nothing nothing => (new SecretAnswer.Unreachable(place, nothing.Reason), false),
        VaultReply.Answered { Status: 404 } absent when VaultWords.Of(absent.Document) is "" => (new SecretAnswer.Absent(place), false),
        VaultReply.Answered { Status: 200 } => (new SecretAnswer.Unreachable(place, "answered 200 without what was asked for"), false),
        VaultReply.Answered { Status: >= 400 and < 500 } refused => (new SecretAnswer.Refused(place, $"{VaultWords.Told(refused)}; {hint}"), refused.Status == 403),
        VaultReply.Answered other => (new SecretAnswer.Unreachable(place, VaultWords.Told(other)), false),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
