using System.Diagnostics;

namespace Tars.Configuration.Secrets;

/// <summary>What a backend said when it was asked for a secret.</summary>
public abstract record SecretAnswer
{
    private SecretAnswer()
    {
    }

    /// <summary>Returns the answer in words, place first, for messages; no secret in it.</summary>
    public string Describe() => this switch
    {
        Found found => found.Place,
        Absent absent => $"{absent.Place}: there is no such secret",
        Refused refused => $"{refused.Place}: {refused.Reason}",
        Unreachable unreachable => $"{unreachable.Place}: {unreachable.Reason}",
        _ => throw new UnreachableException(),
    };

    /// <summary>The secret.</summary>
    /// <param name="Value">Its bytes, owned by whoever asked.</param>
    /// <param name="Place">Where it was, for <c>config explain</c>: a path with version, a file, a variable; no secret in it.</param>
    /// <param name="Lifetime">How long it may be kept; null when the backend set no end.</param>
    public sealed record Found(Secret Value, string Place, TimeSpan? Lifetime) : SecretAnswer
    {
        /// <summary>Returns an answer with a secret of its own made of <paramref name="bytes"/>; the caller clears its own.</summary>
        /// <param name="bytes">The secret.</param>
        /// <param name="place">Where it was; no secret in it.</param>
        /// <param name="lifetime">How long it may be kept; null when the backend set no end.</param>
        public static Found Of(ReadOnlySpan<byte> bytes, string place, TimeSpan? lifetime = null) => new(Secret.Of(bytes), place, lifetime);

        /// <summary>Returns an answer with a secret of its own made of the UTF-8 bytes of <paramref name="text"/>.</summary>
        /// <param name="text">The secret.</param>
        /// <param name="place">Where it was; no secret in it.</param>
        /// <param name="lifetime">How long it may be kept; null when the backend set no end.</param>
        public static Found Of(ReadOnlySpan<char> text, string place, TimeSpan? lifetime = null) => new(Secret.Of(text), place, lifetime);
    }

    /// <summary>The backend answered that it has no such secret. The next backend of a chain is asked.</summary>
    /// <param name="Place">Where it was looked for.</param>
    public sealed record Absent(string Place) : SecretAnswer;

    /// <summary>The backend answered and refused: wrong credentials, no permission, an expired login, a file that others may read.</summary>
    /// <param name="Place">Where it was looked for.</param>
    /// <param name="Reason">What is wrong and the way out; no secret in it.</param>
    public sealed record Refused(string Place, string Reason) : SecretAnswer;

    /// <summary>No usable answer came: no connection, a time-out, throttling that did not end, an answer that cannot be read.</summary>
    /// <param name="Place">Where it was looked for.</param>
    /// <param name="Reason">What happened; no secret in it.</param>
    public sealed record Unreachable(string Place, string Reason) : SecretAnswer;
}
