namespace Tars.Observability.Regressions;

/// <summary>Where a series changed, for <c>tars regressions changepoints</c>.</summary>
/// <param name="ChangePoints">The changes, by index.</param>
public sealed record ChangePointReport(IReadOnlyList<TimedChangePoint> ChangePoints);

/// <summary>One change.</summary>
/// <param name="Index">Index of the first value of the new segment, counted from 0 over all rows, missing values included.</param>
/// <param name="Timestamp">The timestamp of that row as it was written.</param>
/// <param name="Before">Median of the segment before.</param>
/// <param name="After">Median of the segment after.</param>
/// <param name="PValue">p-value of this change in [0, 1].</param>
public sealed record TimedChangePoint(int Index, string Timestamp, double Before, double After, double PValue);
