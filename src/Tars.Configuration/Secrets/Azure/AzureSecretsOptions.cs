namespace Tars.Configuration.Secrets.Azure;

/// <summary>Settings of Azure Key Vault; each is a key <c>azure_…</c> of the section <c>secrets</c>. What is null is read from Azure's own variables where there is one.</summary>
public sealed class AzureSecretsOptions
{
    /// <summary>The vault (<c>azure_vault_url</c>), such as <c>https://my-vault.vault.azure.net</c>.</summary>
    public string? VaultUrl { get; set; }

    /// <summary>The secret whose fields plain names are (<c>azure_secret_name</c>); null: each name is a secret, with <c>-</c> for <c>_</c>.</summary>
    public string? SecretName { get; set; }

    /// <summary>The version of the secret (<c>azure_version</c>) that <see cref="SecretName"/> names; null for the current one.</summary>
    public string? Version { get; set; }

    /// <summary>The directory (<c>azure_tenant_id</c>); null: <c>AZURE_TENANT_ID</c>.</summary>
    public string? TenantId { get; set; }

    /// <summary>The application or user-assigned identity (<c>azure_client_id</c>); null: <c>AZURE_CLIENT_ID</c>.</summary>
    public string? ClientId { get; set; }

    /// <summary>The application's secret (<c>azure_client_secret</c>); null: <c>AZURE_CLIENT_SECRET</c>.</summary>
    public string? ClientSecret { get; set; }

    /// <summary>The file with a token of another issuer (<c>azure_federated_token_file</c>); null: <c>AZURE_FEDERATED_TOKEN_FILE</c>.</summary>
    public string? FederatedTokenFile { get; set; }

    /// <summary>The only host that gets credentials (<c>azure_authority_host</c>); null: <c>AZURE_AUTHORITY_HOST</c>, then <c>https://login.microsoftonline.com</c>.</summary>
    public string? AuthorityHost { get; set; }

    /// <summary>The resource that tokens are for (<c>azure_resource</c>); null: the one that the vault names, where the vault's host is below it.</summary>
    public string? Resource { get; set; }
}
