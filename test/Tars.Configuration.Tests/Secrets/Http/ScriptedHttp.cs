using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tars.Configuration.Tests.Secrets.Http;

/// <summary>One request as it came.</summary>
internal sealed record ScriptedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    public string? Header(string name) => Headers.GetValueOrDefault(name);

    /// <summary>A field of a form body, decoded.</summary>
    public string? Field(string name) => Body.Split('&').Select(pair => pair.Split('=', 2))
        .Where(pair => pair.Length == 2 && pair[0] == name).Select(pair => Uri.UnescapeDataString(pair[1])).SingleOrDefault();
}

/// <summary>What is answered: status, headers and body; after a delay, or with less body than announced.</summary>
internal sealed record ScriptedAnswer(int Status, string Body, params string[] Headers)
{
    public TimeSpan Delay { get; init; }

    /// <summary>Bytes announced beyond those sent.</summary>
    public int Missing { get; init; }

    /// <summary>Exactly these bytes instead.</summary>
    public byte[]? Raw { get; init; }
}

/// <summary>
/// An HTTP/1.1 server on a loopback port that answers by a function of the test, for behaviour below any protocol (broken, slow, endless
/// answers) and for answers quoted from documentation. The protocols themselves are tested against the servers of the test kit.
/// </summary>
internal sealed class ScriptedHttp : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly Lock _gate = new();
    private readonly List<ScriptedRequest> _requests = [];
    private readonly Func<ScriptedRequest, ScriptedAnswer> _answer;
    private readonly Task _loop;

    public ScriptedHttp(Func<ScriptedRequest, ScriptedAnswer> answer)
    {
        _answer = answer;
        _listener.Start();
        Address = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _loop = AcceptAsync();
    }

    public ScriptedHttp(params ScriptedAnswer[] answers)
        : this(InOrder(answers))
    {
    }

    public Uri Address { get; }

    public IReadOnlyList<ScriptedRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The listener ends last: the loop may be about to ask it for another connection.
        await _end.CancelAsync();
        await _loop;
        _listener.Dispose();
        _end.Dispose();
    }

    // The last one is repeated.
    private static Func<ScriptedRequest, ScriptedAnswer> InOrder(ScriptedAnswer[] answers)
    {
        int next = -1;
        return _ => answers[Math.Min(Interlocked.Increment(ref next), answers.Length - 1)];
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                if (await ReadAsync(stream) is not { } request)
                {
                    return;
                }

                lock (_gate)
                {
                    _requests.Add(request);
                }

                ScriptedAnswer answer = _answer(request);
                await Task.Delay(answer.Delay, _end.Token);
                byte[] body = Encoding.UTF8.GetBytes(answer.Body);
                string head = string.Create(
                    CultureInfo.InvariantCulture,
                    $"HTTP/1.1 {answer.Status} Scripted\r\nConnection: close\r\nContent-Length: {body.Length + answer.Missing}\r\n{string.Concat(answer.Headers.Select(header => header + "\r\n"))}\r\n");
                await stream.WriteAsync(answer.Raw ?? [.. Encoding.ASCII.GetBytes(head), .. body], _end.Token);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // The client gave up, or the test ended.
            }
        }
    }

    private async Task<ScriptedRequest?> ReadAsync(NetworkStream stream)
    {
        List<byte> bytes = [];
        byte[] buffer = new byte[4096];
        int head = -1;
        int length = 0;
        while (head < 0 || bytes.Count < head + length)
        {
            int read = await stream.ReadAsync(buffer, _end.Token);
            if (read == 0)
            {
                return null;
            }

            bytes.AddRange(buffer.AsSpan(0, read));
            if (head < 0 && Encoding.Latin1.GetString([.. bytes]).IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and int end)
            {
                head = end + 4;
                length = int.Parse(Headers(bytes, head).GetValueOrDefault("Content-Length", "0"), CultureInfo.InvariantCulture);
            }
        }

        string[] line = Encoding.Latin1.GetString([.. bytes]).Split('\r', 2)[0].Split(' ');
        return new ScriptedRequest(line[0], line[1], Headers(bytes, head), Encoding.UTF8.GetString(bytes.GetRange(head, length).ToArray()));
    }

    private static Dictionary<string, string> Headers(List<byte> bytes, int head) =>
        Encoding.Latin1.GetString(bytes.GetRange(0, head).ToArray()).Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(':', 2)).ToDictionary(pair => pair[0], pair => pair[1].Trim(), StringComparer.OrdinalIgnoreCase);
}
