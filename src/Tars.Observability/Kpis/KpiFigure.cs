using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Kpis;

/// <summary>One figure of a report.</summary>
/// <param name="Name">Its stable name, see <see cref="KpiNames"/>.</param>
/// <param name="Unit">Unit of the number: <c>%</c> (0 to 100), <c>ms</c>, <c>1/s</c>, <c>bytes</c>, <c>cores</c>, <c>min</c>, or empty for counts.</param>
/// <param name="Better">Which direction is an improvement.</param>
/// <param name="Figure">The number and its coverage, or why there is none.</param>
/// <param name="Queries">The PromQL texts it rests on; empty when none was sent.</param>
/// <param name="Note">What a reader must know to read the number rightly, or null.</param>
public sealed record KpiFigure(string Name, string Unit, Better Better, Figure Figure, IReadOnlyList<string> Queries, string? Note = null)
{
    /// <summary>The number, or null when nothing was measured.</summary>
    public double? Value => Figure.Value;
}

/// <summary>The figures of one scope: a service, a region, a service in a region, or everything.</summary>
/// <param name="Service">The service, or null for all services.</param>
/// <param name="Region">The region, or null for all regions.</param>
/// <param name="Figures">The figures every scope has, in the order of <see cref="KpiNames"/>.</param>
/// <param name="Others">Figures of every other indicator, in configuration order.</param>
/// <param name="DeltaFromPrimary">
/// For a region other than the primary: each figure minus the same figure of the primary region, where both were measured; the unit of
/// a difference of percentages is percentage points. Empty otherwise.
/// </param>
public sealed record KpiScope(
    string? Service,
    string? Region,
    IReadOnlyList<KpiFigure> Figures,
    IReadOnlyList<KpiFigure> Others,
    IReadOnlyList<KpiFigure> DeltaFromPrimary)
{
    /// <summary>A figure by name, or null when this scope has none of that name.</summary>
    public KpiFigure? Find(string name) => Figures.FirstOrDefault(figure => figure.Name == name) ?? Others.FirstOrDefault(figure => figure.Name == name);
}
