using System.Globalization;

namespace Tars.TestKit.Servers;

/// <summary>
/// The real Prometheus on a loopback port with a storage of its own. It keeps samples of any age (retention 100 years), so
/// that backfilled data of a fixed date stays.
/// </summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "prometheus";

    private readonly PrometheusOptions _options;
    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _client = new();
    private ServerProcess? _process;

    private PrometheusServer(PrometheusOptions options) => _options = options;

    /// <summary>The base address, <c>http://127.0.0.1:port/</c>.</summary>
    public Uri Address => Process.Address;

    /// <summary>The process id.</summary>
    public int ProcessId => Process.Id;

    /// <summary>What the server wrote so far.</summary>
    public string Log => Process.Log;

    private ServerProcess Process => _process ?? throw new InvalidOperationException("Prometheus has not been started");

    /// <summary>
    /// Starts Prometheus and returns when it is ready. Skips the calling test where it is not installed (fails it when
    /// <c>TARS_REQUIRE_SERVERS=1</c>).
    /// </summary>
    /// <exception cref="ServerStartException">It did not become ready; the message holds its output.</exception>
    public static async Task<PrometheusServer> StartAsync(PrometheusOptions? options = null, CancellationToken cancellationToken = default)
    {
        Executables.Require(Program);
        PrometheusServer server = new(options ?? new PrometheusOptions());
        try
        {
            await server.WriteConfigurationAsync(cancellationToken);
            foreach (string file in server._options.OpenMetricsFiles)
            {
                await server.CreateBlocksAsync(file, cancellationToken);
            }

            await server.RunAsync(server._options.Port, cancellationToken);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }

        return server;
    }

    /// <summary>
    /// Backfills an OpenMetrics file (timestamps in seconds, ended by <c># EOF</c>) with promtool and restarts the server on
    /// the same port, because a running one looks for new blocks only once a minute.
    /// </summary>
    public async Task LoadOpenMetricsAsync(string file, CancellationToken cancellationToken = default)
    {
        await CreateBlocksAsync(file, cancellationToken);
        await RestartAsync(cancellationToken);
    }

    /// <summary>Kills the server; its address stays reserved for <see cref="RestartAsync"/>.</summary>
    public ValueTask KillAsync() => Process.DisposeAsync();

    /// <summary>Ends the server if it runs, and starts it again on the same port with the same storage.</summary>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        int port = Address.Port;
        await Process.DisposeAsync();
        await RunAsync(port, cancellationToken);
    }

    /// <summary>Asks <c>/api/v1/query</c> and returns the answer's JSON text, whatever its status.</summary>
    public Task<string> QueryAsync(string query, DateTimeOffset time, CancellationToken cancellationToken = default) =>
        PostAsync("api/v1/query", [new("query", query), new("time", UnixSeconds(time))], cancellationToken);

    /// <summary>Asks <c>/api/v1/query_range</c>, both ends included, and returns the answer's JSON text, whatever its status.</summary>
    public Task<string> QueryRangeAsync(
        string query,
        DateTimeOffset start,
        DateTimeOffset end,
        TimeSpan step,
        CancellationToken cancellationToken = default) =>
        PostAsync(
            "api/v1/query_range",
            [
                new("query", query),
                new("start", UnixSeconds(start)),
                new("end", UnixSeconds(end)),
                new("step", step.TotalSeconds.ToString("R", CultureInfo.InvariantCulture)),
            ],
            cancellationToken);

    /// <summary>Kills the server and removes its storage.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }

    private static string UnixSeconds(DateTimeOffset time) =>
        (time.ToUnixTimeMilliseconds() / 1000m).ToString(CultureInfo.InvariantCulture);

    private async Task<string> PostAsync(string path, KeyValuePair<string, string>[] form, CancellationToken cancellationToken)
    {
        using FormUrlEncodedContent content = new(form);
        using HttpResponseMessage response = await _client.PostAsync(new Uri(Address, path), content, cancellationToken);
        return await response.Content.ReadAsStringAsync(cancellationToken);
    }

    private async Task WriteConfigurationAsync(CancellationToken cancellationToken)
    {
        string rules = _options.Rules.Length == 0 ? string.Empty : "rule_files: [rules.yml]\n";
        string scrapes = _options.ScrapeConfigs.Length == 0 ? string.Empty : $"scrape_configs:\n{_options.ScrapeConfigs}\n";
        string text = $"global: {{ scrape_interval: {_options.Interval}, scrape_timeout: {_options.Interval}, evaluation_interval: {_options.Interval} }}\n{rules}{scrapes}";
        await File.WriteAllTextAsync(_folder.Combine("prometheus.yml"), text, cancellationToken);
        await File.WriteAllTextAsync(_folder.Combine("rules.yml"), _options.Rules, cancellationToken);
        Directory.CreateDirectory(_folder.Combine("data"));
    }

    private async Task CreateBlocksAsync(string file, CancellationToken cancellationToken)
    {
        // promtool reads the whole file once per block: long blocks keep two weeks at a few passes.
        CommandLine create = new(
            Executables.Require("promtool"),
            "tsdb", "create-blocks-from", "openmetrics", "--quiet", "--max-block-duration=744h", file, _folder.Combine("data"))
        {
            Timeout = TimeSpan.FromMinutes(5),
        };
        CommandResult result = await create.RunAsync(cancellationToken);
        if (result.ExitCode != 0)
        {
            throw new ServerStartException($"`{create}` ended with {result.ExitCode}:\n{result.Output}{result.Error}");
        }
    }

    private async Task RunAsync(int? port, CancellationToken cancellationToken)
    {
        string program = Executables.Require(Program);
        _process = await ServerProcess.StartAsync(
            chosen => new CommandLine(
                program,
                [
                    $"--config.file={_folder.Combine("prometheus.yml")}",
                    $"--storage.tsdb.path={_folder.Combine("data")}",
                    "--storage.tsdb.retention.time=100y",
                    $"--web.listen-address=127.0.0.1:{chosen}",
                    "--web.enable-lifecycle",
                    "--web.enable-admin-api",
                    .. _options.ExtraArguments,
                ]),
            "-/ready",
            port,
            cancellationToken);
    }
}
