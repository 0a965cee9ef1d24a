namespace Tars.Application.Publishing;

/// <summary>An output could not be written: disk full, no permission, not a directory. What was there before is untouched.</summary>
public sealed class OutputException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or directory that could not be written.</param>
    /// <param name="reason">What the system said.</param>
    /// <param name="innerException">The cause.</param>
    public OutputException(string path, string reason, Exception innerException)
        : base($"{path}: cannot be written: {reason}", innerException)
    {
        Path = path;
    }

    /// <summary>The file or directory that could not be written.</summary>
    public string Path { get; }
}
