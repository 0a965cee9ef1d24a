using Tars.Configuration.Schemas;

namespace Tars.Configuration.Sections;

/// <content>The clouds' secret stores. What is left out is read from the cloud's own environment variables, by its own rules.</content>
public static partial class TarsSchema
{
    private static SettingsKey[] CloudSecrets() =>
    [
        Key("aws_region", new TextType("a region", "^[a-z0-9]+(-[a-z0-9]+)+$", 64), "The AWS region; without it AWS_REGION, AWS_DEFAULT_REGION, or the profile's."),
        Key("aws_secret_name", new TextType("a secret's name"), "The name or ARN in AWS Secrets Manager of the secret whose fields ${NAME} asks for."),
        Key("aws_profile", new TextType("a profile", "^[^\\[\\]]+$", 256), "The profile whose credentials are used, and no others; without it AWS's usual order."),
        Key("aws_version_stage", new TextType("a staging label", null, 256), "The staging label of the version that is read; without it the current one."),
        Key("aws_version_id", new TextType("a version's id", "^[A-Za-z0-9-]+$", 64), "The id of the one version that is read."),
        Key("aws_endpoint_url", Url, "The address of AWS Secrets Manager, such as a VPC endpoint's; without it the region's."),
        Key("aws_sts_endpoint_url", Url, "The address of AWS STS, where web identity tokens are exchanged; without it the region's."),
        Key("gcp_project", new TextType("a project", "^[a-z0-9.:-]+$", 64), "The Google Cloud project; without it GOOGLE_CLOUD_PROJECT, or the key file's."),
        Key("gcp_secret_name", new TextType("a secret's name", "^[A-Za-z0-9_-]+$", 255), "The name in GCP Secret Manager of the secret whose fields ${NAME} asks for."),
        Key("gcp_credentials_file", FilePath, "The key file of a service account; without it GOOGLE_APPLICATION_CREDENTIALS, or the machine's service account."),
        Key("gcp_version", new TextType("a version", "^[A-Za-z0-9_-]+$", 63), "The version that is read: a number, an alias, or latest.", "latest"),
        Key("gcp_endpoint_url", Url, "The address of GCP Secret Manager, such as a region's; without it https://secretmanager.googleapis.com."),
        Key("azure_vault_url", Url, "The vault in Azure Key Vault, such as https://my-vault.vault.azure.net."),
        Key("azure_secret_name", new TextType("a secret's name", "^[A-Za-z0-9-]+$", 127), "The name in the vault of the secret whose fields ${NAME} asks for."),
        Key("azure_version", new TextType("a version", "^[A-Za-z0-9]+$", 64), "The version of azure_secret_name that is read; without it the current one."),
        Key("azure_tenant_id", new TextType("a tenant's id", "^[A-Za-z0-9.-]+$", 255), "The directory; without it AZURE_TENANT_ID."),
        Key("azure_client_id", new TextType("an application's id", "^[A-Za-z0-9-]+$", 64), "The application, or the user-assigned identity; without it AZURE_CLIENT_ID."),
        Key("azure_client_secret", new SecretType(), "The application's secret; without it AZURE_CLIENT_SECRET. Better ${NAME}."),
        Key("azure_federated_token_file", FilePath, "The file of another issuer's token for the application; without it AZURE_FEDERATED_TOKEN_FILE."),
        Key("azure_authority_host", Url, "The only host that gets credentials; without it AZURE_AUTHORITY_HOST, or https://login.microsoftonline.com."),
        Key("azure_resource", Url, "The resource that tokens are for, where the vault's host is not below the one that the vault names."),
    ];
}
