using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Prometheus;

/// <summary>A backend that answers 200 and repeats the credentials it was sent: nothing that it says is handed on with them.</summary>
public sealed class RepeatedCredentialTests
{
    private const string Token = "token-9d1e-44c0";

    private static readonly RangeQuery Query = new("up", new TimeGrid(DateTimeOffset.UnixEpoch, TimeSpan.FromMinutes(1), 2));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("warnings")]
    [InlineData("infos")]
    public async Task Warnings_ThatRepeatTheToken_AreHandedOnWithoutIt(string member)
    {
        await using FaultServer server = new((request, _) => new PlannedAnswer(200, $$"""
            { "status": "success", "{{member}}": ["refused by a store: Authorization: {{request.Headers["Authorization"]}}"],
              "data": { "resultType": "{{(request.Target.Contains("query_range", StringComparison.Ordinal) ? "matrix" : "vector")}}", "result": [] } }
            """));
        using PrometheusClient client = Client(server);

        Assert.Equal(
            ["refused by a store: Authorization: Bearer (secret)"], (await client.QueryRangeAsync(Query, (_, _) => { }, Cancellation)).Warnings);
        Assert.Equal(
            ["refused by a store: Authorization: Bearer (secret)"], (await client.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancellation)).Warnings);
    }

    [Theory]
    [InlineData("""{ "status": "error", "errorType": "execution", "error": "no store for TOKEN" }""", "no store for (secret)")]
    [InlineData("""{ "status": "success", "data": { "resultType": "TOKEN", "result": [] } }""", "(secret)")]
    public async Task Failure_WithStatus200_IsToldWithoutTheToken(string body, string told)
    {
        await using FaultServer server = new((_, _) => new PlannedAnswer(200, body.Replace("TOKEN", Token, StringComparison.Ordinal)));
        using PrometheusClient client = Client(server);

        foreach (Func<Task> ask in new Func<Task>[]
        {
            () => client.QueryRangeAsync(Query, (_, _) => { }, Cancellation),
            () => client.QueryAsync("up", DateTimeOffset.UnixEpoch, Cancellation),
        })
        {
            SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(ask);
            Assert.Contains(told, failure.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(Token, failure.ToString(), StringComparison.Ordinal);
        }
    }

    private static PrometheusClient Client(FaultServer server) =>
        new(new PrometheusOptions(server.Address) { BearerToken = Token, Retries = 0 }, TimeProvider.System);
}
