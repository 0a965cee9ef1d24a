using Tars.Configuration.Scalars;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>The window somebody asked for, as far as they said it.</summary>
/// <param name="From">First instant, or null.</param>
/// <param name="To">First instant after, or null.</param>
/// <param name="Length">Length, or null; together with at most one of the two ends.</param>
public sealed record WindowRequest(DateTimeOffset? From, DateTimeOffset? To, TimeSpan? Length)
{
    /// <summary>Nothing was said.</summary>
    public static WindowRequest Unspecified { get; } = new(null, null, null);

    /// <summary>
    /// The window on whole steps that is meant. Without an end it ends at <paramref name="latest"/> (for a live backend now minus the settle
    /// delay, for a capture its end); without a beginning it has the asked or the default length, or is the whole capture.
    /// </summary>
    /// <param name="step">The grid step; both ends are aligned down to it.</param>
    /// <param name="latest">The latest end that can be final.</param>
    /// <param name="captured">The window a capture holds, or null for a live backend.</param>
    /// <param name="defaultLength">The tool's own length.</param>
    /// <exception cref="WindowException">The parts contradict each other, or nothing of the window can be final.</exception>
    public TimeWindow Resolve(TimeSpan step, DateTimeOffset latest, TimeWindow? captured, TimeSpan defaultLength)
    {
        if (From is not null && To is not null && Length is not null)
        {
            throw new WindowException("a window has two ends or one end and a length; --from, --to and --window were all given");
        }

        bool untouched = this == Unspecified;
        if (untouched && captured is { } whole)
        {
            return whole;
        }

        TimeSpan length = Length ?? defaultLength;
        DateTimeOffset to = To ?? (From is { } start && Length is not null ? start + length : latest);
        DateTimeOffset from = From ?? to - length;
        if (to > latest)
        {
            throw new WindowException(
                $"the window ends at {Instants.Format(to)}, after {Instants.Format(latest)}, up to which data is final",
                captured is null ? "wait, choose an earlier --to, or lower observability.settle_delay" : "choose a --to inside the capture");
        }

        if (from >= to)
        {
            throw To is null
                ? new WindowException($"--from {Instants.Format(from)} is not before {Instants.Format(to)}, up to which data is final", "choose an earlier --from")
                : new WindowException(
                    $"--from {Instants.Format(from)} is not before --to {Instants.Format(to)}", from > to ? "were the two exchanged?" : "a window includes --from and ends before --to");
        }

        (DateTimeOffset first, DateTimeOffset end) = (Instants.AlignDown(from, step), Instants.AlignDown(to, step));
        return first < end
            ? new TimeWindow(first, end)
            : throw new WindowException(
                $"from {Instants.Format(from)} to {Instants.Format(to)} there is no whole step of {DurationText.Format(step)}", "choose a longer window, or lower observability.step");
    }
}

/// <summary>A window that cannot be meant. A usage error.</summary>
public sealed class WindowException : Exception
{
    /// <summary>Creates the exception.</summary>
    public WindowException(string message, string? hint = null)
        : base(message) => Hint = hint;

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }
}
