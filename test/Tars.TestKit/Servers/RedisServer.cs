using System.Diagnostics;
using System.Net.Sockets;
using System.Text;

namespace Tars.TestKit.Servers;

/// <summary>The real Redis on a loopback port, keeping nothing on disk.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Name of the program.</summary>
    public const string Program = "redis-server";

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);

    private readonly string? _password;
    private RunningCommand _running;

    private RedisServer(int port, string? password, RunningCommand running) => (Port, _password, _running) = (port, password, running);

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>The address as a configuration has it.</summary>
    public string Address => $"redis://127.0.0.1:{Port}/0";

    /// <summary>The process id.</summary>
    public int Id => _running.Id;

    /// <summary>Starts Redis; skips the calling test where it is not installed (fails it when <c>TARS_REQUIRE_SERVERS=1</c>).</summary>
    /// <param name="password">What clients have to say; null for nothing.</param>
    /// <param name="cancellationToken">Stops the waiting.</param>
    /// <exception cref="ServerStartException">It did not become ready.</exception>
    public static async Task<RedisServer> StartAsync(string? password = null, CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            int port = LoopbackPort.Free();
            RedisServer server = new(port, password, Line(port, password).Start());
            if (await server.WaitAsync(cancellationToken))
            {
                return server;
            }

            await server.DisposeAsync();
            if (attempt == 3)
            {
                throw new ServerStartException($"{Program} was not ready within {ReadyLimit.TotalSeconds} s; it wrote:\n{server._running.Output}{server._running.Error}");
            }
        }
    }

    /// <summary>Kills the server with SIGKILL; what it knew is gone.</summary>
    public ValueTask KillAsync() => _running.DisposeAsync();

    /// <summary>Starts it again on its port, empty.</summary>
    /// <exception cref="ServerStartException">It did not become ready.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await _running.DisposeAsync();
        _running = Line(Port, _password).Start();
        if (!await WaitAsync(cancellationToken))
        {
            throw new ServerStartException($"{Program} was not ready again; it wrote:\n{_running.Output}{_running.Error}");
        }
    }

    /// <summary>Says one command and returns the answer's bytes as text, in Redis's own notation.</summary>
    /// <param name="command">Words without white space in them.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<string> SayAsync(string command, CancellationToken cancellationToken = default)
    {
        using TcpClient client = new();
        await client.ConnectAsync("127.0.0.1", Port, cancellationToken);
        NetworkStream stream = client.GetStream();
        string login = _password is null ? string.Empty : $"AUTH {_password}\r\n";
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"{login}{command}\r\n"), cancellationToken);
        byte[] buffer = new byte[65536];
        int read = 0;
        int lines = _password is null ? 1 : 2;
        do
        {
            int got = await stream.ReadAsync(buffer.AsMemory(read), cancellationToken);
            read += got;
            if (got == 0)
            {
                break;
            }
        }
        while (buffer.AsSpan(0, read).Count((byte)'\n') < lines);

        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    /// <summary>Kills the server.</summary>
    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private static CommandLine Line(int port, string? password) => new(
        Executables.Require(Program),
        ["--bind", "127.0.0.1", "--port", $"{port}", "--save", string.Empty, "--appendonly", "no", .. password is null ? Array.Empty<string>() : ["--requirepass", password]]);

    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (watch.Elapsed < ReadyLimit && !_running.HasExited)
        {
            try
            {
                if ((await SayAsync("PING", cancellationToken)).Contains("PONG", StringComparison.Ordinal))
                {
                    return true;
                }
            }
            catch (Exception exception) when (exception is SocketException or IOException)
            {
                // not there yet
            }

            await Task.Delay(25, cancellationToken);
        }

        return false;
    }
}
