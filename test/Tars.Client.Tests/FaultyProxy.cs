using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tars.Client.Tests;

/// <summary>What a proxy does to one request.</summary>
internal abstract record Fault
{
    /// <summary>Lets the request through to the server, and loses the answer whole.</summary>
    public sealed record LoseAnswer : Fault;

    /// <summary>Lets the answer through up to this many bytes, and resets the connection.</summary>
    public sealed record CutAnswer(int After) : Fault;

    /// <summary>Changes the last byte of the answer.</summary>
    public sealed record ChangeAnswer : Fault;

    /// <summary>Does not let the request through, and answers by itself.</summary>
    public sealed record AnswerInstead(string Status, string Headers, string Body) : Fault;

    /// <summary>Keeps the request, and says nothing.</summary>
    public sealed record Silence : Fault;
}

/// <summary>A TCP proxy before a server: one request for each connection, noted, and spoiled as a test wants it.</summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _ends = new();
    private readonly ConcurrentQueue<(string Path, Fault Fault)> _faults = new();
    private readonly Task _accepting;

    public FaultyProxy(Uri target)
    {
        Target = target;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");
        _accepting = AcceptAsync();
    }

    /// <summary>Where it is reached.</summary>
    public Uri Address { get; }

    /// <summary>Where requests go; nobody listens there while a server restarts.</summary>
    public Uri Target { get; set; }

    /// <summary>The heads of the requests that came, in their order.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>Spoils the next request of this path.</summary>
    public void Spoil(string path, params Fault[] faults) => Array.ForEach(faults, fault => _faults.Enqueue((path, fault)));

    /// <summary>How many requests of a path came.</summary>
    public int Count(string path) => Requests.Count(head => head.Split(' ')[1].Split('?')[0] == path);

    public async ValueTask DisposeAsync()
    {
        await _ends.CancelAsync();
        _listener.Dispose();
        await _accepting;
        _ends.Dispose();
    }

    private async Task AcceptAsync()
    {
        ConcurrentBag<Task> served = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_ends.Token);
                served.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                (string head, byte[] rest) = await ReadRequestAsync(stream);
                Requests.Enqueue(head);
                await AnswerAsync(client, stream, head, rest, FaultOf(head.Split(' ')[1].Split('?')[0]));
            }
            catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException or EndOfStreamException)
            {
                // The connection is over: that is what the client has to live with.
            }
        }
    }

    private Fault? FaultOf(string path)
    {
        lock (_faults)
        {
            return _faults.TryPeek(out (string Path, Fault Fault) next) && next.Path == path && _faults.TryDequeue(out next) ? next.Fault : null;
        }
    }

    private async Task AnswerAsync(TcpClient client, NetworkStream stream, string head, byte[] body, Fault? fault)
    {
        switch (fault)
        {
            case Fault.AnswerInstead instead:
                await stream.WriteAsync(Encoding.UTF8.GetBytes($"HTTP/1.1 {instead.Status}\r\n{instead.Headers}Content-Length: {Encoding.UTF8.GetByteCount(instead.Body)}\r\nConnection: close\r\n\r\n{instead.Body}"), _ends.Token);
                return;
            case Fault.Silence:
                await Task.Delay(Timeout.Infinite, _ends.Token);
                return;
        }

        byte[] answer = await AskServerAsync(head, body);
        if (fault is Fault.ChangeAnswer)
        {
            answer[^1] ^= 1;
        }

        int length = fault switch
        {
            Fault.LoseAnswer => 0,
            Fault.CutAnswer cut => Math.Min(cut.After, answer.Length - 1),
            _ => answer.Length,
        };
        await stream.WriteAsync(answer.AsMemory(0, length), _ends.Token);
        if (length < answer.Length)
        {
            await Task.Delay(20, _ends.Token); // what was written is to arrive before the reset
            client.Client.LingerState = new LingerOption(true, 0);
        }
    }

    private async Task<byte[]> AskServerAsync(string head, byte[] body)
    {
        using TcpClient server = new();
        await server.ConnectAsync(Target.Host, Target.Port, _ends.Token);
        NetworkStream stream = server.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n", StringComparison.Ordinal)), _ends.Token);
        await stream.WriteAsync(body, _ends.Token);
        using MemoryStream answer = new();
        await stream.CopyToAsync(answer, _ends.Token);
        return answer.ToArray();
    }

    private async Task<(string Head, byte[] Body)> ReadRequestAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, _ends.Token);
            head.Add(one[0]);
        }

        string text = Encoding.ASCII.GetString([.. head]);
        string? length = text.Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
        byte[] body = new byte[length is null ? 0 : int.Parse(length.Split(':')[1], System.Globalization.CultureInfo.InvariantCulture)];
        await stream.ReadExactlyAsync(body, _ends.Token);
        return (text, body);
    }
}
