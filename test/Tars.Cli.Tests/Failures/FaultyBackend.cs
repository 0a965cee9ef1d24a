using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Tars.Cli.Tests.Failures;

/// <summary>What a <see cref="FaultyBackend"/> answers in place of the backend behind it.</summary>
internal sealed record FaultyAnswer(int Status, string Body, string ContentType = "text/plain");

/// <summary>
/// A backend that fails as it is told. It counts requests, waits before each answer, gives the fault that is chosen for a request, and
/// passes what gets none on to the backend behind it.
/// </summary>
internal sealed class FaultyBackend : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly HttpClient _client = new();
    private readonly Uri? _upstream;
    private readonly TimeSpan _delay;
    private readonly Func<string, FaultyAnswer?> _fault;
    private int _requests;
    private int _refused;

    private FaultyBackend(Uri? upstream, TimeSpan delay, Func<string, FaultyAnswer?> fault)
    {
        (_upstream, _delay, _fault) = (upstream, delay, fault);
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Run(HandleAsync);
    }

    /// <summary>The base address without a slash at its end.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Every request must carry one of these bearer tokens from now on, or is answered 401; none asks for none.</summary>
    public IReadOnlyList<string> BearerTokens { get; set; } = [];

    /// <summary>Requests that were answered 401 for their token.</summary>
    public int RefusedCount => Volatile.Read(ref _refused);

    /// <summary>Requests so far.</summary>
    public int RequestCount => Volatile.Read(ref _requests);

    /// <summary>A backend that gives one answer to everything.</summary>
    public static Task<FaultyBackend> StartAsync(FaultyAnswer always) => StartAsync(null, TimeSpan.Zero, _ => always);

    /// <summary>A backend in front of another one.</summary>
    /// <param name="upstream">The other one; null where <paramref name="fault"/> answers everything.</param>
    /// <param name="delay">The wait before each answer.</param>
    /// <param name="fault">The fault for a request, given its decoded path and body; null for none.</param>
    public static async Task<FaultyBackend> StartAsync(Uri? upstream, TimeSpan delay, Func<string, FaultyAnswer?> fault)
    {
        FaultyBackend backend = new(upstream, delay, fault);
        await backend._application.StartAsync();
        backend.Address = backend._application.Urls.Single();
        return backend;
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        _client.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (BearerTokens is { Count: > 0 } tokens && !tokens.Any(token => context.Request.Headers.Authorization == $"Bearer {token}"))
        {
            Interlocked.Increment(ref _refused);
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using StreamReader reader = new(context.Request.Body);
        string body = await reader.ReadToEndAsync(context.RequestAborted);
        await Task.Delay(_delay, context.RequestAborted);
        string path = context.Request.Path + context.Request.QueryString.Value;
        if (_fault(WebUtility.UrlDecode($"{path} {body}")) is { } fault)
        {
            context.Response.StatusCode = fault.Status;
            context.Response.ContentType = fault.ContentType;
            await context.Response.WriteAsync(fault.Body, context.RequestAborted);
            return;
        }

        using HttpRequestMessage request = new(new HttpMethod(context.Request.Method), new Uri(_upstream!, path));
        if (context.Request.ContentType is { } type)
        {
            request.Content = new StringContent(body);
            request.Content.Headers.ContentType = System.Net.Http.Headers.MediaTypeHeaderValue.Parse(type);
        }

        using HttpResponseMessage response = await _client.SendAsync(request, context.RequestAborted);
        context.Response.StatusCode = (int)response.StatusCode;
        context.Response.ContentType = response.Content.Headers.ContentType?.ToString();
        await context.Response.Body.WriteAsync(await response.Content.ReadAsByteArrayAsync(context.RequestAborted), context.RequestAborted);
    }
}
