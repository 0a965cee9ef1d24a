using System.Text;

namespace Tars.Application.Settings;

/// <summary>How to reach one metrics backend. Text for people never shows a secret or a header's value.</summary>
/// <param name="Name">Its name; <c>default</c> for <c>observability.prometheus_url</c>.</param>
/// <param name="Url">Its address; <c>/api/v1</c> lies below it.</param>
/// <param name="Dialect"><c>auto</c>, <c>prometheus2</c>, <c>prometheus3</c> or <c>victoriametrics</c>.</param>
/// <param name="Method"><c>auto</c>, <c>get</c> or <c>post</c>.</param>
/// <param name="Headers">Headers of every request.</param>
/// <param name="Authentication">How T.A.R.S. authenticates itself.</param>
/// <param name="CertificateAuthorityFile">Certificate authorities in PEM that alone are trusted, or null for the system's.</param>
/// <param name="ClientCertificateFile">The client certificate in PEM, or null.</param>
/// <param name="ClientKeyFile">Its private key in PEM; null when it is in the certificate's file.</param>
/// <param name="Proxy">An HTTP proxy, or null for the environment's.</param>
public sealed record BackendSettings(
    string Name,
    Uri Url,
    string Dialect,
    string Method,
    IReadOnlyDictionary<string, string> Headers,
    BackendAuthentication Authentication,
    string? CertificateAuthorityFile,
    string? ClientCertificateFile,
    string? ClientKeyFile,
    Uri? Proxy)
{
    private bool PrintMembers(StringBuilder builder)
    {
        builder.Append("Name = ").Append(Name).Append(", Url = ").Append(Url);
        return true;
    }
}

/// <summary>How T.A.R.S. authenticates itself to a backend.</summary>
public abstract record BackendAuthentication
{
    private BackendAuthentication()
    {
    }

    /// <summary>Not at all.</summary>
    public sealed record None : BackendAuthentication;

    /// <summary>By user name and password (RFC 7617).</summary>
    /// <param name="Username">The user.</param>
    /// <param name="Password">Where the password is.</param>
    public sealed record Basic(string Username, SecretSource Password) : BackendAuthentication;

    /// <summary>By a bearer token (RFC 6750).</summary>
    /// <param name="Token">Where the token is.</param>
    public sealed record Bearer(SecretSource Token) : BackendAuthentication;
}
