namespace Tars.TestKit.Servers;

/// <summary>The real node-exporter on a loopback port, measuring this machine.</summary>
public sealed class NodeExporterServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "prometheus-node-exporter";

    private readonly ServerProcess _process;

    private NodeExporterServer(ServerProcess process) => _process = process;

    /// <summary>The base address; <c>metrics</c> under it is the scrape.</summary>
    public Uri Address => _process.Address;

    /// <summary><c>127.0.0.1:port</c>, as a Prometheus target is written.</summary>
    public string Target => Address.Authority;

    /// <summary>Starts node-exporter; skips the calling test where it is not installed (fails it when <c>TARS_REQUIRE_SERVERS=1</c>).</summary>
    /// <exception cref="ServerStartException">It did not become ready; the message holds its output.</exception>
    public static async Task<NodeExporterServer> StartAsync(IReadOnlyList<string>? extraArguments = null, CancellationToken cancellationToken = default)
    {
        string program = Executables.Require(Program);
        return new NodeExporterServer(await ServerProcess.StartAsync(
            port => new CommandLine(program, [$"--web.listen-address=127.0.0.1:{port}", .. extraArguments ?? []]),
            string.Empty,
            port: null,
            cancellationToken));
    }

    /// <summary>Kills the process.</summary>
    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
