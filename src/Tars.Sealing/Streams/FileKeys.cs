using System.Security.Cryptography;

namespace Tars.Sealing.Streams;

/// <summary>
/// A file's data key and what follows from it: the commitment, the key of the chunks and the key of the header MAC
/// (docs/formats/sealed-file.md, "Keys"). Zeroed on disposal.
/// </summary>
internal sealed class FileKeys : IDisposable
{
    /// <summary>Length of the data key and of each derived value, bytes.</summary>
    internal const int Length = 32;

    private readonly byte[] _bytes = GC.AllocateArray<byte>(4 * Length, pinned: true);

    /// <summary>The data key: drawn or unwrapped into this place.</summary>
    internal Span<byte> DataKey => _bytes.AsSpan(0, Length);

    internal ReadOnlySpan<byte> Commitment => _bytes.AsSpan(Length, Length);

    internal ReadOnlySpan<byte> ChunkKey => _bytes.AsSpan(2 * Length, Length);

    private ReadOnlySpan<byte> MacKey => _bytes.AsSpan(3 * Length, Length);

    /// <summary>Derives all three from the data key.</summary>
    /// <param name="uncommitted">The header's fixed part without the commitment; its last 32 bytes are the salt.</param>
    internal void Derive(ReadOnlySpan<byte> uncommitted)
    {
        ReadOnlySpan<byte> label = "tars sealed file v1\0"u8;
        Span<byte> info = stackalloc byte[label.Length + HeaderLayout.Longest];
        label.CopyTo(info);
        uncommitted.CopyTo(info[label.Length..]);
        HKDF.DeriveKey(
            HashAlgorithmName.SHA256, DataKey, _bytes.AsSpan(Length), uncommitted[^HeaderLayout.SaltLength..], info[..(label.Length + uncommitted.Length)]);
    }

    /// <summary>The header MAC over everything that stands before it.</summary>
    internal void Authenticate(ReadOnlySpan<byte> header, Span<byte> mac) => HMACSHA256.HashData(MacKey, header, mac);

    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
