namespace Tars.Server.Limits;

/// <summary>Decides on requests: with other replicas where there is a Redis, else in this process.</summary>
internal sealed class RateLimiter(MemoryLimiter local, SharedLimiter? shared)
{
    /// <summary>How requests are counted, where replicas share a Redis; null where none is configured.</summary>
    public LimiterState? Shared => shared?.State;

    /// <summary>How many keys were forgotten at their limit, for want of memory.</summary>
    public long Forgotten => local.Forgotten;

    /// <summary>How many keys are remembered.</summary>
    public int Keys => local.Count;

    /// <summary>Admits a request and counts it, or refuses it.</summary>
    public ValueTask<LimitDecision> TakeAsync(in LimitKey key) => shared is null ? new(local.Take(key)) : shared.TakeAsync(key);
}
