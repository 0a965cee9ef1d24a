using System.Net;
using System.Text.Json;
using Tars.TestKit.Servers;

namespace Tars.TestKit.Canaries;

/// <summary>
/// A server that repeats every request, headers and body and all, in its answer. With an error's status it is an API's error message in JSON,
/// in a header, and in the reason of the status line; with 200 it is the warnings of a Prometheus that has no series. Programs that show what a
/// server says then show their own credentials.
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

        if (_status == 200)
        {
            await context.Response.OutputStream.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(new Dictionary<string, object>
            {
                ["status"] = "success",
                ["data"] = NoSeries(context.Request.Url!.AbsolutePath),
                ["warnings"] = new[] { echo },
                ["infos"] = new[] { echo },
            }));
            context.Response.Close();
            return;
        }

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

    private static object NoSeries(string path) => path.Split('/')[^1] switch
    {
        "query_range" => new Dictionary<string, object> { ["resultType"] = "matrix", ["result"] = Array.Empty<object>() },
        "query" => new Dictionary<string, object> { ["resultType"] = "vector", ["result"] = Array.Empty<object>() },
        "buildinfo" => new Dictionary<string, object> { ["version"] = "2.53.3", ["revision"] = "repeats" },
        _ => Array.Empty<object>(),
    };
}
