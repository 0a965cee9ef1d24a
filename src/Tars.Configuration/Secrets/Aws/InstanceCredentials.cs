using System.Globalization;
using System.Text;
using System.Text.Json;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// Credentials of an EC2 instance's role over instance metadata version 2: a session token first, then the role's name, then its
/// credentials. Version 1, which needs no token, is never used. Source: Amazon EC2 User Guide, "Retrieve security credentials from
/// instance metadata", and AWS SDKs and Tools Reference Guide, "IMDS credential provider".
/// </summary>
internal sealed class InstanceCredentials(AwsSurroundings surroundings, TimeProvider time)
{
    private const string RolePath = "latest/meta-data/iam/security-credentials/";

    /// <summary>Asks for credentials; null when instance metadata is switched off or nothing answers: this is no instance.</summary>
    /// <exception cref="SecretBackendException">It answers and gives none.</exception>
    public async Task<AwsCredentials?> FindAsync(CancellationToken cancellationToken)
    {
        if ("true".Equals(surroundings.Variable("AWS_EC2_METADATA_DISABLED"), StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        Uri endpoint = Endpoint();

        // The endpoint is one hop away: what does not answer within a second, twice, is not there. The variables are AWS's own.
        using SecretConnection connection = new(
            new SecretConnectionOptions
            {
                AttemptTimeout = TimeSpan.FromSeconds(Number("AWS_METADATA_SERVICE_TIMEOUT", 1)),
                Retries = Number("AWS_METADATA_SERVICE_NUM_ATTEMPTS", 2) - 1,
                FirstPause = TimeSpan.FromMilliseconds(100),
                MaximumBytes = 1 << 16,
            },
            time);
        SecretResponse opened;
        try
        {
            opened = await connection.SendAsync(
                () => new SecretRequest(HttpMethod.Put, new Uri(endpoint, "latest/api/token")).With("X-aws-ec2-metadata-token-ttl-seconds", "21600"),
                null, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretBackendException)
        {
            return null;
        }

        using Secret session = Session(opened);
        using SecretResponse roles = await GetAsync(connection, new Uri(endpoint, RolePath), session, cancellationToken).ConfigureAwait(false);
        string role = Encoding.UTF8.GetString(roles.Body).Split('\n')[0].Trim();
        if (role.Length == 0)
        {
            throw SecretBackendException.Refused("this instance has no role; attach an instance profile");
        }

        using SecretResponse answer = await GetAsync(connection, new Uri(endpoint, RolePath + Uri.EscapeDataString(role)), session, cancellationToken).ConfigureAwait(false);
        return IsGiven(answer)
            ? AwsCredentialsJson.Read(answer, "the instance's role")
            : throw SecretBackendException.Refused($"{answer.Place} gives no credentials; can the role be assumed by EC2?");
    }

    private static bool IsGiven(SecretResponse answer)
    {
        try
        {
            return JsonFields.FindText(answer.Body, "Code") == "Success";
        }
        catch (JsonException exception)
        {
            throw answer.Malformed("something other than credentials as JSON", exception);
        }
    }

    private static Secret Session(SecretResponse opened)
    {
        using (opened)
        {
            return opened.IsSuccess && opened.Body.Length > 0
                ? Secret.Of(opened.Body)
                : throw SecretBackendException.Refused($"{opened.Place} answered {(int)opened.Status} to the request for a session; is instance metadata version 2 on, and its hop limit large enough for a container?");
        }
    }

    private static async Task<SecretResponse> GetAsync(SecretConnection connection, Uri address, Secret session, CancellationToken cancellationToken)
    {
        SecretResponse response = await connection.SendAsync(
            () => new SecretRequest(HttpMethod.Get, address).With("X-aws-ec2-metadata-token", session.Reveal()), null, cancellationToken).ConfigureAwait(false);
        if (response.IsSuccess)
        {
            return response;
        }

        using (response)
        {
            throw SecretBackendException.Refused(
                $"{response.Place} answered {(int)response.Status}{((int)response.Status == 404 ? "; does the instance have a role?" : "")}");
        }
    }

    private int Number(string variable, int otherwise) =>
        int.TryParse(surroundings.Variable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is >= 1 and <= 60 ? number : otherwise;

    private Uri Endpoint()
    {
        string? named = surroundings.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT");
        bool isSix = "IPv6".Equals(surroundings.Variable("AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"), StringComparison.OrdinalIgnoreCase);
        Uri endpoint = SecretEndpoint.Parse(named ?? (isSix ? "http://[fd00:ec2::254]" : "http://169.254.169.254"), "AWS_EC2_METADATA_SERVICE_ENDPOINT");
        return new Uri(endpoint.GetLeftPart(UriPartial.Authority) + "/");
    }
}
