using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>The HTTP handler: TLS as configured, no redirects (headers hold a token), no cookies.</summary>
internal static class VaultHandler
{
    /// <summary>Creates the handler.</summary>
    /// <exception cref="VaultFileException">A certificate file cannot be read.</exception>
    public static SocketsHttpHandler Create(VaultOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.Timeout,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 8,
            MaxResponseHeadersLength = 64,
        };
        if (options.CertificateAuthorityFile is string authorities)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            Read("vault_ca_file", authorities, () =>
            {
                policy.CustomTrustStore.ImportFromPemFile(authorities);
                _ = policy.CustomTrustStore.Count > 0 ? true : throw new CryptographicException("it holds no certificate");
            });
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificateFile is string certificate)
        {
            Read("vault_client_cert_file", certificate, () =>
                handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.ClientKeyFile)]);
        }

        return handler;
    }

    private static void Read(string key, string path, Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new VaultFileException(key, $"{path} cannot be read: certificates and keys are PEM files, keys without a passphrase", exception);
        }
    }
}

/// <summary>A file that Vault's connection needs cannot be read.</summary>
/// <param name="key">The key of the <c>secrets</c> section that names the file.</param>
/// <param name="message">What is wrong with which file.</param>
/// <param name="inner">The failure to read it.</param>
public sealed class VaultFileException(string key, string message, Exception inner) : Exception(message, inner)
{
    /// <summary>The key of the <c>secrets</c> section that names the file.</summary>
    public string Key { get; } = key;
}
