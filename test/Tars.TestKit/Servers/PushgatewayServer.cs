using System.Text;

namespace Tars.TestKit.Servers;

/// <summary>The real pushgateway on a loopback port, keeping what is pushed in memory.</summary>
public sealed class PushgatewayServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "prometheus-pushgateway";

    private readonly ServerProcess _process;
    private readonly HttpClient _client;

    private PushgatewayServer(ServerProcess process)
    {
        _process = process;
        _client = new HttpClient { BaseAddress = process.Address };
    }

    /// <summary>The base address; <c>metrics</c> under it is the scrape.</summary>
    public Uri Address => _process.Address;

    /// <summary><c>127.0.0.1:port</c>, as a Prometheus target is written.</summary>
    public string Target => Address.Authority;

    /// <summary>Starts pushgateway; skips the calling test where it is not installed (fails it when <c>TARS_REQUIRE_SERVERS=1</c>).</summary>
    /// <exception cref="ServerStartException">It did not become ready; the message holds its output.</exception>
    public static async Task<PushgatewayServer> StartAsync(IReadOnlyList<string>? extraArguments = null, CancellationToken cancellationToken = default)
    {
        string program = Executables.Require(Program);
        return new PushgatewayServer(await ServerProcess.StartAsync(
            port => new CommandLine(program, [$"--web.listen-address=127.0.0.1:{port}", "--persistence.file=", .. extraArguments ?? []]),
            "-/ready",
            port: null,
            cancellationToken));
    }

    /// <summary>Replaces the group of <paramref name="job"/> by the metrics in <paramref name="exposition"/> (text format, no timestamps).</summary>
    public async Task PushAsync(string job, string exposition, CancellationToken cancellationToken = default)
    {
        using StringContent content = new(exposition, Encoding.UTF8, "text/plain");
        Uri path = new($"metrics/job/{Uri.EscapeDataString(job)}", UriKind.Relative);
        using HttpResponseMessage response = await _client.PutAsync(path, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Kills the process.</summary>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _process.DisposeAsync();
    }
}
