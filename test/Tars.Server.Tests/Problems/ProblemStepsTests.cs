using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Server.Hosting;
using Xunit;

namespace Tars.Server.Tests.Problems;

public sealed class ProblemStepsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task UnknownPath_Is404WithTheId()
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync("/api/nothing", ("X-Request-Id", "mine-1"));
        JsonObject problem = await RunningServer.ProblemAsync(response, 404, "NOT_FOUND");
        Assert.Equal("mine-1", (string?)problem["request_id"]);
        Assert.Equal("/api/nothing", (string?)problem["instance"]);
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("DELETE")]
    [InlineData("PATCH")]
    [InlineData("TRACE")]
    public async Task UnknownMethod_Is405AndSaysWhichThereAre(string method)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.SendAsync(new HttpMethod(method), "/api/daily");
        await RunningServer.ProblemAsync(response, 405, "METHOD_NOT_ALLOWED");
        Assert.Equal(["GET", "HEAD"], response.Content.Headers.Allow.Order());
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("<script>")]
    [InlineData("id\"")]
    [InlineData("")]
    [InlineData("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    public async Task RequestId_OfTheCaller_IsTakenOnlyIfHarmless(string given)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using HttpResponseMessage response = await server.GetAsync("/api/daily", ("X-Request-Id", given));
        string id = response.Headers.GetValues("X-Request-Id").Single();
        Assert.NotEqual(given, id);
        Assert.Matches("^[0-9a-f]{12}-[0-9a-f]{8}$", id);
    }

    [Fact]
    public async Task StoreThatFails_Is503WithRetryAfterAndSaysNothingOfTheInside()
    {
        using StringWriter log = new();
        RequestLog requests = new(log, isJson: true, tellsRequests: true, TimeProvider.System);
        await using RunningServer server = await RunningServer.StartAsync(parts => parts with { Log = requests });
        await server.Opened.Rows.DisposeAsync();
        File.Delete(Path.Combine(server.Folder, "data", "store.db"));
        await File.WriteAllTextAsync(Path.Combine(server.Folder, "data", "store.db"), new string('x', 5000), Cancellation);
        using HttpResponseMessage response = await server.GetAsync("/api/daily", ("X-Request-Id", "broken"));
        JsonObject problem = await RunningServer.ProblemAsync(response, 503, "UNAVAILABLE");
        Assert.True(response.Headers.RetryAfter!.Delta > TimeSpan.Zero);
        Assert.DoesNotContain(server.Folder, problem.ToJsonString(), StringComparison.Ordinal);
        using HttpResponseMessage ready = await server.GetAsync("/health/ready");
        await RunningServer.ProblemAsync(ready, 503, "UNAVAILABLE");
        using HttpResponseMessage live = await server.GetAsync("/health/live");
        Assert.True(live.IsSuccessStatusCode);
        await requests.DisposeAsync();
        JsonNode[] lines = [.. log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        Assert.Contains(lines, line => (string?)line["event"] == "fault" && (string?)line["request_id"] == "broken" && ((string)line["message"]!).Contains("store.db", StringComparison.Ordinal));
        Assert.Contains(lines, line => (string?)line["event"] == "request" && (string?)line["route"] == "/api/daily" && (int)line["status"]! == 503);
    }

    [Fact]
    public async Task RequestLog_NamesRoutesAndNothingThatACallerWrote()
    {
        using StringWriter log = new();
        RequestLog requests = new(log, isJson: false, tellsRequests: true, TimeProvider.System);
        await using (RunningServer server = await RunningServer.StartAsync(parts => parts with { Log = requests }))
        {
            (await server.GetAsync("/api/daily/2026-01-05?secret=hunter2", ("Cookie", "session=hunter2"))).Dispose();
            (await server.GetAsync("/hunter2")).Dispose();
        }

        await requests.DisposeAsync();
        Assert.Contains("422 GET /api/daily/{date}", log.ToString(), StringComparison.Ordinal);
        Assert.Contains("404 GET (none)", log.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", log.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET /api/daily HTTP/1.1\r\nHost: x\r\nContent-Length: nonsense\r\n\r\n")]
    [InlineData("GET /api/%ZZ HTTP/9.9\r\n\r\n")]
    [InlineData("nonsense\r\n\r\n")]
    public async Task Nonsense_IsRefusedWithoutAWordOfTheInside(string text)
    {
        await using RunningServer server = await RunningServer.StartAsync();
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", server.Address.Port, Cancellation);
        await using NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(text), Cancellation);
        using StreamReader reader = new(stream);
        string answer = await reader.ReadToEndAsync(Cancellation);
        Assert.Matches("^HTTP/1.1 (400|505) ", answer);
        Assert.DoesNotContain("Exception", answer, StringComparison.Ordinal);
    }
}
