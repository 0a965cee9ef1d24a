using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// Credentials of a container task (ECS, EKS Pod Identity). Source: AWS SDKs and Tools Reference Guide, "Container credential provider".
/// Plain HTTP goes to this machine and to the two addresses the guide names, never to a host that would have to be looked up.
/// </summary>
internal sealed class ContainerCredentials(AwsSurroundings surroundings, SecretConnection connection)
{
    private static readonly string[] Hosts = ["169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"];

    /// <summary>Asks for credentials; null when no container endpoint is set.</summary>
    /// <exception cref="SecretBackendException">The endpoint is not allowed, refuses or does not answer.</exception>
    public async Task<AwsCredentials?> FindAsync(CancellationToken cancellationToken)
    {
        if (Address() is not { } address)
        {
            return null;
        }

        using SecretResponse response = await connection.SendAsync(() => Request(address), null, cancellationToken).ConfigureAwait(false);
        return response.IsSuccess
            ? AwsCredentialsJson.Read(response, "the container's role")
            : throw SecretBackendException.Refused($"the container's credential endpoint {response.Place} answered {(int)response.Status}; does the task have a role?");
    }

    private static SecretRequest Authorized(SecretRequest request, Secret? token)
    {
        using (token)
        {
            return token is null ? request : request.With("Authorization", token.Reveal());
        }
    }

    private SecretRequest Request(Uri address) => Authorized(new SecretRequest(HttpMethod.Get, address), Token());

    private Secret? Token() =>
        surroundings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE") is { } file ? BoundedFile.ReadToken(file, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
        : surroundings.Variable("AWS_CONTAINER_AUTHORIZATION_TOKEN") is { } token ? Secret.Of(token)
        : null;

    private Uri? Address()
    {
        if (surroundings.Variable("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI") is { } relative)
        {
            return relative.StartsWith('/')
                ? SecretEndpoint.Parse($"http://169.254.170.2{relative}", "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
                : throw SecretBackendException.Refused("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI does not start with a slash");
        }

        if (surroundings.Variable("AWS_CONTAINER_CREDENTIALS_FULL_URI") is not { } full)
        {
            return null;
        }

        Uri address = SecretEndpoint.Parse(full, "AWS_CONTAINER_CREDENTIALS_FULL_URI");
        return address.Scheme == "https" || Hosts.Contains(address.Host, StringComparer.OrdinalIgnoreCase) || address.IsLoopback
            ? address
            : throw SecretBackendException.Refused($"AWS_CONTAINER_CREDENTIALS_FULL_URI names the host {address.Host}, which is not allowed over plain http; allowed are this machine, {string.Join(", ", Hosts)}, and any over https");
    }
}
