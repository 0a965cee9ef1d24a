namespace Tars.Server.Limits;

/// <summary>
/// The admitted requests of one key within the last window, by their times: a sliding window without approximation. From
/// <see cref="SlotLimit"/> requests on, those of one 1024th of the window are kept as one, which counts until the last of them leaves: never more
/// than the rule says are admitted, and the memory of a key is bounded.
/// </summary>
internal struct AdmittedRequests
{
    /// <summary>The most slots that a key has.</summary>
    public const int SlotLimit = 1024;

    private const int FirstSlots = 4;

    private long[]? _times;
    private int[]? _counts;
    private int _first;
    private int _length;

    /// <summary>How many requests are counted.</summary>
    public int Used { get; private set; }

    /// <summary>How many slots it holds memory for.</summary>
    public readonly int Slots => _times?.Length ?? 0;

    /// <summary>When the newest request was admitted; meaningless while there is none.</summary>
    public readonly long Newest => _times![At(_length - 1)];

    /// <summary>When the oldest request was admitted; meaningless while there is none.</summary>
    public readonly long Oldest => _times![_first];

    /// <summary>Forgets what has left the window.</summary>
    /// <param name="limit">The newest time that no longer counts.</param>
    public void Forget(long limit)
    {
        while (_length > 0 && _times![_first] <= limit)
        {
            Used -= _counts is null ? 1 : _counts[_first];
            _first = At(1);
            _length--;
        }
    }

    /// <summary>Adds a request.</summary>
    /// <param name="now">Its time, not before the newest.</param>
    /// <param name="quantum">The stretch whose requests are one slot; 0 keeps each by itself.</param>
    /// <param name="most">How many the rule admits.</param>
    public void Add(long now, long quantum, int most)
    {
        Used++;
        if (quantum > 0 && _length > 0 && Newest / quantum == now / quantum)
        {
            int newest = At(_length - 1);
            _times![newest] = now;
            _counts![newest]++;
            return;
        }

        if (_length == Slots)
        {
            Grow(quantum > 0 ? SlotLimit + 2 : most, quantum > 0);
        }

        int slot = At(_length++);
        _times![slot] = now;
        if (_counts is not null)
        {
            _counts[slot] = 1;
        }
    }

    private readonly int At(int offset)
    {
        int slot = _first + offset;
        return slot >= _times!.Length ? slot - _times.Length : slot;
    }

    private void Grow(int most, bool isCounted)
    {
        int slots = _times is null ? Math.Min(FirstSlots, most) : Math.Min(_times.Length * 2, Math.Max(most, _times.Length + 1));
        long[] times = new long[slots];
        int[]? counts = isCounted ? new int[slots] : null;
        for (int i = 0; i < _length; i++)
        {
            times[i] = _times![At(i)];
            if (counts is not null)
            {
                counts[i] = _counts![At(i)];
            }
        }

        (_times, _counts, _first) = (times, counts, 0);
    }
}
