namespace Tars.Application.Publishing;

/// <summary>A report was not kept in the store.</summary>
/// <param name="message">What was not kept, where, and why.</param>
/// <param name="hint">What to do.</param>
public sealed class PublicationException(string message, string hint) : Exception(message)
{
    /// <summary>What to do.</summary>
    public string Hint { get; } = hint;
}
