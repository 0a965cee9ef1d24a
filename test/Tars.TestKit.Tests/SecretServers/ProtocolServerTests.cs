using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Vault;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers;

public sealed class ProtocolServerTests
{
    private static readonly (string, string) NoToken = ("X-Vault-Token", "none");

    [Fact]
    public async Task Requests_AfterOne_HoldItAsSent()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        await Wire.SendAsync(server.HttpAddress, "PUT", "/v1/a%2Fb/%7e?x=1&y=a%20b", "{}", NoToken, ("X-Other", "1"));
        ReceivedRequest request = Assert.Single(server.Requests);
        Assert.Equal(("PUT", "/v1/a%2Fb/%7e?x=1&y=a%20b", "/v1/a/b/~", "none", "{}", false),
            (request.Method, request.Target, request.Path, request.Header("x-vault-token"), request.Text, request.IsTls));
        Assert.Equal(("1", "a b", null), (request.Query("x"), request.Query("y"), request.Query("z")));
    }

    [Fact]
    public async Task Https_ClientWithTheAuthority_IsAnswered()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        using HttpClient client = Wire.Trusting(server.AuthorityPem);
        using HttpResponseMessage response = await client.GetAsync(new Uri(server.HttpsAddress, "v1/sys/health"), Wire.Cancelled);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(Assert.Single(server.Requests).IsTls);
    }

    [Theory]
    [InlineData(false, true, false)] // an authority the client does not know
    [InlineData(true, false, false)] // a certificate for another host
    [InlineData(true, true, true)] // a certificate that has ended
    public async Task Https_CertificateThatIsWrong_IsRefusedByTheClient(bool known, bool loopback, bool expired)
    {
        ProtocolServerOptions options = new() { CertificateNamesLoopback = loopback, CertificateExpired = expired, HostNames = ["elsewhere.test"] };
        await using VaultServer server = await VaultServer.StartAsync(options, Wire.Cancelled);
        using PrivateAuthority other = new();
        using HttpClient client = Wire.Trusting(known ? server.AuthorityPem : other.Pem);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(new Uri(server.HttpsAddress, "v1/sys/health"), Wire.Cancelled));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Faults_BoundToAPath_LetOthersPass()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        server.Faults.Next(new Fault.ServerError(502), 2, "/sys/health");
        Assert.Equal(403, (await Wire.GetAsync(server.HttpAddress, "/v1/secret/data/a", NoToken)).Status);
        Assert.Equal(502, (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Status);
        Assert.Equal(502, (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Status);
        Assert.Equal(200, (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Status);
        Assert.Equal((4, 0), (server.Requests.Count, server.Faults.Waiting));
    }

    [Fact]
    public async Task Faults_DropAndTruncate_BreakTheConnection()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        server.Faults.Next(new Fault.Drop());
        server.Faults.Next(new Fault.Truncate());
        await Assert.ThrowsAsync<HttpRequestException>(() => Wire.GetAsync(server.HttpAddress, "/v1/sys/health"));
        await Assert.ThrowsAsync<HttpRequestException>(() => Wire.GetAsync(server.HttpAddress, "/v1/sys/health"));
        Assert.Equal(200, (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Status);
    }

    [Fact]
    public async Task Faults_ThatSpoilTheBody_SpoilItAsTheySay()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        server.Faults.Next(new Fault.Malformed());
        server.Faults.Next(new Fault.Huge(3_000_000));
        server.Faults.Next(new Fault.WrongContent());
        server.Faults.Next(new Fault.EmptyBody());
        server.Faults.Next(new Fault.Redirect(new Uri("http://127.0.0.1:9/x"), 302));

        Reply malformed = await Wire.GetAsync(server.HttpAddress, "/v1/sys/health");
        Assert.StartsWith("{", malformed.Body, StringComparison.Ordinal);
        Assert.ThrowsAny<JsonException>(() => malformed.Json);
        Assert.Equal(3_000_000, (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Body.Length);
        Assert.StartsWith("text/html", (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Headers["Content-Type"], StringComparison.Ordinal);
        Assert.Equal("", (await Wire.GetAsync(server.HttpAddress, "/v1/sys/health")).Body);
        Reply redirect = await Wire.GetAsync(server.HttpAddress, "/v1/sys/health");
        Assert.Equal((302, "http://127.0.0.1:9/x"), (redirect.Status, redirect.Headers["Location"]));
    }

    [Fact]
    public async Task Faults_Delay_LastsByTheServersClock()
    {
        FakeTimeProvider clock = new();
        await using VaultServer server = await VaultServer.StartAsync(new ProtocolServerOptions { Time = clock }, Wire.Cancelled);
        server.Faults.Next(new Fault.Delay(TimeSpan.FromHours(1)));
        Task<Reply> answer = Wire.GetAsync(server.HttpAddress, "/v1/sys/health");
        while (server.Faults.Waiting > 0)
        {
            await Task.Delay(5, Wire.Cancelled);
        }

        await Task.Delay(50, Wire.Cancelled);
        Assert.False(answer.IsCompleted);
        while (!answer.IsCompleted)
        {
            clock.Advance(TimeSpan.FromHours(2));
            await Task.Delay(5, Wire.Cancelled);
        }

        Assert.Equal(200, (await answer).Status);
    }

    [Fact]
    public async Task Body_PastTheLimit_IsRefused()
    {
        await using VaultServer server = await VaultServer.StartAsync(cancellationToken: Wire.Cancelled);
        Assert.Equal(413, (await Wire.PostAsync(server.HttpAddress, "/v1/auth/approle/login", new string(' ', ProtocolServer.MaximumBodyBytes + 1))).Status);
        Assert.Empty(server.Requests);
    }
}
