using System.Globalization;
using System.Net;
using System.Runtime.InteropServices;

namespace Tars.Configuration.Secrets.Http;

/// <summary>An answer whose body is zeroed on <see cref="Dispose"/>.</summary>
/// <param name="address">What was asked.</param>
/// <param name="status">The status code.</param>
/// <param name="headers">Every header of the answer, names in any case.</param>
/// <param name="body">The body, owned by this.</param>
internal sealed class SecretResponse(Uri address, HttpStatusCode status, IReadOnlyDictionary<string, string[]> headers, ClearedBuffer body) : IDisposable
{
    /// <summary>What was asked, without the query.</summary>
    public string Place { get; } = address.GetLeftPart(UriPartial.Path);

    /// <summary>The status code.</summary>
    public HttpStatusCode Status => status;

    /// <summary>Whether the status is 200 to 299.</summary>
    public bool IsSuccess => (int)status is >= 200 and <= 299;

    /// <summary>The body; empty when there was none.</summary>
    public ReadOnlySpan<byte> Body => body.Span;

    /// <summary>The body, for readers that keep it as long as this answer lives.</summary>
    public ReadOnlyMemory<byte> Memory => body.Memory;

    /// <summary>Opens the body for readers that take a stream; nothing is copied.</summary>
    public Stream OpenBody() =>
        MemoryMarshal.TryGetArray(body.Memory, out ArraySegment<byte> bytes) ? new MemoryStream(bytes.Array!, bytes.Offset, bytes.Count, writable: false) : Stream.Null;

    /// <summary>When the answering side says it answered (<c>Date</c>); null when it does not.</summary>
    public DateTimeOffset? Date => Headers("Date") is [string text] && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset date) ? date : null;

    /// <summary>Returns the values of a header; empty when the answer has none.</summary>
    public IReadOnlyList<string> Headers(string name) => headers.TryGetValue(name, out string[]? values) ? values : [];

    /// <summary>Says that the answer cannot be read, and what is wrong with it.</summary>
    public SecretBackendException Malformed(string what, Exception? cause = null) =>
        SecretBackendException.Unreachable($"{Place} answered {(int)status} with {what}", cause);

    /// <inheritdoc/>
    public void Dispose() => body.Dispose();
}
