using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tars.Configuration.Secrets.Vault;
using Tars.TestKit.SecretServers;

namespace Tars.Configuration.Tests.Secrets.Vault;

/// <summary>A Vault that asks for a client certificate: one connection of TLS is enough to see which one it is shown.</summary>
public sealed class VaultClientCertificateTests : IAsyncLifetime
{
    private VaultBench _bench = null!;

    public async ValueTask InitializeAsync() => _bench = await VaultBench.StartAsync();

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task FindAsync_ClientCertificate_IsShownWhenConfigured(bool isConfigured)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 client = new CertificateRequest("CN=tars", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(TimeProvider.System.GetUtcNow().AddHours(-1), TimeProvider.System.GetUtcNow().AddHours(1));
        string certificatePath = _bench.Folder.WriteText("client.pem", client.ExportCertificatePem());
        string keyPath = _bench.Folder.WriteText("client.key", key.ExportPkcs8PrivateKeyPem());
        using PrivateAuthority authority = new();
        using X509Certificate2 server = authority.Issue();
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Task<string?> shown = ServeAsync(listener, server, client.Thumbprint);
        VaultSecrets vault = _bench.Client(
            new VaultLogin.ByToken(VaultBench.Given("hvs.x")),
            options => options with
            {
                Url = new Uri($"https://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}"),
                KvVersion = 2,
                CertificateAuthorityFile = _bench.Folder.WriteText("ca.pem", authority.Pem),
                ClientCertificateFile = isConfigured ? certificatePath : null,
                ClientKeyFile = isConfigured ? keyPath : null,
            });

        Assert.Equal("x", await vault.ValueAsync("jwt_secret"));
        vault.Dispose();

        Assert.Equal(isConfigured ? client.Thumbprint : null, await shown);
    }

    // Answers every request alike until the client closes; returns the thumbprint of the certificate it was shown.
    private static async Task<string?> ServeAsync(TcpListener listener, X509Certificate2 certificate, string expected)
    {
        const string Body = """{"data":{"ttl":0,"data":{"jwt_secret":"x"},"metadata":{"version":1}}}""";
        byte[] answer = Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {Body.Length}\r\n\r\n{Body}");
        using TcpClient connection = await listener.AcceptTcpClientAsync(VaultBench.Cancelled);
        await using SslStream tls = new(connection.GetStream());
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is null || shown.GetCertHashString() == expected,
            },
            VaultBench.Cancelled);
        StringBuilder request = new();
        byte[] buffer = new byte[4096];
        while (await tls.ReadAsync(buffer, VaultBench.Cancelled) is int read and > 0)
        {
            request.Append(Encoding.ASCII.GetString(buffer, 0, read));
            if (request.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
            {
                request.Clear();
                await tls.WriteAsync(answer, VaultBench.Cancelled);
            }
        }

        return tls.RemoteCertificate?.GetCertHashString();
    }
}
