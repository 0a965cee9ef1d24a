using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Azure;

/// <summary>
/// Azure Key Vault. <c>${NAME}</c> is a field of the secret that the settings name, or without one the secret <c>NAME</c> with <c>-</c> for
/// <c>_</c>, which names there cannot have; <c>${id#field}</c> and <c>${id}</c> name others. Source: Key Vault REST reference, "Get Secret", 7.4.
/// </summary>
public sealed partial class AzureSecretsBackend : ISecretBackend, IDisposable
{
    private const string ApiVersion = "7.4";

    private readonly AzureLogin _login;
    private readonly TimeProvider _time;
    private readonly SecretConnection _connection;
    private readonly RenewedCredential<AccessToken> _token;

    // Set by a challenge that was checked; every token is for it.
    private volatile string? _resource;

    /// <summary>Prepares the backend; nothing is asked yet.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="environment">The environment variables; Azure's own are read by their documented names.</param>
    /// <param name="time">The clock.</param>
    public AzureSecretsBackend(AzureSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time)
        : this(options, environment, time, new SecretConnectionOptions())
    {
    }

    internal AzureSecretsBackend(
        AzureSecretsOptions options, IReadOnlyDictionary<string, string> environment, TimeProvider time, SecretConnectionOptions patience)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(time);
        (_login, _time, _connection) = (new AzureLogin(options, environment), time, new SecretConnection(patience, time));
        AzureTokens tokens = new(_login, _connection, time);
        _token = new RenewedCredential<AccessToken>(cancellation => tokens.GetAsync(_resource!, cancellation), time);
        Name = "azure key vault" + (Uri.TryCreate(options.VaultUrl, UriKind.Absolute, out Uri? vault) ? $" {vault.GetLeftPart(UriPartial.Authority)}" : "");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<SecretAnswer> FindAsync(string name, CancellationToken cancellationToken)
    {
        SecretAddress address = SecretAddress.Of(name, _login.Options.SecretName);
        if (address.Field is null)
        {
            address = address with { Id = address.Id.Replace('_', '-') };
        }

        string place = $"azure {address.Id}";
        if (!SecretName().IsMatch(address.Id) || address.Field is "")
        {
            return new SecretAnswer.Absent($"{place} (no secret can have that name)");
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
        _token.Dispose();
        _connection.Dispose();
    }

    private async Task<SecretAnswer> AskAsync(SecretAddress address, CancellationToken cancellationToken)
    {
        Uri target = Target(_login.Vault(), address.Id);
        if (_resource is null)
        {
            await ChallengeAsync(target, cancellationToken).ConfigureAwait(false);
        }

        for (bool isAgain = false; ; isAgain = true)
        {
            using AccessToken token = await _token.GetAsync(cancellationToken).ConfigureAwait(false);
            using SecretResponse response = await _connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, target).With("Authorization", $"Bearer {token.Value.Reveal()}"), null, cancellationToken).ConfigureAwait(false);
            if (response.IsSuccess)
            {
                return Read(response, address);
            }

            if ((int)response.Status == 404)
            {
                return AzureErrors.CodeOf(response) == "SecretNotFound" ? new SecretAnswer.Absent($"azure {response.Place}")
                    : throw response.Malformed("no word of the vault's; is secrets.azure_vault_url right?");
            }

            // A token may be revoked, or the vault moved to another tenant: once, it is asked again what it wants.
            if ((int)response.Status != 401 || isAgain)
            {
                throw SecretBackendException.Refused(AzureErrors.Explain(response, _login.Source) + ClockSkew.Explain(response, _time));
            }

            Check(response);
            await _token.ForgetAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ChallengeAsync(Uri target, CancellationToken cancellationToken)
    {
        using SecretResponse response = await _connection.SendAsync(() => new SecretRequest(HttpMethod.Get, target), null, cancellationToken).ConfigureAwait(false);
        if ((int)response.Status != 401)
        {
            throw response.Malformed("no challenge to a request without a token; is secrets.azure_vault_url right?");
        }

        Check(response);
    }

    private void Check(SecretResponse response) =>
        _resource = VaultChallenge.Read(response).Checked(_login.Vault(), _login.Authority(), _login.Tenant(), _login.Options.Resource);

    private Uri Target(Uri vault, string id)
    {
        string? version = id == _login.Options.SecretName && !string.IsNullOrEmpty(_login.Options.Version) ? _login.Options.Version : null;
        if (version is not null && !VersionForm().IsMatch(version))
        {
            throw SecretBackendException.Refused("secrets.azure_version is no version; write its 32 hexadecimal digits");
        }

        return new Uri(vault, $"/secrets/{id}{(version is null ? "" : $"/{version}")}?api-version={ApiVersion}");
    }

    private SecretAnswer Read(SecretResponse response, SecretAddress address)
    {
        try
        {
            string id = JsonFields.FindText(response.Body, "id") ?? throw new JsonException("no id");
            string place = Uri.TryCreate(id, UriKind.Absolute, out Uri? address2) && address2.AbsolutePath.StartsWith($"/secrets/{address.Id}/", StringComparison.OrdinalIgnoreCase)
                ? $"azure {address2.GetLeftPart(UriPartial.Path)}"
                : throw response.Malformed("another secret than was asked for");
            DateTimeOffset now = _time.GetUtcNow();
            DateTimeOffset? end = Moment(response, "exp");
            if (end <= now || Moment(response, "nbf") > now)
            {
                throw SecretBackendException.Refused(end <= now
                    ? $"the secret expired at {end.Value.ToString("u", CultureInfo.InvariantCulture)}; set a new value or end in the vault"
                    : "the secret is not to be used before its activation date in the vault");
            }

            using Secret value = JsonFields.FindSecret(response.Body, "value") ?? throw new JsonException("no value");
            return address.Pick(value.Bytes, place, end - now);
        }
        catch (Exception exception) when (exception is JsonException or DecoderFallbackException or ArgumentOutOfRangeException)
        {
            throw response.Malformed("something other than a secret as JSON", exception);
        }
    }

    private static DateTimeOffset? Moment(SecretResponse response, string name) =>
        JsonFields.FindNumber(response.Body, "attributes", name) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;

    [GeneratedRegex(@"\A[A-Za-z0-9-]{1,127}\z", RegexOptions.CultureInvariant)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"\A[A-Za-z0-9]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex VersionForm();
}
