using System.Globalization;

namespace Tars.Sealing.Streams;

/// <summary>What opening a sealed file came to.</summary>
public abstract record OpenResult
{
    private OpenResult()
    {
    }

    /// <summary>One line for a person: what happened, and where.</summary>
    public abstract string Description { get; }

    /// <summary>All of it is genuine and was handed out.</summary>
    /// <param name="Header">The header, verified.</param>
    /// <param name="OpenedWith">The key that opened it.</param>
    /// <param name="PlainBytes">Length of the plaintext.</param>
    public sealed record Opened(SealedHeader Header, KeyVersion OpenedWith, long PlainBytes) : OpenResult
    {
        /// <inheritdoc/>
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"opened with key {OpenedWith}: {PlainBytes} bytes");
    }

    /// <summary>No key it names was given. Nothing was handed out.</summary>
    /// <param name="Header">The header, well-formed but not verified.</param>
    public sealed record NoKey(SealedHeader Header) : OpenResult
    {
        /// <inheritdoc/>
        public override string Description => $"none of its keys is there: it is sealed for {string.Join(", ", Header.Recipients)}";
    }

    /// <summary>It has no header of a sealed file. Nothing was handed out.</summary>
    /// <param name="Offset">Where, in bytes from the file's start.</param>
    /// <param name="Reason">What was found and what was expected.</param>
    public sealed record Malformed(long Offset, string Reason) : OpenResult
    {
        /// <inheritdoc/>
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"byte {Offset}: {Reason}");
    }

    /// <summary>It was changed, cut or put together from others.</summary>
    /// <param name="Offset">Where the part that does not hold begins, in bytes from the file's start.</param>
    /// <param name="Reason">What does not hold.</param>
    /// <param name="VerifiedBytes">How much plaintext stands before that and is genuine: what a stream was given at most; 0 for the header.</param>
    public sealed record Damaged(long Offset, string Reason, long VerifiedBytes) : OpenResult
    {
        /// <inheritdoc/>
        public override string Description => string.Create(CultureInfo.InvariantCulture, $"byte {Offset}: {Reason}");
    }
}
