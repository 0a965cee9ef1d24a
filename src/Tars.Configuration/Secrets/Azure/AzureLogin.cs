using System.Text.RegularExpressions;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Azure;

/// <summary>Options and environment, read by Azure's documented names (Azure Identity, "Environment variables").</summary>
/// <param name="options">The options.</param>
/// <param name="environment">The environment variables.</param>
internal sealed partial class AzureLogin(AzureSecretsOptions options, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The options.</summary>
    public AzureSecretsOptions Options => options;

    /// <summary>The application or identity; null for the machine's own.</summary>
    public string? ClientId => Either(options.ClientId, "AZURE_CLIENT_ID");

    /// <summary>The application's secret, or null.</summary>
    public string? ClientSecret => Either(options.ClientSecret, "AZURE_CLIENT_SECRET");

    /// <summary>The file with a token of another issuer, or null.</summary>
    public string? FederatedTokenFile => Either(options.FederatedTokenFile, "AZURE_FEDERATED_TOKEN_FILE");

    /// <summary>Whether the machine's identity is used: nothing else is set.</summary>
    public bool IsManagedIdentity => ClientSecret is null && FederatedTokenFile is null;

    /// <summary>Where tokens come from, for messages.</summary>
    public string Source => IsManagedIdentity ? "the machine's managed identity" : $"the application {ClientId}";

    /// <summary>The vault.</summary>
    /// <exception cref="SecretBackendException">It is not set, or is no address.</exception>
    public Uri Vault() => string.IsNullOrEmpty(options.VaultUrl)
        ? throw SecretBackendException.Refused("no vault is named; set secrets.azure_vault_url")
        : SecretEndpoint.Parse(options.VaultUrl, "secrets.azure_vault_url");

    /// <summary>The only authority that gets credentials.</summary>
    public Uri Authority() => SecretEndpoint.Parse(Either(options.AuthorityHost, "AZURE_AUTHORITY_HOST") ?? "https://login.microsoftonline.com", "secrets.azure_authority_host");

    /// <summary>The endpoint of managed identities.</summary>
    public Uri InstanceMetadata() => SecretEndpoint.Parse(Either(null, "AZURE_POD_IDENTITY_AUTHORITY_HOST") ?? "http://169.254.169.254", "AZURE_POD_IDENTITY_AUTHORITY_HOST");

    /// <summary>The tenant; null for a managed identity.</summary>
    /// <exception cref="SecretBackendException">It is needed and not set, or cannot be one.</exception>
    public string? Tenant()
    {
        if (IsManagedIdentity)
        {
            return null;
        }

        string tenant = Either(options.TenantId, "AZURE_TENANT_ID") ?? throw SecretBackendException.Refused("no Azure tenant is named; set secrets.azure_tenant_id");
        return TenantForm().IsMatch(tenant) ? tenant : throw SecretBackendException.Refused("secrets.azure_tenant_id is no tenant; write its id or domain");
    }

    private string? Either(string? option, string variable) =>
        !string.IsNullOrEmpty(option) ? option : environment.GetValueOrDefault(variable) is { Length: > 0 } value ? value : null;

    [GeneratedRegex(@"\A[A-Za-z0-9.-]{1,255}\z", RegexOptions.CultureInvariant)]
    private static partial Regex TenantForm();
}
