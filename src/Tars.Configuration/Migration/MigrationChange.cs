using Tars.Configuration.Documents;

namespace Tars.Configuration.Migration;

/// <summary>What became of one value of the predecessor's file.</summary>
public enum MigrationKind
{
    /// <summary>The same value under another key.</summary>
    Renamed,

    /// <summary>The value is written otherwise, and perhaps under another key.</summary>
    Converted,

    /// <summary>There is nothing like it here; it is not in the new file.</summary>
    NoCounterpart,

    /// <summary>Its key is known here, but not this value; it is not in the new file.</summary>
    Refused,

    /// <summary>Another line of the file sets the same key; it is not in the new file.</summary>
    Superseded,
}

/// <summary>One change between the predecessor's file and ours. No secret is in it.</summary>
/// <param name="Origin">Where the old value stands.</param>
/// <param name="From">Its key there.</param>
/// <param name="To">Its key here; null where it has none.</param>
/// <param name="Kind">What became of it.</param>
/// <param name="Explanation">In words.</param>
public sealed record MigrationChange(Origin Origin, string From, string? To, MigrationKind Kind, string Explanation)
{
    /// <summary>Whether the value is in the new file.</summary>
    public bool IsCarried => Kind is MigrationKind.Renamed or MigrationKind.Converted;

    /// <summary>Returns <c>prod.yaml:3:24: security.enable_encryption: is now security.encryption_enabled</c>.</summary>
    public override string ToString() => $"{Origin}: {From}: {Explanation}";
}
