using System.Globalization;
using System.Text;

namespace Tars.TestKit.Servers;

/// <summary>
/// The real single-node VictoriaMetrics on a loopback port, with a storage of its own that keeps samples of any age, no
/// response cache and no latency offset: what was imported is seen by the next query.
/// </summary>
public sealed class VictoriaMetricsServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "victoria-metrics";

    private readonly TemporaryDirectory _folder;
    private readonly ServerProcess _process;
    private readonly HttpClient _client;

    private VictoriaMetricsServer(TemporaryDirectory folder, ServerProcess process)
    {
        _folder = folder;
        _process = process;
        _client = new HttpClient { BaseAddress = process.Address, Timeout = TimeSpan.FromMinutes(2) };
    }

    /// <summary>The base address, <c>http://127.0.0.1:port/</c>; it answers <c>/api/v1</c> as Prometheus does.</summary>
    public Uri Address => _process.Address;

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>What the server wrote so far.</summary>
    public string Log => _process.Log;

    /// <summary>
    /// Starts VictoriaMetrics and returns when it is ready. Skips the calling test where it is not installed (fails it when
    /// <c>TARS_REQUIRE_SERVERS=1</c>).
    /// </summary>
    /// <exception cref="ServerStartException">It did not become ready; the message holds its output.</exception>
    public static async Task<VictoriaMetricsServer> StartAsync(IReadOnlyList<string>? extraArguments = null, CancellationToken cancellationToken = default)
    {
        string program = Executables.Require(Program);
        TemporaryDirectory folder = new();
        try
        {
            ServerProcess process = await ServerProcess.StartAsync(
                port => new CommandLine(
                    program,
                    [
                        $"-storageDataPath={folder.Combine("data")}",
                        $"-httpListenAddr=127.0.0.1:{port}",
                        "-retentionPeriod=100y",
                        "-search.latencyOffset=0s",
                        "-search.disableCache",
                        "-memory.allowedBytes=512MiB",
                        .. extraArguments ?? [],
                    ]),
                "health",
                port: null,
                cancellationToken);
            return new VictoriaMetricsServer(folder, process);
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Imports an OpenMetrics file, the same that <see cref="PrometheusServer.LoadOpenMetricsAsync"/> reads: its timestamps in
    /// seconds become the milliseconds that the import asks for.
    /// </summary>
    public async Task LoadOpenMetricsAsync(string file, CancellationToken cancellationToken = default)
    {
        StringBuilder lines = new();
        await foreach (string line in File.ReadLinesAsync(file, cancellationToken))
        {
            if (line.Length > 0 && line[0] != '#')
            {
                int last = line.LastIndexOf(' ');
                decimal seconds = decimal.Parse(line.AsSpan(last + 1), NumberStyles.Float, CultureInfo.InvariantCulture);
                lines.Append(line, 0, last + 1).Append((long)(seconds * 1000)).Append('\n');
            }
        }

        await ImportAsync("api/v1/import/prometheus", lines.ToString(), cancellationToken);
    }

    /// <summary>Imports JSON lines (<c>{"metric":{…},"values":[…],"timestamps":[ms…]}</c>) through <c>/api/v1/import</c>.</summary>
    public Task ImportJsonLinesAsync(string lines, CancellationToken cancellationToken = default) =>
        ImportAsync("api/v1/import", lines, cancellationToken);

    /// <summary>Kills the server; its address answers nothing any more.</summary>
    public ValueTask KillAsync() => _process.DisposeAsync();

    /// <summary>Kills the server and removes its storage.</summary>
    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        _client.Dispose();
        _folder.Dispose();
    }

    private async Task ImportAsync(string path, string body, CancellationToken cancellationToken)
    {
        using StringContent content = new(body);
        using HttpResponseMessage response = await _client.PostAsync(new Uri(path, UriKind.Relative), content, cancellationToken);
        response.EnsureSuccessStatusCode();

        // Imported samples are held back for about a second unless they are flushed; then they are searchable at once.
        using HttpResponseMessage flushed = await _client.GetAsync(new Uri("internal/force_flush", UriKind.Relative), cancellationToken);
        flushed.EnsureSuccessStatusCode();
        using HttpResponseMessage reset = await _client.GetAsync(new Uri("internal/resetRollupResultCache", UriKind.Relative), cancellationToken);
        reset.EnsureSuccessStatusCode();
    }
}
