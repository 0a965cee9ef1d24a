using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tars.TestKit.Servers;

/// <summary>A loopback port that leads to another one, and can be cut: a network between a program and its server that fails in the two ways networks do.</summary>
public sealed class CutProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<TcpClient, bool> _open = new();
    private readonly int _target;
    private readonly Task _accepting;
    private volatile TaskCompletionSource _flowing = Flowing();
    private volatile bool _isCut;
    private byte[]? _unanswered;
    private bool _cutsThen;

    /// <summary>Begins to listen.</summary>
    /// <param name="target">The port on 127.0.0.1 that it leads to.</param>
    public CutProxy(int target)
    {
        _target = target;
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port { get; }

    /// <summary>Connections break, and new ones are closed at once.</summary>
    public void Cut()
    {
        _isCut = true;
        foreach (TcpClient client in _open.Keys)
        {
            client.Close();
        }
    }

    /// <summary>Connections stay open and nothing goes through them.</summary>
    public void Stall() => _flowing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// The next request that holds this text reaches the server and is carried out, and its answer does not come back: the connection is closed in its place, when the server
    /// has answered.
    /// </summary>
    /// <param name="text">ASCII.</param>
    /// <param name="cuts">Whether the network is cut from then on.</param>
    public void LoseAnswerTo(string text, bool cuts = false)
    {
        _cutsThen = cuts;
        Volatile.Write(ref _unanswered, Encoding.ASCII.GetBytes(text));
    }

    /// <summary>All is well again. What was on its way when it stalled arrives.</summary>
    public void Heal()
    {
        _isCut = false;
        TaskCompletionSource stalled = _flowing;
        _flowing = Flowing();
        stalled.TrySetResult();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        _listener.Dispose();
        Cut();
        _flowing.TrySetResult();
        await _accepting;
        _end.Dispose();
    }

    private static TaskCompletionSource Flowing()
    {
        TaskCompletionSource flowing = new();
        flowing.SetResult();
        return flowing;
    }

    private async Task AcceptAsync()
    {
        while (!_end.IsCancellationRequested)
        {
            try
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_end.Token);
                _ = ServeAsync(client);
            }
            catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient server = new();
        using (client)
        {
            _open[client] = true;
            _open[server] = true;
            try
            {
                if (!_isCut)
                {
                    await _flowing.Task; // what is not there cannot be reached
                    await server.ConnectAsync(IPAddress.Loopback, _target);
                    client.NoDelay = server.NoDelay = true;
                    Connection connection = new();
                    await Task.WhenAny(CopyAsync(client.GetStream(), server.GetStream(), connection, isRequest: true), CopyAsync(server.GetStream(), client.GetStream(), connection, isRequest: false));
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
            {
                // A connection that was cut.
            }
            finally
            {
                _open.TryRemove(client, out _);
                _open.TryRemove(server, out _);
            }
        }
    }

    private async Task CopyAsync(NetworkStream from, NetworkStream to, Connection connection, bool isRequest)
    {
        try
        {
            byte[] buffer = new byte[16 * 1024];
            int read;
            while ((read = await from.ReadAsync(buffer)) > 0)
            {
                await _flowing.Task;
                if (isRequest && Volatile.Read(ref _unanswered) is { } text && buffer.AsSpan(0, read).IndexOf(text) >= 0 && Interlocked.Exchange(ref _unanswered, null) is not null)
                {
                    connection.IsUnanswered = true;
                }

                if (!isRequest && connection.IsUnanswered)
                {
                    if (_cutsThen)
                    {
                        Cut();
                    }

                    return;
                }

                await to.WriteAsync(buffer.AsMemory(0, read));
            }
        }
        catch (Exception exception) when (exception is IOException or SocketException or ObjectDisposedException)
        {
            // A connection that was cut.
        }
    }

    private sealed class Connection
    {
        public volatile bool IsUnanswered;
    }
}
