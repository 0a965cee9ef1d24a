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

    public TimeSpan Lifetime { get; private set; }

    /// <summary>The end of the value's lifetime.</summary>
    public TimeSpan Expires { get; private set; }

    /// <summary>No question is sent before this while the value may be kept, so that an outage does not slow every reader.</summary>
    public TimeSpan NextTry { get; set; }

    /// <summary>The question under way, shared by all who ask; its result is null when the value is to be taken from here.</summary>
    public TaskCompletionSource<SecretAnswer?>? Question { get; set; }

    /// <summary>Whether it was told that the value could not be refreshed.</summary>
    public bool IsKeptTold { get; set; }

    /// <summary>Whether there was a value that had to be dropped; the backend is still asked, so that its return is noticed.</summary>
    public bool IsLost { get; private set; }

    public ITimer? Timer { get; set; }

    /// <summary>Takes a new value, zeroing the old one; returns whether whoever has an older value must take this one up.</summary>
    public bool Take(SecretAnswer.Found found, TimeSpan now, TimeSpan longest)
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
}
