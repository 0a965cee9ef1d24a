namespace Tars.Sealing.Streams;

/// <summary>A file could not be read or written: it is not there, there is no right or room. What stood under the result's name stands there still.</summary>
public sealed class SealedFileException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The file, or <c>FROM to TO</c>.</param>
    /// <param name="innerException">What the system said.</param>
    public SealedFileException(string place, Exception innerException)
        : base($"{place}: {innerException.Message}", innerException)
    {
    }

    /// <summary>Whether an exception is the system's answer, and not a mistake of this program.</summary>
    internal static bool IsTheSystems(Exception exception) => exception is IOException or UnauthorizedAccessException;
}
