namespace Tars.Server.Limits;

/// <summary>Counts requests in this process. Exact: in no stretch of time of a rule's length are more admitted than it says.</summary>
internal sealed class MemoryLimiter
{
    /// <summary>How many keys are remembered at most, unless said otherwise.</summary>
    public const int KeyLimit = 1 << 17;

    private const int ShardCount = 64;
    private const int SlotsPerKey = 32;

    private readonly LimitShard[] _shards;
    private readonly TimeProvider _time;
    private readonly double _scale; // ticks of the clock in one of a TimeSpan

    /// <summary>A limiter that knows nobody.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="keyLimit">How many keys are remembered at most.</param>
    /// <param name="shards">How many parts can be asked at once, a power of two.</param>
    public MemoryLimiter(TimeProvider time, int keyLimit = KeyLimit, int shards = ShardCount)
    {
        _time = time;
        _scale = (double)time.TimestampFrequency / TimeSpan.TicksPerSecond;
        int each = Math.Max(2, keyLimit / shards);
        _shards = [.. Enumerable.Range(0, shards).Select(_ => new LimitShard(each, Math.Max(AdmittedRequests.SlotLimit * 2, each * SlotsPerKey)))];
    }

    /// <summary>How many keys it knows.</summary>
    public int Count => _shards.Sum(shard => shard.Count);

    /// <summary>How many keys were forgotten though they were at their limit, for want of room.</summary>
    public long Forgotten => _shards.Sum(shard => shard.Forgotten);

    /// <summary>Admits a request and counts it, or refuses it.</summary>
    public LimitDecision Take(in LimitKey key) => Ask(key, LimitAct.Take);

    /// <summary>Counts a request that others have admitted.</summary>
    public void Note(in LimitKey key) => Ask(key, LimitAct.Note);

    /// <summary>Whether a request would be admitted.</summary>
    public LimitDecision Look(in LimitKey key) => Ask(key, LimitAct.Look);

    private LimitDecision Ask(in LimitKey key, LimitAct act)
    {
        long window = (long)(key.Rule.Window.Ticks * _scale);
        (bool isAdmitted, int remaining, long resetAfter) = _shards[key.GetHashCode() & (_shards.Length - 1)].Ask(key, _time, window, act);
        return new LimitDecision(isAdmitted, remaining, TimeSpan.FromTicks((long)Math.Ceiling(resetAfter / _scale)));
    }
}
