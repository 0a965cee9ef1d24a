namespace Tars.Statistics.Segmentation;

/// <summary>A place where a series changes its level or its slope.</summary>
/// <param name="Index">Index of the first value of the new segment, in the series as given (missing values counted).</param>
/// <param name="Before">Median of the measured values of the segment before, season included.</param>
/// <param name="After">Median of the measured values of the segment after, season included.</param>
/// <param name="SlopeBefore">Change per measured value in the segment before; 0 when segments have levels only.</param>
/// <param name="SlopeAfter">Change per measured value in the segment after; 0 when segments have levels only.</param>
/// <param name="PValue">
/// Likelihood-ratio p-value of this change between its two neighbouring segments with the effective number of independent values,
/// multiplied by that number for the search over places (Bonferroni), at most 1.
/// </param>
public sealed record ChangePoint(int Index, double Before, double After, double SlopeBefore, double SlopeAfter, double PValue);
