using Tars.Observability.TimeSeries;

namespace Tars.Observability.Objectives;

/// <summary>
/// A score in [0, 100] that agrees with the objectives: at least <see cref="Healthy"/> exactly when every judged comparison passes. The
/// score of a comparison follows from what it consumes of its allowance, c (bad share ÷ allowed share; quantile ÷ limit): 100 − 10·c up to
/// c = 1, beyond it 90 ÷ c; the score of many is the smallest. See docs/math.md, "Stability".
/// </summary>
public static class ObjectiveScore
{
    /// <summary>The smallest score of a comparison that passes: exactly on the objective.</summary>
    public const double Healthy = 90;

    /// <summary>Below this an objective is missed by far: its allowance was consumed 1.8 times.</summary>
    public const double Critical = 50;

    /// <summary>The score of judged comparisons; no data when none could be judged.</summary>
    /// <param name="results">Comparisons; those inconclusive have no score and do not enter.</param>
    public static Figure Of(IEnumerable<ObjectiveResult> results)
    {
        ArgumentNullException.ThrowIfNull(results);
        ObjectiveResult[] judged = [.. results.Where(result => result.Verdict is Verdict.Pass or Verdict.Fail)];
        return judged.Length == 0
            ? new Figure.NoData("no objective could be judged")
            : new Figure.Measured(judged.Min(Of), judged.Min(result => result.Value.CoverageOrZero));
    }

    private static double Of(ObjectiveResult result)
    {
        double value = result.Value.Value!.Value;
        double consumed = result.IsAtLeast ? (1 - value) / (1 - result.Threshold) : value / result.Threshold;
        double score = consumed <= 1 ? 100 - ((100 - Healthy) * Math.Max(0, consumed)) : Healthy / consumed;
        return result.Verdict is Verdict.Pass ? Math.Max(Healthy, score) : Math.Min(Math.BitDecrement(Healthy), score);
    }
}
