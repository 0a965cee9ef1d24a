namespace Tars.Statistics.Intervals;

/// <summary>A two-sided confidence interval.</summary>
/// <param name="Lower">Lower end, in the unit of the estimate; NaN when it could not be computed.</param>
/// <param name="Upper">Upper end, at least the lower; NaN when it could not be computed.</param>
/// <param name="Level">Confidence level in (0, 1), for example 0.95.</param>
public readonly record struct ConfidenceInterval(double Lower, double Upper, double Level)
{
    /// <summary>True when the value lies in the closed interval; false when an end is NaN.</summary>
    /// <param name="value">Any number.</param>
    public bool Contains(double value) => value >= Lower && value <= Upper;

    /// <summary>An interval that could not be computed: both ends NaN.</summary>
    /// <param name="level">Confidence level in (0, 1).</param>
    public static ConfidenceInterval Unknown(double level) => new(double.NaN, double.NaN, level);

    internal static void ValidateLevel(double level)
    {
        if (!(level > 0 && level < 1))
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, "a confidence level in (0, 1) is expected");
        }
    }

    internal static void ValidateCounts(double successes, double trials)
    {
        if (!(trials >= 0) || !(successes >= 0) || successes > trials || double.IsInfinity(trials))
        {
            throw new ArgumentOutOfRangeException(nameof(successes), $"{successes} of {trials}: 0 <= successes <= trials is expected");
        }
    }
}
