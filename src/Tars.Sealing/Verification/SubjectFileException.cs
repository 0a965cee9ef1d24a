namespace Tars.Sealing.Verification;

/// <summary>A file or folder that is to be compared with a statement is there and cannot be read. Nothing is known of what it holds.</summary>
public sealed class SubjectFileException : IOException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="path">The file or folder.</param>
    /// <param name="innerException">What the system said.</param>
    public SubjectFileException(string path, Exception innerException)
        : base($"{path}: {innerException?.Message}", innerException)
    {
    }
}
