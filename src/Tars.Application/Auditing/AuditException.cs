namespace Tars.Application.Auditing;

/// <summary>Something is to be audited and cannot be. The message names the log; it holds nothing secret.</summary>
public sealed class AuditException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is missing or wrong, and where.</param>
    /// <param name="hint">The way out, or null.</param>
    /// <param name="innerException">What the log said; null when there is none.</param>
    public AuditException(string message, string? hint, Exception? innerException = null)
        : base(message, innerException) => Hint = hint;

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }

    /// <summary>Whether the log itself is at fault, and not what was asked for.</summary>
    public bool IsEnvironment => InnerException is not null;

    /// <summary>Whether the log is frozen: its lines are not what was written.</summary>
    public bool IsFrozen { get; init; }
}
