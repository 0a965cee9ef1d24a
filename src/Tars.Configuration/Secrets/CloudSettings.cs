using Tars.Configuration.Layers;
using Tars.Configuration.Secrets.Aws;
using Tars.Configuration.Secrets.Azure;
using Tars.Configuration.Secrets.Gcp;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets;

/// <summary>Reads the clouds' parts of the <c>secrets</c> section. Each method returns null after at least one problem.</summary>
internal sealed class CloudSettings(SettingsSection secrets, IReadOnlyDictionary<string, string> environment, TimeProvider time, ICollection<SettingsProblem> problems)
{
    /// <summary>Returns AWS Secrets Manager.</summary>
    public AwsSecretsBackend? Aws()
    {
        int before = problems.Count;
        AwsSecretsOptions options = new()
        {
            Region = secrets.TextOrNull("aws_region"),
            SecretName = secrets.TextOrNull("aws_secret_name"),
            Profile = secrets.TextOrNull("aws_profile"),
            EndpointUrl = Endpoint("aws_endpoint_url"),
            StsEndpointUrl = Endpoint("aws_sts_endpoint_url"),
            VersionStage = secrets.TextOrNull("aws_version_stage"),
            VersionId = secrets.TextOrNull("aws_version_id"),
        };
        if (options.VersionStage is not null && options.VersionId is not null)
        {
            problems.Add(secrets.Problem("aws_version_stage", "names a version that aws_version_id names too; keep one"));
        }

        return problems.Count > before ? null : new AwsSecretsBackend(options, environment, time, Patience());
    }

    /// <summary>Returns GCP Secret Manager.</summary>
    public GcpSecretsBackend? Gcp()
    {
        int before = problems.Count;
        GcpSecretsOptions options = new()
        {
            Project = secrets.TextOrNull("gcp_project"),
            SecretName = secrets.TextOrNull("gcp_secret_name"),
            CredentialsFile = secrets.FilePathOrNull("gcp_credentials_file"),
            Version = secrets.TextOrNull("gcp_version"),
            EndpointUrl = Endpoint("gcp_endpoint_url"),
        };
        if (options.CredentialsFile is { } file && !File.Exists(file))
        {
            problems.Add(secrets.Problem("gcp_credentials_file", $"{file} is not there; write the path of a service account's key file"));
        }

        return problems.Count > before ? null : new GcpSecretsBackend(options, environment, time, Patience());
    }

    /// <summary>Returns Azure Key Vault.</summary>
    public AzureSecretsBackend? Azure()
    {
        int before = problems.Count;
        if (!secrets.Has("azure_vault_url"))
        {
            problems.Add(secrets.Problem(null, "azure_vault_url is missing; write the vault's address, such as https://my-vault.vault.azure.net"));
        }

        AzureSecretsOptions options = new()
        {
            VaultUrl = Endpoint("azure_vault_url"),
            SecretName = secrets.TextOrNull("azure_secret_name"),
            Version = secrets.TextOrNull("azure_version"),
            TenantId = secrets.TextOrNull("azure_tenant_id"),
            ClientId = secrets.TextOrNull("azure_client_id"),
            ClientSecret = secrets.TextOrNull("azure_client_secret"),
            FederatedTokenFile = secrets.FilePathOrNull("azure_federated_token_file"),
            AuthorityHost = Endpoint("azure_authority_host"),
            Resource = secrets.TextOrNull("azure_resource"),
        };
        if (options.ClientSecret is not null && options.FederatedTokenFile is not null)
        {
            problems.Add(secrets.Problem("azure_client_secret", "is one login and azure_federated_token_file another; keep one"));
        }

        return problems.Count > before ? null : new AzureSecretsBackend(options, environment, time, Patience());
    }

    // Every attempt may take its whole time, and the pauses between them ten seconds.
    private SecretConnectionOptions Patience() => new()
    {
        AttemptTimeout = secrets.Duration("timeout"),
        Retries = secrets.Integer("retries"),
        Deadline = (secrets.Duration("timeout") * (secrets.Integer("retries") + 1)) + TimeSpan.FromSeconds(10),
    };

    private string? Endpoint(string key)
    {
        if (secrets.TextOrNull(key) is not { } address)
        {
            return null;
        }

        try
        {
            SecretEndpoint.Parse(address, "the address");
        }
        catch (SecretBackendException exception)
        {
            problems.Add(secrets.Problem(key, exception.Message));
        }

        return address;
    }
}
