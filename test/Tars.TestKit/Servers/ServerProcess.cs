using System.Diagnostics;
using System.Net;

namespace Tars.TestKit.Servers;

/// <summary>A server program that runs on a loopback port of its own until it is disposed.</summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(60);
    private readonly RunningCommand _running;

    private ServerProcess(RunningCommand running, Uri address)
    {
        _running = running;
        Address = address;
    }

    /// <summary>The base address, <c>http://127.0.0.1:port/</c>.</summary>
    public Uri Address { get; }

    /// <summary>The process id.</summary>
    public int Id => _running.Id;

    /// <summary>Everything the server wrote so far.</summary>
    public string Log => _running.Output + _running.Error;

    /// <summary>
    /// Starts a program on a free port and returns when <paramref name="readyPath"/> answers 200.
    /// </summary>
    /// <param name="command">Makes the command line for a port; called again with another port when that one was taken meanwhile.</param>
    /// <param name="readyPath">Path of the readiness question, relative to the address.</param>
    /// <param name="port">A fixed port, or null for a free one.</param>
    /// <param name="cancellationToken">Stops the waiting; the process is killed.</param>
    /// <exception cref="ServerStartException">It ended or was not ready within a minute.</exception>
    public static async Task<ServerProcess> StartAsync(
        Func<int, CommandLine> command,
        string readyPath,
        int? port,
        CancellationToken cancellationToken = default)
    {
        for (int attempt = 1; ; attempt++)
        {
            int chosen = port ?? LoopbackPort.Free();
            CommandLine line = command(chosen);
            ServerProcess server = new(line.Start(), new Uri($"http://127.0.0.1:{chosen}/"));
            string? failure = await server.WaitUntilReadyAsync(readyPath, cancellationToken);
            if (failure is null)
            {
                return server;
            }

            string log = server.Log;
            await server.DisposeAsync();
            if (attempt == 3 || !log.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                throw new ServerStartException($"`{line}` {failure}; it wrote:\n{log}");
            }
        }
    }

    /// <summary>Kills the process by its id and waits for its end.</summary>
    public ValueTask DisposeAsync() => _running.DisposeAsync();

    private async Task<string?> WaitUntilReadyAsync(string readyPath, CancellationToken cancellationToken)
    {
        using HttpClient client = new() { BaseAddress = Address, Timeout = TimeSpan.FromSeconds(5) };
        Stopwatch watch = Stopwatch.StartNew();
        try
        {
            while (watch.Elapsed < ReadyLimit)
            {
                if (_running.HasExited)
                {
                    await _running.WaitAsync(cancellationToken);
                    return "ended at once";
                }

                if (await AnswersAsync(client, readyPath, cancellationToken))
                {
                    return null;
                }

                await Task.Delay(25, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
            throw;
        }

        return $"did not answer {readyPath} within {ReadyLimit.TotalSeconds} s";
    }

    private static async Task<bool> AnswersAsync(HttpClient client, string readyPath, CancellationToken cancellationToken)
    {
        try
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri(readyPath, UriKind.Relative), cancellationToken);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
        catch (TaskCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }
}
