namespace Tars.Application.Stores;

/// <summary>A backup cannot be made, or is not what it should be.</summary>
/// <param name="message">What is wrong, and where.</param>
/// <param name="hint">The way out; null when there is none to name.</param>
/// <param name="inner">What it came from.</param>
public sealed class BackupException(string message, string? hint, Exception? inner = null) : IOException(message, inner)
{
    /// <summary>The way out; null when there is none to name.</summary>
    public string? Hint { get; } = hint;

    /// <summary>Whether nothing is wrong but what was asked for.</summary>
    public bool IsUsage { get; init; }
}
