namespace Tars.Application.Sealing;

/// <summary>A timestamp was asked for and there is none: the authority is not reached, refuses, or answers what is no timestamp of the statement. Nothing was written.</summary>
public sealed class TimestampException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="place">The authority's address.</param>
    /// <param name="reason">What went wrong.</param>
    /// <param name="innerException">What the system said.</param>
    public TimestampException(Uri place, string reason, Exception? innerException = null)
        : base($"no timestamp from {place}: {reason}", innerException)
    {
    }
}
