using Tars.Observability.Indicators;

namespace Tars.Observability.Anomalies;

/// <summary>First steps by kind and figure. They are general advice, marked so wherever they are shown; nothing in them was found out.</summary>
internal static class Suggestions
{
    /// <summary>One to three steps.</summary>
    public static IReadOnlyList<string> For(AnomalyKind kind, string metric, string unit, bool isBackend) => (kind, isBackend) switch
    {
        (AnomalyKind.MissingData, true) =>
        [
            "Check the monitoring backend: its own logs, disk and restarts in this time.",
            "Treat figures of this time as unknown; the services may have been well or not.",
        ],
        (AnomalyKind.MissingData, false) =>
        [
            "Check whether the targets were up and reachable for scraping.",
            "Check whether a metric or label was renamed by a deployment.",
        ],
        (AnomalyKind.Flatline, _) =>
        [
            "Check whether the exporter still updates this gauge or repeats a cached value.",
            "Do not rely on alerts on this figure until it moves again.",
        ],
        (AnomalyKind.Drift, _) when metric == IndicatorNames.Memory =>
        [
            "Compare heap profiles from the start and the end of the growth.",
            "Estimate when the limit is reached and plan a restart before.",
        ],
        (AnomalyKind.Drift, _) => ["Find what grows with it: data volume, connections, cache size.", "Estimate when a limit is reached."],
        (AnomalyKind.Drop, _) when metric == MetricNames.RequestRate =>
        [
            "Check what lies before the service: DNS, load balancer, callers.",
            "Check whether clients see errors that never reach the service.",
        ],
        (AnomalyKind.LevelShift, _) => ["Compare deployments and configuration changes around the start.", "Roll back in one region and compare, if one change stands out."],
        (_, _) when metric == MetricNames.ErrorRate =>
        [
            "Group failed requests by route and status code in this time.",
            "Check dependencies and the last deployment before the start.",
        ],
        (_, _) when unit == "ms" =>
        [
            "Compare slow and fast requests of this time: route, region, dependency.",
            "Check saturation (CPU, pools, queues) of the service and what it calls.",
        ],
        _ => ["Compare with deployments, jobs and traffic of this time.", "Check whether users were affected: error rate and latency."],
    };
}
