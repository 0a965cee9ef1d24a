using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>The usual names of the label that holds where something runs.</summary>
internal static class RegionLabels
{
    // A region is told before the zones inside it. The last are OpenTelemetry's and Kubernetes's attribute names as exporters spell them.
    private static readonly string[] Names =
    [
        "region", "aws_region", "cloud_region", "topology_kubernetes_io_region", "label_topology_kubernetes_io_region",
        "datacenter", "dc",
        "zone", "availability_zone", "az", "cloud_availability_zone", "topology_kubernetes_io_zone", "label_topology_kubernetes_io_zone",
    ];

    /// <summary>The first such label that any of the series carries, and its values in ordinal order; null and none when no series does.</summary>
    public static (string? Label, string[] Regions) In(IReadOnlyList<LabelSet> series)
    {
        string? label = Names.FirstOrDefault(name => series.Any(labels => labels[name] is not null));
        return label is null ? (null, []) : (label, [.. series.Select(labels => labels[label]).OfType<string>().Distinct().Order(StringComparer.Ordinal)]);
    }
}
