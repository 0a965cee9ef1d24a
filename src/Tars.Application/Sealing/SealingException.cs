namespace Tars.Application.Sealing;

/// <summary>Sealing was asked for and cannot be done. Nothing was read or written. The message names the key or file; it holds nothing secret.</summary>
public sealed class SealingException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing or wrong, and where.</param>
    /// <param name="hint">The way out, or null.</param>
    /// <param name="innerException">What the system said; null when the configuration is at fault.</param>
    public SealingException(string message, string? hint = null, Exception? innerException = null)
        : base(message, innerException) => Hint = hint;

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }

    /// <summary>Whether the machine is at fault, and not what was asked for.</summary>
    public bool IsEnvironment => InnerException is IOException or UnauthorizedAccessException;
}
