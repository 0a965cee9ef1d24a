namespace Tars.Observability.Indicators;

/// <summary>
/// The increases of a sum of counters, step by step. Each series was differenced by itself, reset-aware, before the sum, so steps add
/// up to days and days to the week. Definitions in docs/math.md, "Counters".
/// </summary>
/// <param name="Increase">
/// Everything known to have been added in or before each step: differences between neighbouring steps, plus, in the step where a
/// series returns from a gap no longer than the bridge limit, what it gained meanwhile. Zero where nothing is known.
/// </param>
/// <param name="Bridged">The part of <paramref name="Increase"/> that was gained during gaps: step index → amount. Mostly empty.</param>
/// <param name="Presence">How much of each step was measured.</param>
public sealed record CounterSteps(double[] Increase, IReadOnlyDictionary<int, double> Bridged, StepPresence Presence)
{
    /// <summary>The sum of increases over a range of steps, gaps bridged.</summary>
    public double Sum(Range steps)
    {
        (int offset, int length) = steps.GetOffsetAndLength(Increase.Length);
        double sum = 0;
        foreach (double increase in Increase.AsSpan(offset, length))
        {
            sum += increase;
        }

        return sum;
    }

    /// <summary>The sum of all increases.</summary>
    public double Sum() => Sum(..);

    /// <summary>
    /// The increase within step <paramref name="index"/> alone, for looking at the course of a counter: without bridged amounts, scaled
    /// up for series that did not report in this step; NaN when fewer than <see cref="StepPresence.UsableShare"/> of them did.
    /// </summary>
    public double At(int index)
    {
        double share = Presence.ShareAt(index);
        return share < StepPresence.UsableShare ? double.NaN : (Bridged.Count == 0 ? Increase[index] : Increase[index] - Bridged.GetValueOrDefault(index)) / share;
    }
}
