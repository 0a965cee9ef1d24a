namespace Tars.Sealing.Pkcs11;

/// <summary>A token or its module cannot be used as asked. The message names the module, token or key; it holds nothing secret.</summary>
public sealed class TokenException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, and where.</param>
    /// <param name="hint">The way out, or null.</param>
    /// <param name="isEnvironment">Whether the machine or the token is at fault, and not what was asked for.</param>
    /// <param name="innerException">What the module said; null when nothing was asked of it.</param>
    public TokenException(string message, string? hint = null, bool isEnvironment = false, Exception? innerException = null)
        : base(message, innerException) => (Hint, IsEnvironment) = (hint, isEnvironment);

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }

    /// <summary>Whether the machine or the token is at fault, and not what was asked for.</summary>
    public bool IsEnvironment { get; }
}
