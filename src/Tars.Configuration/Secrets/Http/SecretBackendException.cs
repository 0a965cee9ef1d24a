using System.Diagnostics.CodeAnalysis;

namespace Tars.Configuration.Secrets.Http;

/// <summary>Why a backend gives no secret; becomes <see cref="SecretAnswer.Refused"/> or <see cref="SecretAnswer.Unreachable"/>. Its text holds no secret.</summary>
[SuppressMessage("Design", "CA1064", Justification = "Every backend answers for it; it never leaves them.")]
internal sealed class SecretBackendException : Exception
{
    private SecretBackendException(bool isRefusal, string reason, Exception? cause)
        : base(reason, cause) => IsRefusal = isRefusal;

    /// <summary>Whether the backend, or this side of it, refused; else no usable answer came.</summary>
    public bool IsRefusal { get; }

    /// <summary>A refusal: wrong credentials, no permission, settings that cannot work.</summary>
    public static SecretBackendException Refused(string reason) => new(true, reason, null);

    /// <summary>No usable answer: no connection, a time-out, throttling that did not end, an answer that cannot be read.</summary>
    public static SecretBackendException Unreachable(string reason, Exception? cause = null) => new(false, reason, cause);

    /// <summary>Returns the answer for a question that was asked at <paramref name="place"/>.</summary>
    public SecretAnswer At(string place) =>
        IsRefusal ? new SecretAnswer.Refused(place, Message) : new SecretAnswer.Unreachable(place, Message);
}
