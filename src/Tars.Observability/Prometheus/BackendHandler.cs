using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>Builds the HTTP handler that options describe: TLS, proxy, compression. Redirects are not followed: headers hold secrets.</summary>
internal static class BackendHandler
{
    /// <summary>Creates the handler.</summary>
    /// <exception cref="SeriesSourceException">A certificate file cannot be read.</exception>
    public static SocketsHttpHandler Create(PrometheusOptions options)
    {
        SocketsHttpHandler handler = new()
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = options.ConnectTimeout,
            MaxConnectionsPerServer = options.Concurrency,
            PooledConnectionLifetime = TimeSpan.FromMinutes(10),
            AutomaticDecompression = options.Compression ?? !options.Url.IsLoopback ? DecompressionMethods.GZip : DecompressionMethods.None,
        };
        if (options.Proxy is not null)
        {
            handler.Proxy = new WebProxy(options.Proxy);
        }

        if (options.CertificateAuthorityFile is { } authorities)
        {
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            Read(authorities, () =>
            {
                policy.CustomTrustStore.ImportFromPemFile(authorities);
                _ = policy.CustomTrustStore.Count > 0 ? true : throw new CryptographicException("it holds no certificate");
            });
            handler.SslOptions.CertificateChainPolicy = policy;
        }

        if (options.ClientCertificateFile is { } certificate)
        {
            Read(certificate, () => handler.SslOptions.ClientCertificates = [X509Certificate2.CreateFromPemFile(certificate, options.ClientKeyFile)]);
        }

        return handler;
    }

    private static void Read(string path, Action read)
    {
        try
        {
            read();
        }
        catch (Exception exception) when (exception is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new SeriesSourceException(
                SourceFailure.Backend, $"{path}: not a readable PEM file: {exception.Message}", hint: "certificates and keys are PEM files, keys without a passphrase", innerException: exception);
        }
    }
}
