namespace Tars.Server.Limits;

/// <summary>
/// A part of the keys of a <see cref="MemoryLimiter"/>. Its memory is bounded. When it is full, what counts no longer goes first; then the key that has
/// used least of its rule, and of those the one that was silent longest. A key that is at its limit goes only where all are. Every step takes the same
/// time, however many keys there are.
/// </summary>
internal sealed class LimitShard(int keyLimit, int slotLimit)
{
    private const int Levels = 4;
    private const int AtLimit = Levels - 1;

    private readonly Lock _lock = new();
    private readonly Dictionary<LimitKey, Entry> _entries = [];

    // Rings, one a level: after the head the key that was silent longest, before it the one that asked last.
    private readonly Entry[] _heads = [.. Enumerable.Range(0, Levels).Select(_ => new Entry())];
    private int _slots;

    /// <summary>How many keys were forgotten though they were at their limit.</summary>
    public long Forgotten { get; private set; }

    /// <summary>How many keys it knows.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Decides on a request.</summary>
    /// <param name="key">Whose it is.</param>
    /// <param name="time">The clock.</param>
    /// <param name="window">The rule's window in ticks of that clock.</param>
    /// <param name="act">What is done.</param>
    /// <returns>Whether it is admitted, what is left, and after how many ticks the oldest leaves.</returns>
    public (bool IsAdmitted, int Remaining, long ResetAfter) Ask(in LimitKey key, TimeProvider time, long window, LimitAct act)
    {
        int most = key.Rule.Requests;
        lock (_lock)
        {
            long now = time.GetTimestamp(); // inside: the times of a key ascend
            Tidy(now, window);
            if (!_entries.TryGetValue(key, out Entry? entry))
            {
                if (act == LimitAct.Look)
                {
                    return (true, most - 1, window);
                }

                entry = Add(key, now, window);
            }

            entry.Log.Forget(now - window);
            bool isAdmitted = entry.Log.Used < most;
            if (act == LimitAct.Look || (act == LimitAct.Take && !isAdmitted))
            {
                return (isAdmitted, Math.Max(0, most - entry.Log.Used - 1), entry.Log.Used == 0 ? window : entry.Log.Oldest + window - now);
            }

            if (isAdmitted)
            {
                Admit(entry, now, window, most);
            }

            return (true, most - entry.Log.Used, entry.Log.Oldest + window - now);
        }
    }

    private void Admit(Entry entry, long now, long window, int most)
    {
        int slots = entry.Log.Slots;
        entry.Log.Add(now, most > AdmittedRequests.SlotLimit ? Math.Max(1, window / AdmittedRequests.SlotLimit) : 0, most);
        int used = entry.Log.Used;
        entry.Unlink();
        entry.Level = used >= most ? AtLimit : used * 2L > most ? 2 : used > 1 ? 1 : 0;
        entry.LinkBefore(_heads[entry.Level]);
        _slots += entry.Log.Slots - slots;
        while (_slots > slotLimit && _entries.Count > 1)
        {
            Remove(Least(entry));
        }
    }

    private Entry Add(in LimitKey key, long now, long window)
    {
        if (_entries.Count >= keyLimit)
        {
            Remove(Over(now, window) ?? Least(null));
        }

        Entry entry = new() { Key = key };
        entry.LinkBefore(_heads[0]);
        _entries.Add(key, entry);
        return entry;
    }

    // Each request buries up to two keys that count no longer: a flood that is over leaves nothing behind.
    private void Tidy(long now, long window)
    {
        for (int i = 0; i < 2 && Over(now, window) is { } over; i++)
        {
            Remove(over);
        }
    }

    private Entry? Over(long now, long window)
    {
        foreach (Entry head in _heads)
        {
            Entry oldest = head.After;
            if (oldest != head && oldest.Log.Slots > 0 && oldest.Log.Newest <= now - window)
            {
                return oldest;
            }
        }

        return null;
    }

    private Entry Least(Entry? but)
    {
        foreach (Entry head in _heads)
        {
            Entry oldest = head.After == but ? but.After : head.After;
            if (oldest != head)
            {
                Forgotten += head == _heads[AtLimit] ? 1 : 0;
                return oldest;
            }
        }

        throw new System.Diagnostics.UnreachableException();
    }

    private void Remove(Entry entry)
    {
        entry.Unlink();
        _slots -= entry.Log.Slots;
        _entries.Remove(entry.Key);
    }

    private sealed class Entry
    {
        public AdmittedRequests Log; // a field: it changes in place

        public Entry() => (Before, After) = (this, this);

        public LimitKey Key { get; init; }

        public int Level { get; set; }

        public Entry Before { get; private set; }

        public Entry After { get; private set; }

        public void Unlink()
        {
            (Before.After, After.Before) = (After, Before);
            (Before, After) = (this, this);
        }

        public void LinkBefore(Entry head)
        {
            (Before, After) = (head.Before, head);
            (Before.After, head.Before) = (this, this);
        }
    }
}

/// <summary>What is done with a request.</summary>
internal enum LimitAct
{
    /// <summary>It is admitted and counted, or refused.</summary>
    Take,

    /// <summary>It is counted, because others have admitted it.</summary>
    Note,

    /// <summary>It is neither counted nor refused: would it be?</summary>
    Look,
}
