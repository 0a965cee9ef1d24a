using System.Text.RegularExpressions;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>Options and environment, read by AWS's documented rules (AWS SDKs and Tools Reference Guide, "Settings reference").</summary>
/// <param name="options">The options.</param>
/// <param name="environment">The environment variables.</param>
internal sealed partial class AwsSurroundings(AwsSecretsOptions options, IReadOnlyDictionary<string, string> environment)
{
    /// <summary>The options.</summary>
    public AwsSecretsOptions Options => options;

    /// <summary>The profile in use.</summary>
    public string Profile => First(options.Profile, Variable("AWS_PROFILE")) ?? "default";

    /// <summary>Whether somebody named the profile.</summary>
    public bool IsProfileNamed => First(options.Profile, Variable("AWS_PROFILE")) is not null;

    /// <summary>The shared credentials file; null when there is no home folder.</summary>
    public string? CredentialsFile => Variable("AWS_SHARED_CREDENTIALS_FILE") ?? InHome("credentials");

    /// <summary>The shared configuration file; null when there is no home folder.</summary>
    public string? ConfigFile => Variable("AWS_CONFIG_FILE") ?? InHome("config");

    /// <summary>Returns a variable that is set and not empty, or null.</summary>
    public string? Variable(string name) => environment.GetValueOrDefault(name) is { Length: > 0 } value ? value : null;

    /// <summary>Returns the region.</summary>
    /// <exception cref="SecretBackendException">None is named, or it is no region.</exception>
    public string Region()
    {
        string? region = First(options.Region, Variable("AWS_REGION"), Variable("AWS_DEFAULT_REGION"));
        if (region is null)
        {
            using AwsProfile profile = AwsProfile.Read(this);
            region = profile.Text("region");
        }

        if (region is null)
        {
            throw SecretBackendException.Refused("no AWS region is named; set secrets.aws_region or AWS_REGION");
        }

        // It becomes part of a host name.
        return RegionName().IsMatch(region) ? region : throw SecretBackendException.Refused("the AWS region is none; write one such as eu-central-1");
    }

    /// <summary>Returns the address of Secrets Manager.</summary>
    public Uri SecretsManager(string region) =>
        Endpoint(options.EndpointUrl, "secrets.aws_endpoint_url", "AWS_ENDPOINT_URL_SECRETS_MANAGER", "secretsmanager", region);

    /// <summary>Returns the address of STS.</summary>
    public Uri Sts(string region) => Endpoint(options.StsEndpointUrl, "secrets.aws_sts_endpoint_url", "AWS_ENDPOINT_URL_STS", "sts", region);

    private Uri Endpoint(string? option, string key, string own, string service, string region)
    {
        if (!string.IsNullOrEmpty(option))
        {
            return SecretEndpoint.Parse(option, key);
        }

        foreach (string name in (ReadOnlySpan<string>)[own, "AWS_ENDPOINT_URL"])
        {
            if (Variable(name) is { } address)
            {
                return SecretEndpoint.Parse(address, name);
            }
        }

        string suffix = region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        return new Uri($"https://{service}.{region}.{suffix}/");
    }

    private string? InHome(string file) =>
        (Variable("HOME") ?? Variable("USERPROFILE")) is { } home ? Path.Combine(home, ".aws", file) : null;

    private static string? First(params ReadOnlySpan<string?> values)
    {
        foreach (string? value in values)
        {
            if (!string.IsNullOrEmpty(value))
            {
                return value;
            }
        }

        return null;
    }

    [GeneratedRegex(@"\A[a-z0-9]{1,16}(-[a-z0-9]{1,16}){1,5}\z", RegexOptions.CultureInvariant)]
    private static partial Regex RegionName();
}
