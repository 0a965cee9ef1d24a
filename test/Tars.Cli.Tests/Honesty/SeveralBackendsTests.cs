using System.Text.Json;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>
/// Two real Prometheus servers, a service on each. Both know the names of both services, with other numbers: a question that went to the wrong
/// one would show. Expected counts are the rates below times sixty minutes.
/// </summary>
public sealed class SeveralBackendsTests(TwoPrometheus backends) : IClassFixture<TwoPrometheus>, IDisposable
{
    private static readonly string[] Hour = ["--config", "two.yaml", "--from", "2026-01-12T01:00:00Z", "--to", "2026-01-12T02:00:00Z"];

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Kpi_ServiceOnEachBackend_ReadsEachFromItsOwn()
    {
        Configure("30d");

        CommandResult result = await RunAsync("kpi", "-o", "json", "--output", "none");

        Assert.True(result.ExitCode == 1, result.Error); // the shop misses 99 %
        using JsonDocument json = JsonDocument.Parse(result.Output);
        JsonElement[] services = [.. json.RootElement.GetProperty("services").EnumerateArray()];
        Assert.Equal([("shop", 6000.0, 120.0), ("bank", 2400.0, 0.0)], services.Select(service =>
            (service.GetProperty("name").GetString()!, service.GetProperty("total_requests").GetDouble(), service.GetProperty("total_errors").GetDouble())));
        Assert.Equal(["Both"], json.RootElement.GetProperty("alerts").GetProperty("episodes").EnumerateArray().Select(episode => episode.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task Capture_OfBoth_GivesTheSameBytes()
    {
        Configure("30d");
        CommandResult captured = await RunAsync("capture", "--output", "both");
        Assert.True(captured.ExitCode == 0, captured.Error);
        Assert.True(File.Exists(_folder.Combine("both", "west", "manifest.json")) && File.Exists(_folder.Combine("both", "east", "manifest.json")));

        CommandResult live = await RunAsync("kpi", "--from", "2026-01-12T01:30:00Z", "-o", "json", "--output", "live");
        CommandResult replayed = await RunAsync("kpi", "--from", "2026-01-12T01:30:00Z", "-o", "json", "--output", "replayed", "--capture", "both");

        Assert.Equal((live.ExitCode, live.Output), (replayed.ExitCode, replayed.Output));
        BuiltCommand.AssertSame(BuiltCommand.FilesOf(_folder.Combine("live")), BuiltCommand.FilesOf(_folder.Combine("replayed")));
    }

    [Fact]
    public async Task Kpi_OneOfTwoIsDown_SaysWhichAndStatesNothing()
    {
        string nobody = $"http://127.0.0.1:{LoopbackPort.Free()}/";
        Configure("30d", east: nobody);

        CommandResult result = await RunAsync("kpi", "--output", "out", "--set", "observability.retries=0");

        Assert.Equal((3, string.Empty), (result.ExitCode, result.Output));
        Assert.Contains(nobody.TrimEnd('/'), result.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder.Combine("out")));
    }

    [Theory]
    [InlineData("30d", "budget", false)] // twice as many errors as an hour may have: 2 of the 720 hours' worth in a month
    [InlineData("30d", "degradation", true)]
    [InlineData("1h", "budget", true)]
    [InlineData("1h", "none", false)]
    public async Task Retro_FailOn_LooksAtTheBudgetOfTheObjectiveWindow(string window, string failOn, bool negative)
    {
        Configure(window);

        CommandResult result = await RunAsync("retro", "--output", "none", "--fail-on", failOn);

        Assert.True(negative == (result.ExitCode == 1), $"{result.ExitCode}: {result.Error}");
    }

    public void Dispose() => _folder.Dispose();

    private Task<CommandResult> RunAsync(string command, params string[] arguments)
    {
        bool begins = arguments.Contains("--from");
        return BuiltCommand.RunAsync(_folder.Path, [command, .. begins ? [.. Hour[..2], .. Hour[4..]] : Hour, .. arguments]);
    }

    private void Configure(string window, string? east = null)
    {
        (PrometheusServer west, PrometheusServer own) = backends.Require();
        _folder.WriteText("two.yaml", $$"""
            observability:
              step: 1m
              bridge_limit: 5m
              backends:
                west: { prometheus_url: '{{west.Address.AbsoluteUri}}' }
                east: { prometheus_url: '{{east ?? own.Address.AbsoluteUri}}' }
            services:
              - name: shop
                backend: west
                indicators: { availability: { ratio: { bad: 'requests_total{service="shop",code="500"}', total: 'requests_total{service="shop"}' } } }
              - name: bank
                backend: east
                indicators: { availability: { ratio: { bad: 'requests_total{service="bank",code="500"}', total: 'requests_total{service="bank"}' } } }
            objectives:
              - { service: shop, indicator: availability, target: 99%, window: {{window}} }
              - { service: bank, indicator: availability, target: 99%, window: {{window}} }
            """);
    }
}

/// <summary>Two real Prometheus servers with the same two services and different numbers.</summary>
public sealed class TwoPrometheus() : ServerFixture<PrometheusPair>(PrometheusServer.Program)
{
    /// <inheritdoc/>
    protected override async Task<PrometheusPair> StartAsync() =>
        new(await StartAsync(("shop", 98, 2), ("bank", 1, 3)), await StartAsync(("shop", 7, 7), ("bank", 40, 0)));

    private static async Task<PrometheusServer> StartAsync(params (string Service, double Good, double Bad)[] rates)
    {
        DateTimeOffset start = new(2026, 1, 12, 0, 30, 0, TimeSpan.Zero);
        OpenMetricsText text = new();
        foreach ((string service, double good, double bad) in rates)
        {
            foreach ((string code, double rate) in new[] { ("200", good), ("500", bad) })
            {
                text.Add($"requests_total{{service=\"{service}\",code=\"{code}\"}}", start, TimeSpan.FromMinutes(1), [.. Enumerable.Range(0, 100).Select(minute => rate * minute)]);
            }
        }

        text.Add("ALERTS{alertname=\"Both\",alertstate=\"firing\",service=\"shop\"}", start.AddMinutes(40), TimeSpan.FromMinutes(1), [.. Enumerable.Repeat(1.0, 10)]);
        using TemporaryDirectory folder = new();
        return await PrometheusServer.StartAsync(new PrometheusOptions { OpenMetricsFiles = [folder.WriteText("samples.txt", text.ToString())] });
    }
}

/// <summary>Two servers.</summary>
/// <param name="West">The shop's own.</param>
/// <param name="East">The bank's own.</param>
public sealed record PrometheusPair(PrometheusServer West, PrometheusServer East) : IAsyncDisposable
{
    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await West.DisposeAsync();
        await East.DisposeAsync();
    }
}
