namespace Tars.Sealing.Streams;

/// <summary>What rewrapping did with one file.</summary>
/// <param name="Path">The file.</param>
public abstract record RewrapResult(string Path)
{
    /// <summary>Its header now names the new key; its chunks are as they were.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Replaced">The keys it no longer names.</param>
    public sealed record Rewrapped(string Path, IReadOnlyList<KeyVersion> Replaced) : RewrapResult(Path);

    /// <summary>It names none of the keys to be replaced.</summary>
    /// <param name="Path">The file.</param>
    public sealed record Unchanged(string Path) : RewrapResult(Path);

    /// <summary>It is as it was, and something is wrong with it.</summary>
    /// <param name="Path">The file.</param>
    /// <param name="Reason">What, and where.</param>
    public sealed record Refused(string Path, string Reason) : RewrapResult(Path);
}
