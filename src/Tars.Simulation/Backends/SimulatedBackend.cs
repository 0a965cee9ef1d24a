using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Tars.Simulation.Fleets;

namespace Tars.Simulation.Backends;

/// <summary>
/// A backend with the Prometheus HTTP API v1 that holds a simulated fleet. It listens on loopback only, on a port of its own. Of PromQL it
/// evaluates the subset that T.A.R.S. writes and refuses the rest as bad data; ranges include both ends, as in Prometheus before 3.0.
/// It stores no staleness markers: a series that ends is seen by instant selectors for five more minutes. "Now" is the end of the fleet.
/// </summary>
public sealed class SimulatedBackend : IAsyncDisposable
{
    private readonly WebApplication _application;
    private int _behaviour;
    private long _requests;

    private SimulatedBackend(SimulatedFleet fleet, TimeProvider time)
    {
        // The empty builder reads no settings from files or the environment: nothing can make it listen elsewhere.
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0));
        _application = builder.Build();
        _application.Use(next => context => HandleAsync(next, context, time));
        _application.UseRouting();
        SeriesStore store = new(fleet);
        Map(new QueryRoutes(store), new IndexRoutes(store));
    }

    /// <summary>The base address, <c>http://127.0.0.1:port/</c>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1/");

    /// <summary>Requests taken so far, failed ones included.</summary>
    public long RequestCount => Interlocked.Read(ref _requests);

    /// <summary>How requests are treated from now on; may be set at any time from any thread.</summary>
    public BackendBehaviour Behaviour
    {
        get => (BackendBehaviour)Volatile.Read(ref _behaviour);
        set => Volatile.Write(ref _behaviour, (int)value);
    }

    /// <summary>Starts a backend; it answers when the task ends.</summary>
    /// <param name="fleet">What it holds; not copied.</param>
    /// <param name="time">The clock of <see cref="BackendBehaviour.Slow"/>.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    public static async Task<SimulatedBackend> StartAsync(SimulatedFleet fleet, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(fleet);
        ArgumentNullException.ThrowIfNull(time);
        SimulatedBackend backend = new(fleet, time);
        await backend._application.StartAsync(cancellationToken).ConfigureAwait(false);
        backend.Address = new Uri(backend._application.Urls.Single());
        return backend;
    }

    /// <summary>Stops listening.</summary>
    public async ValueTask DisposeAsync() => await _application.DisposeAsync().ConfigureAwait(false);

    private void Map(QueryRoutes queries, IndexRoutes index)
    {
        string[] both = [HttpMethods.Get, HttpMethods.Post];
        _application.MapMethods("/api/v1/query", both, queries.QueryAsync);
        _application.MapMethods("/api/v1/query_range", both, queries.QueryRangeAsync);
        _application.MapMethods("/api/v1/series", both, index.SeriesAsync);
        _application.MapMethods("/api/v1/labels", both, index.LabelsAsync);
        _application.MapGet("/api/v1/label/{name}/values", (RequestDelegate)index.LabelValuesAsync);
        _application.MapGet("/api/v1/metadata", (RequestDelegate)IndexRoutes.MetadataAsync);
        _application.MapGet("/api/v1/status/buildinfo", (RequestDelegate)IndexRoutes.BuildInformationAsync);
        _application.MapGet("/api/v1/rules", (RequestDelegate)index.RulesAsync);
        _application.MapGet("/api/v1/alerts", (RequestDelegate)index.AlertsAsync);
        _application.MapGet("/-/ready", (RequestDelegate)(context => context.Response.WriteAsync("Simulated backend is Ready.\n", context.RequestAborted)));
    }

    private async Task HandleAsync(RequestDelegate next, HttpContext context, TimeProvider time)
    {
        Interlocked.Increment(ref _requests);
        switch (Behaviour)
        {
            case BackendBehaviour.Unavailable:
                context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
                context.Response.Headers.RetryAfter = "1";
                return;
            case BackendBehaviour.DropsConnections:
                context.Abort();
                return;
            case BackendBehaviour.Slow:
                await Task.Delay(TimeSpan.FromSeconds(1), time, context.RequestAborted).ConfigureAwait(false);
                break;
            default:
                break;
        }

        try
        {
            await next(context).ConfigureAwait(false);
        }
        catch (ApiException exception)
        {
            await AnswerWriter.ErrorAsync(context.Response, exception).ConfigureAwait(false);
        }
    }
}
