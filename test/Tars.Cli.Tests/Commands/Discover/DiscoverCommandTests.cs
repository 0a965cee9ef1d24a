using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Commands.Discover;

public sealed class DiscoverCommandTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Discover_RealPrometheus_WritesAFileOnceAndPrintsIt()
    {
        int port = LoopbackPort.Free();
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(
            new PrometheusOptions { Port = port, ScrapeConfigs = $"- job_name: prometheus\n  static_configs: [{{ targets: ['127.0.0.1:{port}'] }}]" }, Cancelled);
        await WaitForAsync(prometheus, "prometheus_http_request_duration_seconds_count");
        await WaitForAsync(prometheus, "up offset 5s"); // the window that is looked at ends a little before now
        string url = $"http://127.0.0.1:{port}";

        CommandResult written = await RunAsync("discover", "--output", "found.yaml", "--prometheus-url", url);

        Assert.Equal(0, written.ExitCode);
        Assert.Contains("recognised service prometheus: availability, latency, cpu, memory, saturation\n", written.Output, StringComparison.Ordinal);
        Assert.Contains("not used: ", written.Output, StringComparison.Ordinal);
        Assert.Equal("tars: wrote found.yaml; next: tars kpi --config found.yaml\n", written.Error);
        string text = await File.ReadAllTextAsync(_folder.Combine("found.yaml"), Cancelled);
        Assert.Contains("  - name: prometheus\n    labels: { job: prometheus }\n    preset: [process]\n", text, StringComparison.Ordinal);

        CommandResult refused = await RunAsync("discover", "--output", "found.yaml", "--prometheus-url", url);
        Assert.Equal(2, refused.ExitCode);
        Assert.Equal("tars: error: found.yaml exists\ntars: hint: choose another --output, print with --output -, or replace it with --force\n", refused.Error);

        await File.WriteAllTextAsync(_folder.Combine("found.yaml"), "old", Cancelled);
        CommandResult forced = await RunAsync("discover", "--output", "found.yaml", "--force", "--prometheus-url", url, "--quiet");
        Assert.Equal((0, string.Empty, string.Empty), (forced.ExitCode, forced.Output, forced.Error));
        Assert.StartsWith("# Written by tars discover", await File.ReadAllTextAsync(_folder.Combine("found.yaml"), Cancelled), StringComparison.Ordinal);

        CommandResult printed = await RunAsync("discover", "--output", "-", "--prometheus-url", url);
        Assert.Equal(0, printed.ExitCode);
        Assert.StartsWith("# Written by tars discover", printed.Output, StringComparison.Ordinal);
        Assert.Contains("recognised service prometheus", printed.Error, StringComparison.Ordinal);
        Assert.Equal(["found.yaml"], Directory.EnumerateFileSystemEntries(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public async Task Discover_EmptyPrometheus_IsInconclusiveWithoutFile()
    {
        await using PrometheusServer prometheus = await PrometheusServer.StartAsync(cancellationToken: Cancelled);

        CommandResult result = await RunAsync("discover", "--prometheus-url", prometheus.Address.AbsoluteUri);

        Assert.Equal(4, result.ExitCode);
        Assert.Equal(
            "tars: error: the backend has had no series in the last 1h; no file was written\ntars: hint: does it scrape anything? a longer --window looks further back\n",
            result.Error);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Discover_NoBackend_IsTheWorldsFailureWithoutFile()
    {
        CommandResult result = await RunAsync("discover", "--prometheus-url", $"http://127.0.0.1:{LoopbackPort.Free()}", "--set", "observability.retries=0");

        Assert.Equal(3, result.ExitCode);
        Assert.Contains("is not reachable", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task Discover_WindowThatIsNone_IsRefusedBeforeAnythingIsAsked()
    {
        CommandResult result = await RunAsync("discover", "--window", "soon");

        Assert.Equal(2, result.ExitCode);
        Assert.StartsWith("tars: error: --window: 'soon' is no duration", result.Error, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static async Task WaitForAsync(PrometheusServer prometheus, string query)
    {
        for (int attempt = 0; attempt < 60; attempt++)
        {
            if ((await prometheus.QueryAsync(query, TimeProvider.System.GetUtcNow(), Cancelled)).Contains("\"value\"", StringComparison.Ordinal))
            {
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(500), Cancelled);
        }

        Assert.Fail($"{query} has no sample after 30 s");
    }

    private Task<CommandResult> RunAsync(params string[] arguments) =>
        new TestKit.CommandLine("dotnet", [Path.Combine(AppContext.BaseDirectory, "tars.dll"), .. arguments]) { WorkingDirectory = _folder.Path, Timeout = TimeSpan.FromMinutes(2) }
            .RunAsync(Cancelled);
}
