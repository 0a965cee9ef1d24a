namespace Tars.Observability.Indicators;

/// <summary>A service, or a piece of infrastructure, and the indicators that describe it.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Kind">Whether it serves requests of its own or carries those that do.</param>
/// <param name="Labels">Matchers added to every query of this service.</param>
/// <param name="RegionLabel">The label whose values are regions, or null when figures are not split by region.</param>
/// <param name="DependsOn">Names of the services it calls.</param>
/// <param name="Indicators">Its indicators, names unique.</param>
public sealed record ServiceDefinition(
    string Name,
    ServiceKind Kind,
    IReadOnlyList<LabelMatcher> Labels,
    string? RegionLabel,
    IReadOnlyList<string> DependsOn,
    IReadOnlyList<IndicatorDefinition> Indicators);

/// <summary>What a definition describes.</summary>
public enum ServiceKind
{
    /// <summary>A service with users.</summary>
    Service,

    /// <summary>Nodes, clusters, databases, caches.</summary>
    Infrastructure,
}
