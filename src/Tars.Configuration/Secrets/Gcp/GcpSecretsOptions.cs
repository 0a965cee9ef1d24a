namespace Tars.Configuration.Secrets.Gcp;

/// <summary>Settings of GCP Secret Manager; each is a key <c>gcp_…</c> of the section <c>secrets</c>.</summary>
public sealed class GcpSecretsOptions
{
    /// <summary>The project's id (<c>gcp_project</c>); null: <c>GOOGLE_CLOUD_PROJECT</c>, then the key file's.</summary>
    public string? Project { get; set; }

    /// <summary>The secret whose fields plain names are (<c>gcp_secret_name</c>); null: each name is a secret.</summary>
    public string? SecretName { get; set; }

    /// <summary>The service account's key file (<c>gcp_credentials_file</c>); null: <c>GOOGLE_APPLICATION_CREDENTIALS</c>, then the metadata server.</summary>
    public string? CredentialsFile { get; set; }

    /// <summary>The version (<c>gcp_version</c>): a number, an alias or <c>latest</c>; null for <c>latest</c>. A name such as <c>NAME/versions/3</c> has its own.</summary>
    public string? Version { get; set; }

    /// <summary>The address of Secret Manager (<c>gcp_endpoint_url</c>); null: <c>https://secretmanager.googleapis.com</c>.</summary>
    public string? EndpointUrl { get; set; }
}
