namespace Tars.Server.Routes;

public static partial class ApiRoutes
{
    /// <summary>Metrics of the server. With <c>telemetry.metrics_access: authenticated</c> any role may read them, and nobody else; with <c>telemetry.prometheus_port</c> they are there and not here.</summary>
    public static readonly ApiRoute GetMetrics = new("GET", "/metrics", "getMetrics", "Metrics of the server, in the text format of Prometheus", null, LimitClass.None, RequestAudit.Never);

    private static IEnumerable<ApiRoute> OfTelemetry => [GetMetrics];
}
