using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Routes;
using Tars.Server.Transport;
using Tars.TestKit;
using Tars.TestKit.SecretServers;
using Xunit;

namespace Tars.Server.Tests.Transport;

public sealed class TlsTests
{
    private static readonly (ApiRoute, Delegate)[] Routes =
    [
        (EdgeServer.Route("/open", "getOpen", limit: LimitClass.Public), () => "open"),
        (EdgeServer.Route("/health/live", "getLive", limit: LimitClass.None), () => "live"),
    ];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.2", "-tls1_1", false)]
    [InlineData("1.2", "-tls1_2", true)]
    [InlineData("1.2", "-tls1_3", true)]
    [InlineData("1.3", "-tls1_2", false)]
    [InlineData("1.3", "-tls1_3", true)]
    public async Task Handshake_ByOpenssl_SpeaksTheVersionsOfTheConfiguration(string least, string version, bool speaks)
    {
        using PrivateAuthority authority = new();
        using TemporaryDirectory folder = new();
        string ca = folder.WriteText("ca.pem", authority.Pem);
        await using EdgeServer server = await StartAsync(authority, $"tls_min_version: \"{least}\"");
        CommandResult result = await new CommandLine(
            Executables.Require("openssl"),
            ["s_client", "-connect", $"127.0.0.1:{server.Address.Port}", "-CAfile", ca, "-verify_return_error", "-verify_ip", "127.0.0.1", "-alpn", "h2,http/1.1", version, "-brief"])
        { Input = string.Empty }
            .RunAsync(Stop);
        string told = result.Output + result.Error;
        Assert.Equal(speaks, result.ExitCode == 0 && told.Contains("CONNECTION ESTABLISHED", StringComparison.Ordinal));
        if (speaks)
        {
            Assert.Contains("Verification: OK", told, StringComparison.Ordinal);
            Assert.Contains(version == "-tls1_3" ? "TLSv1.3" : "TLSv1.2", told, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Answer_OverTls_TellsBrowsersToStay()
    {
        using PrivateAuthority authority = new();
        await using EdgeServer server = await StartAsync(authority, "hsts_max_age: 30d");
        using HttpClient client = server.Client();
        using HttpResponseMessage answer = await client.GetAsync(EdgeServer.At("/open"), Stop);
        Assert.Equal("max-age=2592000", answer.Headers.GetValues("Strict-Transport-Security").Single());
    }

    [Fact]
    public async Task PortWithoutTls_SendsBrowsersOverAndTakesNoCredential()
    {
        using PrivateAuthority authority = new();
        int port = Tars.TestKit.Servers.LoopbackPort.Free();
        await using EdgeServer server = await StartAsync(authority, $"redirect_port: {port}, base_url: \"https://tars.example:8443\"");
        using HttpClient client = new(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://127.0.0.1:{port}") };
        using HttpResponseMessage moved = await client.GetAsync(EdgeServer.At("/open?a=b%20c"), Stop);
        Assert.Equal(HttpStatusCode.PermanentRedirect, moved.StatusCode);
        Assert.Equal("https://tars.example:8443/open?a=b%20c", moved.Headers.Location!.OriginalString);
        using HttpResponseMessage posted = await client.PostAsync(EdgeServer.At("/open"), null, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, posted.StatusCode);
        using HttpRequestMessage request = new(HttpMethod.Get, "/open");
        request.Headers.Add("X-API-Key", "secret");
        using HttpResponseMessage refused = await client.SendAsync(request, Stop);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        Assert.Contains("replace it", await refused.Content.ReadAsStringAsync(Stop), StringComparison.Ordinal);
        Assert.Equal("live", await client.GetStringAsync(EdgeServer.At("/health/live"), Stop));
    }

    [Fact(Timeout = 120_000)]
    public async Task Certificate_ReplacedWhileServing_IsServedToNewConnectionsAndABadOneIsNot()
    {
        using PrivateAuthority authority = new();
        using TemporaryDirectory folder = new();
        using X509Certificate2 first = authority.Issue(["first.example"]);
        using X509Certificate2 second = authority.Issue(["second.example"]);
        using X509Certificate2 expired = authority.Issue(["expired.example"], expired: true);
        Write(folder, first);
        await using EdgeServer server = await EdgeServer.StartAsync(Yaml(folder, string.Empty), Routes, folder: folder);
        ServerCertificate certificate = server.Services.GetRequiredService<ServerCertificate>();
        Assert.Equal(first.Thumbprint, await ServedAsync(server));

        using HttpClient open = server.Client();
        Assert.Equal("open", await open.GetStringAsync(EdgeServer.At("/open"), TestContext.Current.CancellationToken));
        foreach (Action spoil in (Action[])[() => folder.WriteText("tls.pem", "no certificate"), () => Write(folder, expired), () => folder.WriteText("tls.key", second.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem()), () => File.Delete(folder.Combine("tls.pem"))])
        {
            spoil();
            Looks(certificate);
            Assert.Equal(first.Thumbprint, await ServedAsync(server));
        }

        Write(folder, second);
        Looks(certificate);
        Assert.Equal(second.Thumbprint, await ServedAsync(server));
        Assert.Equal("open", await open.GetStringAsync(EdgeServer.At("/open"), TestContext.Current.CancellationToken)); // the connection from before lives on
    }

    [Fact]
    public async Task Certificate_ThatCannotBeUsed_EndsTheStartWithItsPath()
    {
        using PrivateAuthority authority = new();
        using TemporaryDirectory folder = new();
        using X509Certificate2 one = authority.Issue();
        using X509Certificate2 other = authority.Issue();
        folder.WriteText("tls.pem", one.ExportCertificatePem());
        folder.WriteText("tls.key", other.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        TransportException refusal = await Assert.ThrowsAsync<TransportException>(() => EdgeServer.StartAsync(Yaml(folder, string.Empty), Routes, folder: folder));
        Assert.Contains("tls.pem", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("tls.key: cannot be used as a certificate and its private key in PEM", refusal.Message, StringComparison.Ordinal);
    }

    // Twice the same counts: a timer does it in earnest.
    private static void Looks(ServerCertificate certificate)
    {
        certificate.Look();
        certificate.Look();
    }

    private static async Task<EdgeServer> StartAsync(PrivateAuthority authority, string more)
    {
        TemporaryDirectory folder = new();
        using X509Certificate2 certificate = authority.Issue();
        Write(folder, certificate);
        return await EdgeServer.StartAsync(Yaml(folder, more), Routes, folder: folder);
    }

    private static string Yaml(TemporaryDirectory folder, string more) =>
        $"api: {{tls_enabled: true, tls_cert_path: \"{folder.Combine("tls.pem")}\", tls_key_path: \"{folder.Combine("tls.key")}\"{(more.Length > 0 ? ", " : string.Empty)}{more}}}";

    private static void Write(TemporaryDirectory folder, X509Certificate2 certificate)
    {
        folder.WriteText("tls.pem", certificate.ExportCertificatePem());
        folder.WriteText("tls.key", certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
    }

    private static async Task<string> ServedAsync(EdgeServer server)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, server.Address.Port, Stop);
        await using SslStream stream = new(client.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        await stream.AuthenticateAsClientAsync("127.0.0.1");
        return stream.RemoteCertificate!.GetCertHashString();
    }
}
