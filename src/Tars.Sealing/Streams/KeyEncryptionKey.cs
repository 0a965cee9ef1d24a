using Tars.Sealing.Keys;

namespace Tars.Sealing.Streams;

/// <summary>
/// A symmetric key of 256 bits that wraps the data keys of sealed files. Its bytes stand in memory that the collector does not move, and are
/// zeroed on disposal.
/// </summary>
public sealed class KeyEncryptionKey : IDisposable
{
    /// <summary>Length of the key in bytes.</summary>
    public const int Length = 32;

    private readonly SecretBytes _key;

    /// <summary>Copies a key.</summary>
    /// <param name="keyId">1 to 64 visible ASCII characters.</param>
    /// <param name="version">At least 1.</param>
    /// <param name="key">32 bytes; the caller zeroes its own copy.</param>
    /// <exception cref="ArgumentException">The id, version or length is not as described.</exception>
    public KeyEncryptionKey(string keyId, int version, ReadOnlySpan<byte> key)
    {
        Name = KeyVersion.Checked(keyId, version);
        if (key.Length != Length)
        {
            throw new ArgumentException($"key {Name}: {key.Length} bytes are no AES-256 key; {Length} are expected", nameof(key));
        }

        _key = new SecretBytes(key);
    }

    /// <summary>Id and version, as headers name it.</summary>
    public KeyVersion Name { get; }

    /// <summary>The 32 bytes.</summary>
    /// <exception cref="ObjectDisposedException">The key was zeroed.</exception>
    internal ReadOnlySpan<byte> Bytes => _key.Span;

    /// <summary>Zeroes the key.</summary>
    public void Dispose() => _key.Dispose();

    /// <summary>Id and version, never the key.</summary>
    public override string ToString() => Name.ToString();
}
