namespace Tars.Observability.TimeSeries;

/// <summary>
/// A regular grid of steps. Step i, for i in [0, Count), is the half-open span <c>[TimeOf(i), TimeOf(i + 1))</c>; a backend is asked
/// about it at its end, <c>TimeOf(i + 1)</c>, with a range function one step long.
/// </summary>
/// <param name="Start">Start of step 0, UTC.</param>
/// <param name="Step">Length of a step, positive, whole milliseconds.</param>
/// <param name="Count">Number of steps, at least one.</param>
public readonly record struct TimeGrid(DateTimeOffset Start, TimeSpan Step, int Count)
{
    /// <summary>End of the last step, UTC.</summary>
    public DateTimeOffset End => Start + (Count * Step);

    /// <summary>The window the grid covers.</summary>
    public TimeWindow Window => new(Start, End);

    /// <summary>The grid of a window.</summary>
    /// <exception cref="ArgumentException">The window is no whole number of steps, or its start is no multiple of the step.</exception>
    public static TimeGrid Of(TimeWindow window, TimeSpan step)
    {
        if (step <= TimeSpan.Zero || step.Ticks % TimeSpan.TicksPerMillisecond != 0)
        {
            throw new ArgumentException($"a step is a positive whole number of milliseconds; got {step}", nameof(step));
        }

        if (window.Duration.Ticks % step.Ticks != 0 || Instants.AlignDown(window.From, step) != window.From)
        {
            throw new ArgumentException($"the window {window} does not lie on multiples of {step}", nameof(window));
        }

        return new TimeGrid(window.From, step, checked((int)(window.Duration.Ticks / step.Ticks)));
    }

    /// <summary>The start of step <paramref name="index"/>; any integer, steps outside the grid included.</summary>
    public DateTimeOffset TimeOf(int index) => Start + (index * Step);

    /// <summary>The index of the step that holds <paramref name="instant"/>; below zero or at least Count when outside the grid.</summary>
    public int IndexOf(DateTimeOffset instant) => (int)Math.Floor((instant - Start).Ticks / (double)Step.Ticks);

    /// <summary>The steps of this grid that lie in <paramref name="window"/>, as a range of indices; empty when it lies outside.</summary>
    public Range RangeOf(TimeWindow window)
    {
        int from = Math.Clamp((int)Math.Ceiling((window.From - Start).Ticks / (double)Step.Ticks), 0, Count);
        int to = Math.Clamp((int)Math.Ceiling((window.To - Start).Ticks / (double)Step.Ticks), from, Count);
        return from..to;
    }
}
