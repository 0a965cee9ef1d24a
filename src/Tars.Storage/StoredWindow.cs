namespace Tars.Storage;

/// <summary>A span of time, half-open: its start is in it, its end is not. Kept to the microsecond.</summary>
public readonly record struct StoredWindow
{
    /// <summary>Makes a window.</summary>
    /// <exception cref="ArgumentException">It is empty or runs backwards.</exception>
    public StoredWindow(DateTimeOffset from, DateTimeOffset to)
    {
        if (StoreTime.Of(from) >= StoreTime.Of(to))
        {
            throw new ArgumentException($"a window from {from:O} to {to:O} is empty");
        }

        (From, To) = (from.ToUniversalTime(), to.ToUniversalTime());
    }

    /// <summary>Its start, UTC, included.</summary>
    public DateTimeOffset From { get; }

    /// <summary>Its end, UTC, excluded.</summary>
    public DateTimeOffset To { get; }

    internal static StoredWindow At(long from, long to) => new(StoreTime.At(from), StoreTime.At(to));

    internal static StoredWindow? At(long? from, long? to) => from is { } start && to is { } end ? At(start, end) : null;
}
