using Microsoft.AspNetCore.Http;

namespace Tars.Server.Telemetry;

/// <summary>What is measured of requests and connections in this process.</summary>
internal sealed class RequestMeasurements
{
    /// <summary>The endpoint of requests that no route fits: their paths are anything, and one name for all.</summary>
    public const string Unmatched = "unmatched";

    private static readonly double[] Bounds = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private long _connections;

    /// <summary>No request yet.</summary>
    /// <param name="prefix">What names begin with.</param>
    public RequestMeasurements(string prefix)
    {
        Requests = new($"{prefix}_api_requests_total", "Requests that were answered, by route, method and HTTP status.", key => MetricFamily.Labels(
            ("endpoint", key.Endpoint), ("method", key.Method), ("status", key.Status.ToString(System.Globalization.CultureInfo.InvariantCulture))));
        Latency = new($"{prefix}_api_latency_seconds", "How long requests took until their answer was complete, by route and method.", Bounds, key => MetricFamily.Labels(("endpoint", key.Endpoint), ("method", key.Method)));
        Connections = LookedUpFamily.Gauge($"{prefix}_active_connections", "Connections of clients that are open now.", () => [(string.Empty, Interlocked.Read(ref _connections))]);
    }

    /// <summary>Requests.</summary>
    public CounterFamily<(string Endpoint, string Method, int Status)> Requests { get; }

    /// <summary>How long they took.</summary>
    public HistogramFamily<(string Endpoint, string Method)> Latency { get; }

    /// <summary>Open connections.</summary>
    public LookedUpFamily Connections { get; }

    /// <summary>A connection was opened (1) or closed (-1).</summary>
    public void Connected(int change) => Interlocked.Add(ref _connections, change);

    /// <summary>A request was answered.</summary>
    /// <param name="endpoint">The route's template.</param>
    /// <param name="method">The method, as the client wrote it.</param>
    /// <param name="status">The HTTP status.</param>
    /// <param name="duration">How long it took.</param>
    public void Answered(string endpoint, string method, int status, TimeSpan duration)
    {
        string known = Known(method);
        Requests.Add((endpoint, known, status));
        Latency.Observe((endpoint, known), duration);
    }

    // A client may write any word for a method.
    private static string Known(string method) =>
        HttpMethods.IsGet(method) ? HttpMethods.Get
        : HttpMethods.IsPost(method) ? HttpMethods.Post
        : HttpMethods.IsHead(method) ? HttpMethods.Head
        : HttpMethods.IsPut(method) ? HttpMethods.Put
        : HttpMethods.IsPatch(method) ? HttpMethods.Patch
        : HttpMethods.IsDelete(method) ? HttpMethods.Delete
        : HttpMethods.IsOptions(method) ? HttpMethods.Options
        : "other";
}
