using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tars.Cli.Tests.Store;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Serve;

/// <summary><c>tars serve</c> as a process: where it listens, what it refuses, how it ends, and what it leaves in the audit log.</summary>
public sealed class ServeCommandTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Serve_UntilItIsTerminated_AnswersDrainsAndIsAudited()
    {
        using FilledStore filled = await FilledStore.CreateAsync();
        await using RunningCommand serving = TarsProgram.Command(filled.Path, "serve", "--urls", "http://127.0.0.1:0").Start();
        using HttpClient client = new() { BaseAddress = await AddressAsync(serving) };
        JsonNode health = JsonNode.Parse(await client.GetStringAsync(new Uri("/health", UriKind.Relative), Cancellation))!;
        Assert.Equal("healthy", (string?)health["status"]);
        Assert.Contains("api.tls_enabled is off, and prod serves the API over TLS only", serving.Error, StringComparison.Ordinal);

        await serving.SignalAsync("TERM", Cancellation);
        CommandResult result = await serving.WaitAsync(Cancellation);
        Assert.Equal(0, result.ExitCode);
        AuditRecord[] events = [.. new AuditQuery(filled.Audit.Log).Find(new AuditFilter { Type = "server.run" })];
        Assert.Equal([AuditOutcome.Intent, AuditOutcome.Success], events.Select(one => one.Outcome));
    }

    [Fact]
    public async Task Serve_Interrupted_EndsWithZero()
    {
        using TemporaryDirectory folder = new();
        await using RunningCommand serving = TarsProgram.Command(folder.Path, "serve", "--urls", "http://127.0.0.1:0", "--reload", "--workers", "4").Start();
        await AddressAsync(serving);
        Assert.Contains("--reload is left out", serving.Error, StringComparison.Ordinal);
        Assert.Contains("--workers is left out", serving.Error, StringComparison.Ordinal);
        await serving.SignalAsync("INT", Cancellation);
        Assert.Equal(0, (await serving.WaitAsync(Cancellation)).ExitCode);
    }

    [Fact]
    public async Task Serve_OverTls_SpeaksIt()
    {
        using TemporaryDirectory folder = new();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new("CN=localhost", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        folder.WriteText("server.pem", certificate.ExportCertificatePem());
        folder.WriteText("server.key", key.ExportPkcs8PrivateKeyPem());
        await using RunningCommand serving = TarsProgram.Command(folder.Path, "serve", "--urls", "https://127.0.0.1:0", "--tls-cert", "server.pem", "--tls-key", "server.key").Start();
        using SocketsHttpHandler handler = new();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, shown, _, _) => shown?.GetCertHashString(HashAlgorithmName.SHA256) == certificate.GetCertHashString(HashAlgorithmName.SHA256);
        using HttpClient client = new(handler) { BaseAddress = await AddressAsync(serving) };
        Assert.Equal("https", client.BaseAddress.Scheme);
        using HttpResponseMessage response = await client.GetAsync(new Uri("/health/ready", UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
    }

    [Theory]
    [InlineData("http://127.0.0.1:0/path", "has more than a scheme, a host and a port")]
    [InlineData("ftp://127.0.0.1:0", "is no address like")]
    [InlineData("https://127.0.0.1:0", "needs TLS, and api.tls_enabled is off")]
    public async Task Serve_WrongUrl_IsRefused(string url, string reason)
    {
        using TemporaryDirectory folder = new();
        CommandResult result = await TarsProgram.RunAsync(folder.Path, "serve", "--urls", url);
        Assert.Equal(2, result.ExitCode);
        Assert.Contains(reason, result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task Serve_InProdWithoutTls_IsRefused()
    {
        using FilledStore filled = await FilledStore.CreateAsync();
        string said = await filled.TarsAsync(2, "serve", "--profile", "prod", "--no-tls", "--set", "secrets.backend=env");
        Assert.Contains("prod serves the API over TLS only", said, StringComparison.Ordinal);
        Assert.DoesNotContain("listening", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Serve_WhereAnotherListens_SaysSo()
    {
        using TemporaryDirectory folder = new();
        await using RunningCommand first = TarsProgram.Command(folder.Path, "serve", "--urls", "http://127.0.0.1:0").Start();
        Uri taken = await AddressAsync(first);
        CommandResult second = await TarsProgram.RunAsync(folder.Path, "serve", "--urls", taken.GetLeftPart(UriPartial.Authority));
        Assert.Equal(3, second.ExitCode);
        Assert.Contains("address already in use", second.Error, StringComparison.OrdinalIgnoreCase);
    }

    internal static async Task<Uri> AddressAsync(RunningCommand serving)
    {
        await serving.WaitForTextAsync("listening on ", Cancellation);
        Stopwatch watch = Stopwatch.StartNew();
        while (!serving.Output.Split("listening on ")[1].Contains('\n', StringComparison.Ordinal) && watch.Elapsed < TimeSpan.FromSeconds(5))
        {
            await Task.Delay(10, Cancellation);
        }

        return new Uri(serving.Output.Split("listening on ")[1].Split('\n')[0]);
    }
}
