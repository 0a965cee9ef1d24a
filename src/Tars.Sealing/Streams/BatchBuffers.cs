using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace Tars.Sealing.Streams;

/// <summary>
/// Buffers of one size that are used again. They stand in memory that the collector does not move, so that no copy of a plaintext stays
/// behind, and come back zeroed.
/// </summary>
internal static class BatchBuffers
{
    /// <summary>Plaintext bytes that a buffer holds, whatever the chunk size.</summary>
    internal const int PlainBytes = 1 << 20;

    private const int Size = PlainBytes + (PlainBytes >> HeaderLayout.SmallestExponent) * Aes256Gcm.TagLength;

    private static readonly int Kept = 2 * Environment.ProcessorCount;
    private static readonly ConcurrentBag<byte[]> Free = [];

    internal static byte[] Rent() => Free.TryTake(out byte[]? buffer) ? buffer : GC.AllocateUninitializedArray<byte>(Size, pinned: true);

    /// <summary>Takes a buffer back, of which only the first bytes were used.</summary>
    internal static void Return(byte[] buffer, int used)
    {
        CryptographicOperations.ZeroMemory(buffer.AsSpan(0, used));
        if (Free.Count < Kept)
        {
            Free.Add(buffer);
        }
    }
}
