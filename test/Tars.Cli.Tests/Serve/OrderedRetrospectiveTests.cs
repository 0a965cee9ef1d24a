using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Serve;

/// <summary>A retrospective that is ordered over the API is made by the same lines as <c>tars retro --store</c>.</summary>
public sealed class OrderedRetrospectiveTests(FleetBackend fleet) : IAsyncLifetime
{
    private const string Order = $$"""{"from":"{{FleetBackend.From}}","to":"{{FleetBackend.To}}","formats":["markdown"]}""";
    private readonly TemporaryDirectory _folder = new();
    private RunningCommand? _serving;
    private HttpClient? _client;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _folder.WriteText("tars.yaml", $"observability: {{ prometheus_url: \"{fleet.Backend.Address}\" }}\n" + FleetBackend.Configuration("99%"));
        _serving = TarsProgram.Command(_folder.Path, ServedCaller.Serve).Start();
        _client = await ServedCaller.ConnectAsync(_folder.Path, _serving);
    }

    public async ValueTask DisposeAsync()
    {
        _client?.Dispose();
        if (_serving is not null)
        {
            await _serving.DisposeAsync();
        }

        _folder.Dispose();
    }

    [Fact]
    public async Task Order_IsMadeOnceAndHasTheBytesOfTheCommand()
    {
        using HttpResponseMessage first = await OrderAsync(Order, "week");
        using HttpResponseMessage again = await OrderAsync(Order, "week");
        Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
        Assert.Equal(first.Headers.Location, again.Headers.Location);
        using HttpResponseMessage other = await OrderAsync("""{"days":3}""", "week");
        Assert.Equal(HttpStatusCode.Conflict, other.StatusCode);

        // The events tell it until it has ended.
        string events = await _client!.GetStringAsync(new Uri(first.Headers.Location + "/events", UriKind.Relative), Cancellation);
        JsonNode last = JsonNode.Parse(events.Split('\n').Last(line => line.StartsWith("data: ", StringComparison.Ordinal))["data: ".Length..])!;
        Assert.True((string?)last["status"] == "done", events);
        JsonNode job = JsonNode.Parse(await _client.GetStringAsync(first.Headers.Location, Cancellation))!;
        Assert.Equal(("done", "completed", 1), ((string?)job["status"], (string?)job["stage"], (int)job["attempts"]!));
        Assert.Equal($"/api/retrospective/download/GA_7DAY_RETROSPECTIVE.md?report={(long)job["report_id"]!}", (string?)Assert.Single(job["files"]!.AsArray()));

        byte[] ordered = await _client.GetByteArrayAsync(new Uri((string)job["files"]![0]!, UriKind.Relative), Cancellation);
        CommandResult own = await TarsProgram.RunAsync(_folder.Path, "retro", "--from", FleetBackend.From, "--to", FleetBackend.To, "--output", "own");
        Assert.Equal(0, own.ExitCode);
        Assert.Equal(await File.ReadAllBytesAsync(_folder.Combine("own", "GA_7DAY_RETROSPECTIVE.md"), Cancellation), ordered);
        JsonNode newest = JsonNode.Parse(await _client.GetStringAsync(new Uri("/api/retrospective", UriKind.Relative), Cancellation))!;
        Assert.Equal((long)job["report_id"]!, (long)newest["report_id"]!);
        Assert.Equal(FleetBackend.To, (string?)newest["period"]!["end"]);
    }

    [Fact]
    public async Task Order_OfABackendThatIsAway_FailsWithItsReason()
    {
        using HttpResponseMessage response = await OrderAsync("""{"from":"2020-01-01T00:00:00Z","to":"2020-01-02T00:00:00Z","sign":true}""", null);
        string events = await _client!.GetStringAsync(new Uri(response.Headers.Location + "/events", UriKind.Relative), Cancellation);
        Assert.Contains("\"status\":\"failed\"", events, StringComparison.Ordinal); // there is no key to sign with, and nothing is made without
        Assert.Contains("\"error\":\"", events, StringComparison.Ordinal);
        Assert.Contains("\"attempts\":3", events, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"days":0}""", "application/json", 422)]
    [InlineData("""{"days":91}""", "application/json", 422)]
    [InlineData("""{"from":"2026-01-06T00:00:00Z"}""", "application/json", 422)]
    [InlineData("""{"from":"2026-01-06T00:00:00Z","to":"2026-01-05T00:00:00Z"}""", "application/json", 422)]
    [InlineData("""{"formats":["pdf"]}""", "application/json", 422)]
    [InlineData("""{"dayz":1}""", "application/json", 422)]
    [InlineData("""{"days":1,"days":2}""", "application/json", 422)]
    [InlineData("""[]""", "application/json", 422)]
    [InlineData("null", "application/json", 422)]
    [InlineData("{", "application/json", 422)]
    [InlineData("days=7", "application/x-www-form-urlencoded", 415)]
    public async Task Order_ThatIsNone_IsRefused(string body, string type, int status)
    {
        using StringContent content = new(body, Encoding.UTF8, type);
        using HttpResponseMessage response = await _client!.PostAsync(new Uri("/api/retrospective", UriKind.Relative), content, Cancellation);
        Assert.True(status == (int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task Order_ThatIsTooLong_Is413()
    {
        using StringContent content = new(new string(' ', 17_000) + "{}", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client!.PostAsync(new Uri("/api/retrospective", UriKind.Relative), content, Cancellation);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Theory]
    [InlineData("/api/jobs/nothing")]
    [InlineData("/api/jobs/00000000-0000-0000-0000-000000000000")]
    [InlineData("/api/jobs/00000000-0000-0000-0000-000000000000/events")]
    public async Task Job_ThatIsNotThere_Is404(string path)
    {
        using HttpResponseMessage response = await _client!.GetAsync(new Uri(path, UriKind.Relative), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
    }

    private async Task<HttpResponseMessage> OrderAsync(string body, string? key)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/api/retrospective") { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.Add("Idempotency-Key", key);
        }

        return await _client!.SendAsync(request, Cancellation);
    }
}
