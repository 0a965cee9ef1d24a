using System.Net;
using System.Net.Http.Headers;
using System.Net.NetworkInformation;
using Tars.Simulation.Backends;
using Xunit;

namespace Tars.Simulation.Tests.Backends;

public sealed class SimulatedBackendTests(ServerPair servers) : IClassFixture<ServerPair>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Listener_Started_IsBoundToLoopbackAlone()
    {
        IPEndPoint[] listeners = [.. IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Where(listener => listener.Port == servers.Simulated.Address.Port)];
        Assert.Equal(IPAddress.Loopback, Assert.Single(listeners).Address);
    }

    [Fact]
    public async Task Post_FormInsteadOfQueryString_AnswersTheSame()
    {
        Answer get = await servers.AskSimulatedAsync("api/v1/query", ("query", "count(up)"));
        using HttpClient client = new();
        using FormUrlEncodedContent form = new([new("query", "count(up)")]);
        using HttpResponseMessage post = await client.PostAsync(new Uri(servers.Simulated.Address, "api/v1/query"), form, Cancellation);
        Assert.Equal(get, new Answer(post.StatusCode, await post.Content.ReadAsStringAsync(Cancellation)));
        Assert.Single(get.Values());
    }

    [Fact]
    public async Task BuildInformation_Declares_SimulationAndMajorVersionTwo()
    {
        Answer answer = await servers.AskSimulatedAsync("api/v1/status/buildinfo");
        Assert.Equal("tars-simulated", answer.Json.GetProperty("data").GetProperty("application").GetString());
        Assert.StartsWith("2.", answer.Json.GetProperty("data").GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Metadata_EveryMetricOfTheFleet_HasTypeAndHelp()
    {
        Answer answer = await servers.AskSimulatedAsync("api/v1/metadata");
        string[] described = [.. answer.Json.GetProperty("data").EnumerateObject().Select(metric => metric.Name)];
        string[] families = [.. servers.Fleet.Series.Select(series => series.Metric).Where(metric => metric is not ("up" or "ALERTS"))
            .Select(metric => metric.StartsWith("http_request_duration_seconds", StringComparison.Ordinal) ? "http_request_duration_seconds" : metric).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(families, described.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Rules_Asked_AreAlertingRules()
    {
        Answer answer = await servers.AskSimulatedAsync("api/v1/rules");
        Assert.Equal(
            ["HighLatency", "HighErrorRate", "ErrorBudgetBurn", "HighMemory"],
            answer.Json.GetProperty("data").GetProperty("groups")[0].GetProperty("rules").EnumerateArray().Select(rule => rule.GetProperty("name").GetString()));
        Assert.Equal(HttpStatusCode.OK, (await servers.AskSimulatedAsync("api/v1/alerts")).Status);
        Assert.Equal(HttpStatusCode.OK, (await servers.AskSimulatedAsync("-/ready")).Status);
    }

    [Theory]
    [InlineData("api/v1/nothing", HttpStatusCode.NotFound)]
    [InlineData("api/v1/query?query=rate(up[5m])", HttpStatusCode.BadRequest)]
    [InlineData("api/v1/query?query=count_over_time(vector(1)[1m:1m])", HttpStatusCode.BadRequest)]
    public async Task Request_OutsideTheSubset_IsRefused(string path, HttpStatusCode expected)
    {
        using HttpClient client = new();
        using HttpResponseMessage answer = await client.GetAsync(new Uri(servers.Simulated.Address, path), Cancellation);
        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Behaviour_Switched_FailsAsSaidAndRecovers()
    {
        await using SimulatedBackend backend = await SimulatedBackend.StartAsync(servers.Fleet, TimeProvider.System, Cancellation);
        using HttpClient client = new();
        Uri address = new(backend.Address, "api/v1/query?query=count(up)");
        backend.Behaviour = BackendBehaviour.Unavailable;
        using HttpResponseMessage unavailable = await client.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, unavailable.StatusCode);
        Assert.Equal(new RetryConditionHeaderValue(TimeSpan.FromSeconds(1)), unavailable.Headers.RetryAfter);
        backend.Behaviour = BackendBehaviour.DropsConnections;
        await Assert.ThrowsAsync<HttpRequestException>(() => client.GetAsync(address, Cancellation));
        backend.Behaviour = BackendBehaviour.Serves;
        using HttpResponseMessage served = await client.GetAsync(address, Cancellation);
        Assert.Equal(HttpStatusCode.OK, served.StatusCode);
        Assert.True(backend.RequestCount >= 3);
    }
}
