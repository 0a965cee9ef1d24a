namespace Tars.Storage;

/// <summary>
/// The store could not do what was asked. The message names what was to be done, the database (a file, or host, port and name: never a
/// user's password) and what it said. Of a write that failed nothing was kept, unless <see cref="IsOutcomeUnknown"/>.
/// </summary>
public sealed class StoreException : IOException
{
    internal StoreException(string what, string location, string reason, string? hint = null, bool isTransient = false, Exception? inner = null)
        : base($"{location}: {what}: {reason}", inner) => (What, Location, Reason, Hint, IsTransient) = (what, location, reason, hint, isTransient);

    /// <summary>What was to be done, in a few words.</summary>
    public string What { get; }

    /// <summary>The database file, or host, port and database of a server.</summary>
    public string Location { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The way out; null when there is none to name.</summary>
    public string? Hint { get; }

    /// <summary>Whether the same call may succeed later without anybody doing anything: a restart, a lock, a lost connection.</summary>
    public bool IsTransient { get; }

    /// <summary>
    /// Whether the connection was lost while the transaction was being committed: it may have been kept or not. Writes that are idempotent (runs,
    /// reports, blobs) are simply made again.
    /// </summary>
    public bool IsOutcomeUnknown { get; init; }
}
