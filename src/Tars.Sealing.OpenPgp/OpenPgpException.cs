namespace Tars.Sealing.OpenPgp;

/// <summary>A file of keys cannot be read or written, or a key cannot be used for what was asked.</summary>
public sealed class OpenPgpException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The file, folder or key.</param>
    /// <param name="reason">What is wrong and the way out.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public OpenPgpException(string place, string reason, Exception? innerException = null)
        : base($"{place}: {reason}", innerException)
    {
        Place = place;
        Reason = reason;
    }

    /// <summary>The file, folder or key.</summary>
    public string Place { get; }

    /// <summary>What is wrong and the way out.</summary>
    public string Reason { get; }

    /// <summary>Whether the machine is at fault (a file cannot be read or written), and not what was asked for.</summary>
    public bool IsEnvironment { get; init; }
}
