namespace Tars.Configuration.Secrets;

/// <summary>What a cache knows of one name. Guarded by the cache's lock; times are the cache's age.</summary>
internal sealed class CachedSecret(string name) : IDisposable
{
    public string Name { get; } = name;

    /// <summary>What is before <c>#</c>: fields of one secret, which change together.</summary>
    public string Group { get; } = name.LastIndexOf('#') is int mark and >= 0 ? name[..mark] : "";

    /// <summary>When the last answer came, in the cache's count of questions.</summary>
    public long Answered { get; set; }

    /// <summary>The value in force, owned by this entry; null when there is none.</summary>
    public Secret? Value { get; private set; }

    public string Place { get; private set; } = "";

    /// <summary>The end of the value's lifetime.</summary>
    public TimeSpan Expires { get; private set; }

    /// <summary>The question under way, shared by all who ask; its result is null when the value is to be taken from here.</summary>
    public TaskCompletionSource<SecretAnswer?>? Question { get; set; }

    public ITimer? Timer { get; set; }

    private TimeSpan Lifetime { get; set; }

    // No question is sent before this while the value may be kept, so that an outage does not slow every reader.
    private TimeSpan NextTry { get; set; }

    // Whether it was told that the value could not be refreshed.
    private bool IsKeptTold { get; set; }

    // Whether there was a value that had to be dropped; the backend is still asked, so that its return is noticed.
    private bool IsLost { get; set; }

    /// <summary>Whether there is a value that a reader may have without a question.</summary>
    public bool IsGood(TimeSpan now, CacheRules rules) =>
        Value is not null && (now < Expires || now < NextTry) && now < Expires + rules.Grace;

    /// <summary>Takes up an answer: a new value is taken, zeroing the old one; any other keeps the value, or ends it.</summary>
    /// <param name="answer">The answer; null when the backend broke.</param>
    /// <param name="now">The time.</param>
    /// <param name="rules">How long values are kept.</param>
    /// <param name="random">Spreads the next questions.</param>
    /// <returns>What is to be told, and after which time the backend is asked again; null for nothing and for not by itself.</returns>
    public (SecretNotice? Notice, TimeSpan? Due) Settle(SecretAnswer? answer, TimeSpan now, CacheRules rules, Random random)
    {
        switch (answer)
        {
            case SecretAnswer.Found found:
                SecretNotice? rotated = Take(found, now, rules.Lifetime) ? new SecretNotice.Rotated(Name, found.Place) : null;
                return (rotated, CacheRules.RefreshAfter(Lifetime, random));
            case null:
                return (null, CacheRules.RetryAfter(Lifetime, random));
            default:
                return Keep(answer, now, rules, CacheRules.RetryAfter(Lifetime, random));
        }
    }

    /// <summary>Zeroes the value, which there is.</summary>
    public void Lose()
    {
        Value?.Dispose();
        Value = null;
        IsKeptTold = false;
        IsLost = true;
    }

    /// <summary>Returns a copy for a reader.</summary>
    public SecretAnswer.Found Copy(TimeSpan now) =>
        SecretAnswer.Found.Of(Value!.Bytes, Place, Expires > now ? Expires - now : TimeSpan.Zero);

    public void Dispose()
    {
        Value?.Dispose();
        Value = null;
        Timer?.Dispose();
        Timer = null;
    }

    // Returns whether whoever has an older value must take this one up.
    private bool Take(SecretAnswer.Found found, TimeSpan now, TimeSpan longest)
    {
        bool isRotated = IsLost || (Value is not null && !Value.Matches(found.Value.Bytes));
        Value?.Dispose();
        Value = found.Value;
        Place = found.Place;
        Lifetime = found.Lifetime is TimeSpan end && end < longest ? (end > TimeSpan.Zero ? end : TimeSpan.Zero) : longest;
        Expires = now + Lifetime;
        NextTry = Expires;
        IsKeptTold = false;
        IsLost = false;
        return isRotated;
    }

    private (SecretNotice? Notice, TimeSpan? Due) Keep(SecretAnswer answer, TimeSpan now, CacheRules rules, TimeSpan pause)
    {
        if (Value is null)
        {
            return (null, IsLost ? pause : null);
        }

        TimeSpan end = answer is SecretAnswer.Unreachable ? Expires + rules.Grace : Expires;
        string reason = answer.Describe();
        if (now >= end)
        {
            Lose();
            return (new SecretNotice.Lost(Name, reason), pause);
        }

        NextTry = now + pause < end ? now + pause : end;
        bool isTold = IsKeptTold;
        IsKeptTold = true;
        return (isTold ? null : new SecretNotice.Kept(Name, reason, end - now), NextTry - now);
    }
}
