using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Tars.Configuration.Secrets;

/// <summary>
/// Bytes that nothing shows: not a formatter, a logger, a serializer, an exception or a debugger. They are kept in pinned memory, so that
/// no copy is left behind when the heap is compacted, and zeroed on <see cref="Dispose"/>.
/// </summary>
/// <remarks>Whoever gets a secret owns it and disposes it. Not thread-safe: one owner, one thread at a time; share by <see cref="Copy"/>.</remarks>
[DebuggerDisplay("(secret)")]
[JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret : IFormattable, IDisposable
{
    /// <summary>What stands wherever a secret would be shown.</summary>
    public const string Shown = "(secret)";

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private byte[]? _bytes;

    private Secret(byte[] pinned) => _bytes = pinned;

    /// <summary>The length in bytes.</summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public int Length => Bytes.Length;

    /// <summary>The bytes; not to be kept beyond the life of this secret.</summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlySpan<byte> Bytes => _bytes ?? throw new ObjectDisposedException(nameof(Secret));

    /// <summary>Returns a secret with a copy of <paramref name="bytes"/>; the caller clears its own.</summary>
    public static Secret Of(ReadOnlySpan<byte> bytes)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(pinned);
        return new Secret(pinned);
    }

    /// <summary>Returns a secret with the UTF-8 bytes of <paramref name="text"/>.</summary>
    public static Secret Of(ReadOnlySpan<char> text)
    {
        byte[] pinned = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text), pinned: true);
        Encoding.UTF8.GetBytes(text, pinned);
        return new Secret(pinned);
    }

    /// <summary>
    /// Returns the secret as text, for interfaces that take nothing else. The text cannot be zeroed: keep it for one use.
    /// Bytes that are not UTF-8 are refused.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    /// <exception cref="DecoderFallbackException">The bytes are not UTF-8.</exception>
    public string Reveal() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Bytes);

    /// <summary>Returns a secret of its own with the same bytes.</summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    public Secret Copy() => Of(Bytes);

    /// <summary>Returns whether the bytes are <paramref name="other"/>, in a time that depends on the lengths alone.</summary>
    /// <exception cref="ObjectDisposedException">The secret was disposed.</exception>
    public bool Matches(ReadOnlySpan<byte> other) => CryptographicOperations.FixedTimeEquals(Bytes, other);

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_bytes);
        _bytes = null;
    }

    /// <summary>Returns <see cref="Shown"/>.</summary>
    public override string ToString() => Shown;

    /// <summary>Returns <see cref="Shown"/>, whatever the format.</summary>
    public string ToString(string? format, IFormatProvider? formatProvider) => Shown;
}
