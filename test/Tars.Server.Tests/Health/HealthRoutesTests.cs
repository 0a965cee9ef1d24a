using System.Net;
using System.Text.Json.Nodes;
using Xunit;

namespace Tars.Server.Tests.Health;

public sealed class HealthRoutesTests
{
    [Theory]
    [InlineData("/health")]
    [InlineData("/healthz")]
    public async Task Health_OfAStranger_IsStatusAndVersionOnly(string path)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        server.Client.DefaultRequestHeaders.Clear();
        JsonObject health = (await server.JsonAsync(path)).AsObject();
        Assert.Equal("healthy", (string?)health["status"]);
        Assert.Equal("9.9.9", (string?)health["version"]);
        Assert.Equal(["api_version", "generated_at", "request_id", "status", "timestamp", "version"], health.Select(member => member.Key).Order());
    }

    [Fact]
    public async Task Health_OfACaller_TellsWhatTheServerDependsOn()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        JsonObject services = (await server.JsonAsync("/health"))["services"]!.AsObject();
        Assert.NotEmpty(services);
    }

    [Fact]
    public async Task Probes_OfAServerThatWorks_AnswerWithoutBody()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        foreach (string path in (string[])["/health/live", "/health/ready"])
        {
            using HttpResponseMessage response = await server.GetAsync(path);
            Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        }
    }
}
