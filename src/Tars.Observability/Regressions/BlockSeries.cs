using Tars.Observability.Indicators;

namespace Tars.Observability.Regressions;

/// <summary>One figure of one service, block by block.</summary>
/// <param name="Key">The indicator.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Better">Which direction is an improvement.</param>
/// <param name="Values">One value per block in the unit; NaN where not measured.</param>
/// <param name="Events">For an error rate the errors of each block; null otherwise.</param>
/// <param name="Exposure">For an error rate the requests of each block; null otherwise.</param>
/// <param name="MinimumEffect">The smallest effect worth a finding.</param>
/// <param name="MinimumIsAbsolute">Whether that is in the unit.</param>
/// <param name="Note">How it was obtained where that matters, or null.</param>
/// <param name="Missing">Why there are no values at all, or null.</param>
internal sealed record BlockSeries(
    IndicatorKey Key,
    string Metric,
    string Unit,
    Better Better,
    double[] Values,
    double[]? Events,
    double[]? Exposure,
    double MinimumEffect,
    bool MinimumIsAbsolute,
    string? Note,
    string? Missing);
