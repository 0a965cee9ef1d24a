using System.Collections.Concurrent;

namespace Tars.Server.Access.Credentials;

/// <summary>A credential that was found to hold.</summary>
/// <param name="caller">Who shows it.</param>
/// <param name="expires">Until when it holds at most, UTC ticks, exclusive.</param>
/// <param name="epoch">The number of revocations when it was found to hold.</param>
/// <param name="key">The API key that it is; null for others.</param>
/// <param name="noted">When the use of that key was noted last, UTC ticks; 0 when never.</param>
internal sealed class HeldCredential(Caller.Known caller, long expires, long epoch, Guid? key = null, long noted = 0)
{
    private long _noted = noted;

    /// <summary>Who shows it.</summary>
    public Caller.Known Caller { get; } = caller;

    /// <summary>Whether it holds: nothing was revoked since it was found to, and its time is not over.</summary>
    public bool Holds(long now, long? current) => epoch == current && now < expires;

    /// <summary>The key whose use is to be noted now; null when there is none, or it was noted lately.</summary>
    public Guid? DueNote(long now)
    {
        long before = Volatile.Read(ref _noted);
        return key is not null && now - before >= KeyUseNotes.Interval.Ticks && Interlocked.CompareExchange(ref _noted, now, before) == before ? key : null;
    }
}

/// <summary>
/// Credentials that were found to hold, by their digest. Bounded: of two generations the older one is forgotten when the younger one is full, so whoever shows many
/// credentials costs others a look into the store, and no memory.
/// </summary>
/// <param name="capacity">How many the younger generation holds.</param>
internal sealed class CredentialCache(int capacity)
{
    private ConcurrentDictionary<CredentialDigest, HeldCredential> _young = new();
    private ConcurrentDictionary<CredentialDigest, HeldCredential> _old = new();
    private int _count;

    /// <summary>What is known of a credential; null when nothing is. Whether it still holds is for the caller to say.</summary>
    public HeldCredential? Find(in CredentialDigest digest)
    {
        if (Volatile.Read(ref _young).TryGetValue(digest, out HeldCredential? held))
        {
            return held;
        }

        if (Volatile.Read(ref _old).TryGetValue(digest, out held))
        {
            Add(digest, held);
        }

        return held;
    }

    /// <summary>Remembers a credential.</summary>
    public void Add(in CredentialDigest digest, HeldCredential held)
    {
        ConcurrentDictionary<CredentialDigest, HeldCredential> young = Volatile.Read(ref _young);
        if (young.TryAdd(digest, held))
        {
            if (Interlocked.Increment(ref _count) >= capacity && Interlocked.CompareExchange(ref _young, new ConcurrentDictionary<CredentialDigest, HeldCredential>(), young) == young)
            {
                Volatile.Write(ref _old, young);
                Volatile.Write(ref _count, 0);
            }
        }
        else
        {
            young[digest] = held;
        }
    }

    /// <summary>Forgets a credential.</summary>
    public void Remove(in CredentialDigest digest)
    {
        Volatile.Read(ref _young).TryRemove(digest, out _);
        Volatile.Read(ref _old).TryRemove(digest, out _);
    }
}
