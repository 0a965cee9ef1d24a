namespace Tars.Configuration.Secrets.Aws;

/// <summary>Settings of AWS Secrets Manager; each is a key <c>aws_…</c> of the section <c>secrets</c>.</summary>
public sealed class AwsSecretsOptions
{
    /// <summary>The region (<c>aws_region</c>); null: <c>AWS_REGION</c>, <c>AWS_DEFAULT_REGION</c>, then the profile's.</summary>
    public string? Region { get; set; }

    /// <summary>The name or ARN of the secret whose fields plain names are (<c>aws_secret_name</c>); null: each name is a secret.</summary>
    public string? SecretName { get; set; }

    /// <summary>The profile whose credentials are used, and no others (<c>aws_profile</c>); null: the default chain.</summary>
    public string? Profile { get; set; }

    /// <summary>The address of Secrets Manager (<c>aws_endpoint_url</c>); null: <c>AWS_ENDPOINT_URL_SECRETS_MANAGER</c>, <c>AWS_ENDPOINT_URL</c>, then the region's.</summary>
    public string? EndpointUrl { get; set; }

    /// <summary>The address of STS (<c>aws_sts_endpoint_url</c>); null: <c>AWS_ENDPOINT_URL_STS</c>, <c>AWS_ENDPOINT_URL</c>, then the region's.</summary>
    public string? StsEndpointUrl { get; set; }

    /// <summary>The staging label of the version (<c>aws_version_stage</c>); null: the service's default, <c>AWSCURRENT</c>.</summary>
    public string? VersionStage { get; set; }

    /// <summary>The id of one version (<c>aws_version_id</c>); null: the one with the staging label.</summary>
    public string? VersionId { get; set; }
}
