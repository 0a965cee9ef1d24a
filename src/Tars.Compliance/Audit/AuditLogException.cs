using System.Globalization;

namespace Tars.Compliance.Audit;

/// <summary>A log that cannot be opened, read or written. The message names the file, the place in it, and what was expected.</summary>
public sealed class AuditLogException : IOException
{
    internal AuditLogException(string path, string reason, string? hint = null, long? offset = null, long? sequence = null, Exception? inner = null)
        : base(Describe(path, reason, offset, sequence), inner) => (Path, Reason, Hint, Offset, Sequence) = (path, reason, hint, offset, sequence);

    /// <summary>The file or folder.</summary>
    public string Path { get; }

    /// <summary>What is wrong, without the place.</summary>
    public string Reason { get; }

    /// <summary>The way out; null when there is none to name.</summary>
    public string? Hint { get; }

    /// <summary>The byte of the file; null when the whole file is meant.</summary>
    public long? Offset { get; }

    /// <summary>The line of the log, from 0; null when none is meant.</summary>
    public long? Sequence { get; }

    /// <summary>Whether the log is frozen: its lines are not what was written, and nothing more may be appended.</summary>
    public bool IsFrozen { get; init; }

    /// <summary>The same failure, to be thrown to one of several waiters.</summary>
    internal AuditLogException Again() => new(Path, Reason, Hint, Offset, Sequence, this) { IsFrozen = IsFrozen };

    private static string Describe(string path, string reason, long? offset, long? sequence)
    {
        string at = offset is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"byte {offset}: ");
        string line = sequence is null ? string.Empty : string.Create(CultureInfo.InvariantCulture, $"sequence {sequence}: ");
        return $"{path}: {at}{line}{reason}";
    }
}
