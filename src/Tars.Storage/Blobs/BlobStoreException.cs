namespace Tars.Storage.Blobs;

/// <summary>A blob store does not do what it should: the disk is full, the bucket does not exist, the network is gone.</summary>
public sealed class BlobStoreException : Exception
{
    /// <summary>A failure.</summary>
    /// <param name="place">The folder, file, bucket or key. Never a credential.</param>
    /// <param name="problem">What happened, as it was said there.</param>
    /// <param name="hint">What to do; empty when there is nothing to say.</param>
    /// <param name="isTransient">Whether the same call may succeed later without anybody's doing.</param>
    /// <param name="inner">What it came from.</param>
    public BlobStoreException(string place, string problem, string hint, bool isTransient, Exception? inner = null)
        : base($"{place}: {problem}", inner)
    {
        Place = place;
        Hint = hint;
        IsTransient = isTransient;
    }

    /// <summary>The folder, file, bucket or key.</summary>
    public string Place { get; }

    /// <summary>What to do; may be empty.</summary>
    public string Hint { get; }

    /// <summary>Whether the same call may succeed later without anybody's doing. Bounded retries have been made.</summary>
    public bool IsTransient { get; }
}
