namespace Tars.Sealing.Keys;

/// <summary>
/// A key that cannot be used: not a key, of a form or size that is not permitted, damaged, or closed by another passphrase. The message
/// says which, and what to do; it holds nothing of the key.
/// </summary>
public sealed class KeyFormException : FormatException
{
    /// <summary>What is wrong and what to do.</summary>
    public KeyFormException(string message)
        : base(message)
    {
    }

    /// <summary>What is wrong and what to do, and what the platform said.</summary>
    public KeyFormException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
