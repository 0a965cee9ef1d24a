namespace Tars.Storage;

/// <summary>How a store is used.</summary>
public sealed record StoreOptions
{
    /// <summary>How long a statement on SQLite waits for another process's write. Default ten seconds.</summary>
    public TimeSpan BusyTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How often a write that lost against another (a deadlock, a serialisation failure, a lock) is made again. Default 8, with pauses that double from 10 ms.</summary>
    public int MaximumAttempts { get; init; } = 8;

    /// <summary>Upper limit of the pages of a SQLite file (4 KiB each); null is the database's own.</summary>
    public long? MaximumPages { get; init; }

    /// <summary>Whether an embedded store that does not exist yet is made. Default true.</summary>
    public bool CreateEmbedded { get; init; } = true;
}
