using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>How many series were there in each step, and how many of them brought a measurement.</summary>
/// <param name="Live">Series that existed in the step: between their first and last sample.</param>
/// <param name="Measured">Of these, series with a measurement in the step (for a counter: a difference to the step before).</param>
public sealed record StepPresence(int[] Live, int[] Measured)
{
    /// <summary>The share of live series that must report for a step to count in the course of a sum: three quarters.</summary>
    public const double UsableShare = 0.75;

    /// <summary>The measured share of live series in a step, in [0, 1]; zero when none was live.</summary>
    public double ShareAt(int index) => Live[index] == 0 ? 0 : (double)Measured[index] / Live[index];

    /// <summary>The coverage of a range of steps: the mean measured share.</summary>
    /// <exception cref="ArgumentException">The range is empty.</exception>
    public Ratio Coverage(Range steps)
    {
        (int offset, int length) = steps.GetOffsetAndLength(Live.Length);
        if (length == 0)
        {
            throw new ArgumentException("coverage of no steps is not defined", nameof(steps));
        }

        double sum = 0;
        for (int i = offset; i < offset + length; i++)
        {
            sum += ShareAt(i);
        }

        return new Ratio(sum / length);
    }
}
