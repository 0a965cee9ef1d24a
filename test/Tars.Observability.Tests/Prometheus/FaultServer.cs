using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tars.Observability.Tests.Prometheus;

/// <summary>A request as it arrived.</summary>
internal sealed record ReceivedRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, string Body)
{
    /// <summary>The parameters, from the address or the form.</summary>
    public string Parameters => Uri.UnescapeDataString(Method == "POST" ? Body : Target);
}

/// <summary>What is sent back.</summary>
internal sealed record PlannedAnswer(int Status, string Body)
{
    public string ContentType { get; init; } = "application/json";

    public IReadOnlyList<string> Headers { get; init; } = [];

    /// <summary>The body's bytes where it is not text.</summary>
    public byte[]? Bytes { get; init; }

    /// <summary>Bytes of the body that are sent before the connection is cut; null for all.</summary>
    public int? CutAfter { get; init; }

    /// <summary>Whether nothing is ever sent.</summary>
    public bool Silent { get; init; }
}

/// <summary>A small HTTP server on loopback that misbehaves as told; one connection per request.</summary>
internal sealed class FaultServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<ReceivedRequest, int, PlannedAnswer> _answer;
    private readonly X509Certificate2? _certificate;
    private readonly X509Certificate2? _clientAuthority;
    private readonly List<ReceivedRequest> _requests = [];
    private readonly Task _loop;

    /// <param name="answer">The answer to a request, given its zero-based number.</param>
    /// <param name="certificate">The server's certificate with key, for TLS.</param>
    /// <param name="clientAuthority">The issuer a client certificate must have, or null for none asked.</param>
    public FaultServer(Func<ReceivedRequest, int, PlannedAnswer> answer, X509Certificate2? certificate = null, X509Certificate2? clientAuthority = null)
    {
        (_answer, _certificate, _clientAuthority) = (answer, certificate, clientAuthority);
        _listener.Start();
        _loop = AcceptAsync();
    }

    public Uri Address => new($"{(_certificate is null ? "http" : "https")}://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    public IReadOnlyList<ReceivedRequest> Requests
    {
        get
        {
            lock (_requests)
            {
                return [.. _requests];
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        List<Task> connections = [];
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stop.Token);
                connections.Add(ServeAsync(client));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using TcpClient owned = client;
        try
        {
            Stream stream = client.GetStream();
            if (_certificate is not null)
            {
                SslStream secure = new(stream, false, (_, certificate, _, _) => _clientAuthority is null || certificate?.Issuer == _clientAuthority.Subject);
                await secure.AuthenticateAsServerAsync(_certificate, clientCertificateRequired: _clientAuthority is not null, checkCertificateRevocation: false);
                stream = secure;
            }

            await using (stream)
            {
                ReceivedRequest request = await ReceiveAsync(stream);
                int number;
                lock (_requests)
                {
                    number = _requests.Count;
                    _requests.Add(request);
                }

                await SendAsync(stream, _answer(request, number));
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away, or was refused: that is what the test is about.
        }
    }

    private async Task SendAsync(Stream stream, PlannedAnswer answer)
    {
        if (answer.Silent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        }

        byte[] body = answer.Bytes ?? Encoding.UTF8.GetBytes(answer.Body);
        StringBuilder head = new();
        head.Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {answer.Status} {(HttpStatusCode)answer.Status}\r\nContent-Type: {answer.ContentType}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n");
        foreach (string header in answer.Headers)
        {
            head.Append(header).Append("\r\n");
        }

        await stream.WriteAsync(Encoding.ASCII.GetBytes(head.Append("\r\n").ToString()), _stop.Token);
        await stream.WriteAsync(body.AsMemory(0, answer.CutAfter ?? body.Length), _stop.Token);
        await stream.FlushAsync(_stop.Token);
    }

    private async Task<ReceivedRequest> ReceiveAsync(Stream stream)
    {
        using StreamReader reader = new(stream, Encoding.ASCII, leaveOpen: true);
        string[] first = ((await reader.ReadLineAsync(_stop.Token)) ?? throw new IOException("no request")).Split(' ');
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
        {
            string[] parts = line.Split(": ", 2);
            headers[parts[0]] = parts[1];
        }

        char[] body = new char[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, CultureInfo.InvariantCulture) : 0];
        if (body.Length > 0)
        {
            await reader.ReadBlockAsync(body, _stop.Token); // with nothing to read it would wait for more
        }

        return new ReceivedRequest(first[0], first[1], headers, new string(body));
    }
}
