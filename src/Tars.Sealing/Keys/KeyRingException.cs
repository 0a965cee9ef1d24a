namespace Tars.Sealing.Keys;

/// <summary>A key ring that cannot be used as asked. The message names the file or key and the way out; it holds nothing secret.</summary>
public sealed class KeyRingException : IOException
{
    /// <summary>What is wrong, where, and what to do.</summary>
    public KeyRingException(string message)
        : base(message)
    {
    }

    /// <summary>What is wrong, where, and what to do, and what the system said.</summary>
    public KeyRingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
