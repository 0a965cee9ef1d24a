using Tars.Server.Limits;

namespace Tars.Server.Tests.Limits;

/// <summary>The definition of a sliding window, slow and obvious: every admitted request is kept for ever, and those younger than the window are counted each time.</summary>
internal sealed class SlowWindow(int limit, TimeSpan window)
{
    private readonly List<DateTimeOffset> _admitted = [];

    public LimitDecision Take(DateTimeOffset now)
    {
        DateTimeOffset[] counted = [.. _admitted.Where(at => now - at < window)];
        if (counted.Length >= limit)
        {
            return new LimitDecision(false, 0, counted[^limit] + window - now);
        }

        _admitted.Add(now);
        return new LimitDecision(true, limit - counted.Length - 1, (counted.Length == 0 ? now : counted[0]) + window - now);
    }
}
