using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Configuration.Secrets.Vault;

/// <summary>The certificates that Vault's connection needs, from their files.</summary>
internal static class VaultCertificates
{
    /// <summary>Returns the authorities that Vault's certificate must lead to; null for the system's.</summary>
    /// <exception cref="VaultFileException">The file cannot be read, or holds no certificate.</exception>
    public static X509Certificate2Collection? Authorities(VaultOptions options) =>
        options.CertificateAuthorityFile is not string path ? null : Read("vault_ca_file", path, () =>
        {
            X509Certificate2Collection authorities = [];
            authorities.ImportFromPemFile(path);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate");
        });

    /// <summary>Returns the certificate, with its key, that Vault is shown; null for none.</summary>
    /// <exception cref="VaultFileException">A file cannot be read.</exception>
    public static X509Certificate2Collection? OfClient(VaultOptions options) =>
        options.ClientCertificateFile is not string path ? null : Read(
            "vault_client_cert_file", path, () => [X509Certificate2.CreateFromPemFile(path, options.ClientKeyFile)]);

    private static X509Certificate2Collection Read(string key, string path, Func<X509Certificate2Collection> read)
    {
        try
        {
            return read();
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
