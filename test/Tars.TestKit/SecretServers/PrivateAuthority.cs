using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.TestKit.SecretServers;

/// <summary>A certification authority made at start and known to nobody: TLS with it works only for a client that was given its certificate.</summary>
public sealed class PrivateAuthority : IDisposable
{
    private readonly X509Certificate2 _authority;

    /// <summary>A new authority, valid for a day.</summary>
    public PrivateAuthority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Private test authority", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: true, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, critical: true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        _authority = request.CreateSelfSigned(now.AddHours(-1), now.AddDays(1));
    }

    /// <summary>The authority's certificate in PEM, without its key.</summary>
    public string Pem => _authority.ExportCertificatePem();

    /// <summary>A server certificate for 127.0.0.1, localhost and <paramref name="names"/>, valid for an hour before and after now unless told otherwise.</summary>
    /// <param name="names">More DNS names.</param>
    /// <param name="loopback">False leaves 127.0.0.1 and localhost out: a certificate for somebody else.</param>
    /// <param name="expired">True ends its validity a minute ago.</param>
    public X509Certificate2 Issue(IReadOnlyList<string>? names = null, bool loopback = true, bool expired = false)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=Test server", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder subjects = new();
        if (loopback)
        {
            subjects.AddIpAddress(IPAddress.Loopback);
            subjects.AddDnsName("localhost");
        }

        foreach (string name in names ?? [])
        {
            subjects.AddDnsName(name);
        }

        request.CertificateExtensions.Add(subjects.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, pathLengthConstraint: 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], critical: false));
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 bare = request.Create(
            _authority, now.AddMinutes(-50), expired ? now.AddMinutes(-1) : now.AddHours(1), RandomNumberGenerator.GetBytes(12));
        return bare.CopyWithPrivateKey(key);
    }

    /// <summary>Forgets the key.</summary>
    public void Dispose() => _authority.Dispose();
}
