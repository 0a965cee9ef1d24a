using System.Net;
using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Http;

/// <summary>Changes the proxy of the whole process, so nothing runs beside it.</summary>
[CollectionDefinition("the process's proxy", DisableParallelization = true)]
public sealed class ProcessProxy;

[Collection("the process's proxy")]
public sealed class DirectConnectionTests
{
    [Fact]
    public async Task SendAsync_ThisMachine_IsNeverAskedThroughAProxy()
    {
        await using ScriptedHttp proxy = new(new ScriptedAnswer(200, "by proxy"));
        await using ScriptedHttp server = new(new ScriptedAnswer(200, "directly"));
        IWebProxy before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy(proxy.Address);
        try
        {
            using SecretConnection connection = new(Patience.Short(), TimeProvider.System);
            using SecretResponse response = await connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, server.Address), null, TestContext.Current.CancellationToken);
            Assert.Equal("directly"u8, response.Body);

            // The proxy is in force: an address outside goes to it, which here does not open tunnels.
            await Assert.ThrowsAsync<SecretBackendException>(() => connection.SendAsync(
                () => new SecretRequest(HttpMethod.Get, new Uri("https://secrets.invalid/")), null, TestContext.Current.CancellationToken));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.All(proxy.Requests, request => Assert.Equal("CONNECT", request.Method));
        Assert.NotEmpty(proxy.Requests);
        Assert.Single(server.Requests);
    }
}
