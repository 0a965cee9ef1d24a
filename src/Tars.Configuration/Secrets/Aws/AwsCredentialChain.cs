using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// Finds credentials in the order of AWS's default chain: environment; profile files; web identity; container; instance. The first that is
/// set up is used: when it fails, none after it is tried. A profile named by option is used alone.
/// </summary>
/// <remarks>Not supported, and said so when a profile asks for it: IAM Identity Center (SSO), <c>credential_process</c>, <c>source_profile</c>,
/// <c>credential_source</c>, multi-factor prompts. Instance metadata is asked in version 2 only.</remarks>
internal sealed class AwsCredentialChain(AwsSurroundings surroundings, SecretConnection connection, TimeProvider time)
{
    private static readonly string[] Unsupported =
        ["sso_session", "sso_start_url", "credential_process", "source_profile", "credential_source", "mfa_serial", "login_session"];

    /// <summary>Finds credentials.</summary>
    /// <exception cref="SecretBackendException">There are none, or the source in turn fails.</exception>
    public async Task<AwsCredentials> FindAsync(CancellationToken cancellationToken)
    {
        bool isProfileAlone = !string.IsNullOrEmpty(surroundings.Options.Profile);
        if (!isProfileAlone && FromEnvironment() is { } fromEnvironment)
        {
            return fromEnvironment;
        }

        StsWebIdentity webIdentity = new(surroundings, connection);
        if (await FromProfileAsync(webIdentity, cancellationToken).ConfigureAwait(false) is { } fromProfile)
        {
            return fromProfile;
        }

        if (isProfileAlone)
        {
            throw SecretBackendException.Refused($"the AWS profile {surroundings.Profile} (secrets.aws_profile) has no credentials; give it aws_access_key_id and aws_secret_access_key, or leave secrets.aws_profile out");
        }

        if (surroundings.Variable("AWS_WEB_IDENTITY_TOKEN_FILE") is { } tokenFile)
        {
            string role = surroundings.Variable("AWS_ROLE_ARN") ?? throw SecretBackendException.Refused("AWS_WEB_IDENTITY_TOKEN_FILE is set and AWS_ROLE_ARN is not; set both");
            return await webIdentity.AssumeAsync(role, tokenFile, "AWS_WEB_IDENTITY_TOKEN_FILE", surroundings.Variable("AWS_ROLE_SESSION_NAME"), cancellationToken).ConfigureAwait(false);
        }

        if (await new ContainerCredentials(surroundings, connection).FindAsync(cancellationToken).ConfigureAwait(false) is { } fromContainer)
        {
            return fromContainer;
        }

        return await new InstanceCredentials(surroundings, time).FindAsync(cancellationToken).ConfigureAwait(false)
            ?? throw SecretBackendException.Refused(
                $"no AWS credentials: not in the environment, not in the profile {surroundings.Profile}, no web identity, no container, no instance metadata; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or run with a role");
    }

    private AwsCredentials? FromEnvironment()
    {
        string? id = surroundings.Variable("AWS_ACCESS_KEY_ID");
        string? key = surroundings.Variable("AWS_SECRET_ACCESS_KEY");
        if (id is null && key is null)
        {
            return null;
        }

        if (id is null || key is null)
        {
            throw SecretBackendException.Refused($"{(id is null ? "AWS_SECRET_ACCESS_KEY" : "AWS_ACCESS_KEY_ID")} is set and {(id is null ? "AWS_ACCESS_KEY_ID" : "AWS_SECRET_ACCESS_KEY")} is not; set both");
        }

        return new AwsCredentials(id, Secret.Of(key), surroundings.Variable("AWS_SESSION_TOKEN") is { } token ? Secret.Of(token) : null, null, "the environment");
    }

    private async Task<AwsCredentials?> FromProfileAsync(StsWebIdentity webIdentity, CancellationToken cancellationToken)
    {
        using AwsProfile profile = AwsProfile.Read(surroundings);
        if (!profile.Exists)
        {
            return surroundings.IsProfileNamed
                ? throw SecretBackendException.Refused($"there is no AWS profile {profile.Name} in {surroundings.CredentialsFile} or {surroundings.ConfigFile}; write it there, or name another")
                : null;
        }

        if (profile.Text("role_arn") is { } role && profile.Text("web_identity_token_file") is { } tokenFile)
        {
            return await webIdentity.AssumeAsync(role, tokenFile, $"web_identity_token_file of the AWS profile {profile.Name}", profile.Text("role_session_name"), cancellationToken).ConfigureAwait(false);
        }

        if (profile.Text("role_arn") is null && profile.Find("aws_access_key_id") is not null)
        {
            return profile.Find("aws_secret_access_key") is { } key
                ? new AwsCredentials(profile.Text("aws_access_key_id")!, key.Copy(), profile.Find("aws_session_token")?.Copy(), null, $"the AWS profile {profile.Name}")
                : throw SecretBackendException.Refused($"the AWS profile {profile.Name} has aws_access_key_id and no aws_secret_access_key; write both");
        }

        foreach (string key in Unsupported)
        {
            if (profile.Find(key) is not null)
            {
                throw SecretBackendException.Refused(
                    $"the AWS profile {profile.Name} uses {key}, which is not supported; export credentials of it into the environment, or use keys or web_identity_token_file");
            }
        }

        return profile.Find("role_arn") is null ? null
            : throw SecretBackendException.Refused($"the AWS profile {profile.Name} has role_arn and no web_identity_token_file; write both");
    }
}
