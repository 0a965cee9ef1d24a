namespace Tars.Application.Checkpoints;

/// <summary>What was claimed of a log does not hold: its lines are not those that were signed, or not those that somebody else was shown.</summary>
public sealed class NotProvenException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What does not hold, and where.</param>
    /// <param name="hint">The way out, or null.</param>
    public NotProvenException(string message, string? hint)
        : base(message) => Hint = hint;

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }

    /// <summary>Whether somebody else holds another history, or a newer one, that the log itself has signed, or says so as a witness: it has been tampered with.</summary>
    public bool IsRefuted { get; init; }
}
