using System.Net;

namespace Tars.Configuration.Secrets.Http;

/// <summary>
/// Which addresses credentials may be sent to: TLS everywhere, and plain HTTP only to this machine and to the clouds' own metadata
/// addresses, which speak nothing else and are never reached through a proxy.
/// </summary>
internal static class SecretEndpoint
{
    // AWS: instance metadata, container tasks, EKS Pod Identity. Google Cloud and Azure share the first address and the name.
    private static readonly string[] Metadata =
        ["169.254.169.254", "169.254.170.2", "169.254.170.23", "[fd00:ec2::254]", "[fd00:ec2::23]", "metadata.google.internal"];

    /// <summary>Whether <paramref name="address"/> is this machine or a metadata address: asked directly, never through a proxy.</summary>
    public static bool IsDirect(Uri address) => IsLoopback(address) || Metadata.Contains(address.Host, StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the address that <paramref name="text"/> names.</summary>
    /// <param name="text">An absolute address.</param>
    /// <param name="source">What names it, such as <c>secrets.aws_endpoint_url</c>.</param>
    /// <exception cref="SecretBackendException">It is none, or credentials must not be sent there.</exception>
    public static Uri Parse(string text, string source)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? address) || address.Scheme is not ("https" or "http"))
        {
            throw SecretBackendException.Refused($"{source} is not an address; write one such as https://host");
        }

        if (address.UserInfo.Length > 0)
        {
            throw SecretBackendException.Refused($"{source} has a user or password in the address; leave it out");
        }

        return address.Scheme == "https" || IsDirect(address)
            ? address
            : throw SecretBackendException.Refused($"{source} is {address.GetLeftPart(UriPartial.Authority)} without TLS; write https:// (plain http is taken for this machine only)");
    }

    private static bool IsLoopback(Uri address) =>
        address.IdnHost.Equals("localhost", StringComparison.OrdinalIgnoreCase)
        || (IPAddress.TryParse(address.IdnHost, out IPAddress? ip) && IPAddress.IsLoopback(ip));
}
