namespace Tars.Sealing.CanonicalJson;

/// <summary>Text that is not what a reader expects. Each public reader turns it into its own malformed result; it never leaves the project.</summary>
internal sealed class JsonFormException(long offset, string reason) : FormatException(reason)
{
    /// <summary>Byte offset in the text.</summary>
    internal long Offset { get; } = offset;
}
