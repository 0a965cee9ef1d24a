namespace Tars.Client;

/// <summary>A request to a T.A.R.S. server did not give what was asked for; the cases are <see cref="TarsProblemException"/>, <see cref="TarsUnreachableException"/> and <see cref="TarsIntegrityException"/>.</summary>
public abstract class TarsException : Exception
{
    private protected TarsException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}

/// <summary>The server could not be reached, or its answer was lost, as often as it was tried.</summary>
public sealed class TarsUnreachableException : TarsException
{
    internal TarsUnreachableException(Uri address, int attempts, string message, Exception? inner)
        : base(message, inner) => (Address, Attempts) = (address, attempts);

    /// <summary>What was asked for.</summary>
    public Uri Address { get; }

    /// <summary>How often it was tried.</summary>
    public int Attempts { get; }
}

/// <summary>The server answered with something that is not of the form of its API, or with bytes of another digest.</summary>
public sealed class TarsIntegrityException : TarsException
{
    internal TarsIntegrityException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
