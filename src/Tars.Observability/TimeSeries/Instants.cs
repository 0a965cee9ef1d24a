using System.Globalization;

namespace Tars.Observability.TimeSeries;

/// <summary>How instants are written and aligned.</summary>
public static class Instants
{
    /// <summary>ISO 8601 in UTC with seconds (milliseconds only where there are some): <c>2026-01-05T00:00:00Z</c>.</summary>
    public static string Format(DateTimeOffset instant)
    {
        DateTimeOffset utc = instant.ToUniversalTime();
        string pattern = utc.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
        return utc.ToString(pattern, CultureInfo.InvariantCulture);
    }

    /// <summary>The last multiple of <paramref name="step"/> since the Unix epoch that is not after <paramref name="instant"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="step"/> is not positive.</exception>
    public static DateTimeOffset AlignDown(DateTimeOffset instant, TimeSpan step)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(step, TimeSpan.Zero);
        long sinceEpoch = (instant.ToUniversalTime() - DateTimeOffset.UnixEpoch).Ticks;
        long aligned = sinceEpoch - (((sinceEpoch % step.Ticks) + step.Ticks) % step.Ticks);
        return DateTimeOffset.UnixEpoch + TimeSpan.FromTicks(aligned);
    }
}
