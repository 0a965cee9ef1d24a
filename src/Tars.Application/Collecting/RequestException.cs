namespace Tars.Application.Collecting;

/// <summary>What was asked for does not fit the configuration or the capture. A usage error.</summary>
public sealed class RequestException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RequestException(string message, string? hint = null)
        : base(message) => Hint = hint;

    /// <summary>The way out, or null.</summary>
    public string? Hint { get; }
}
