using System.Net;
using System.Text.Json;
using Tars.TestKit.Servers;

namespace Tars.TestKit.Canaries;

/// <summary>
/// A server that refuses every request and repeats it, headers and body and all, in its answer: as an API's error message in JSON, in a
/// header, and in the reason of the status line. Programs that show what a server says then show their own credentials.
/// </summary>
public sealed class EchoingServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly int _status;
    private readonly Task _serving;
    private int _requests;

    private EchoingServer(int status, int port)
    {
        _status = status;
        Address = new Uri($"http://127.0.0.1:{port}");
        _listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Its address.</summary>
    public Uri Address { get; }

    /// <summary>Requests so far.</summary>
    public int RequestCount => Volatile.Read(ref _requests);

    /// <summary>Starts a server that answers <paramref name="status"/> to everything.</summary>
    public static EchoingServer Start(int status) => new(status, LoopbackPort.Free());

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            Interlocked.Increment(ref _requests);
            try
            {
                await AnswerAsync(context);
            }
            catch (HttpListenerException)
            {
                // The client is gone.
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using StreamReader reader = new(context.Request.InputStream);
        string echo = string.Join('\n', [
            $"{context.Request.HttpMethod} {context.Request.RawUrl}",
            .. context.Request.Headers.AllKeys.Select(name => $"{name}: {context.Request.Headers[name]}"),
            string.Empty,
            await reader.ReadToEndAsync(),
        ]);

        // The members that Prometheus, Vault, AWS, Google and Azure report errors in.
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
        {
            ["status"] = "error",
            ["errorType"] = "unauthorized",
            ["error"] = echo,
            ["errors"] = new[] { echo },
            ["message"] = echo,
            ["Message"] = echo,
            ["error_description"] = echo,
        });
        string credentials = context.Request.Headers["Authorization"] ?? "none";
        context.Response.StatusCode = _status;
        context.Response.StatusDescription = $"refused {credentials}";
        context.Response.ContentType = "application/json";
        context.Response.Headers["X-Refused"] = credentials;
        await context.Response.OutputStream.WriteAsync(body);
        context.Response.Close();
    }
}
