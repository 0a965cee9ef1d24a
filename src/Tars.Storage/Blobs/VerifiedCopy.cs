using System.Buffers;
using System.Security.Cryptography;

namespace Tars.Storage.Blobs;

/// <summary>Copies bytes whose digest is known beforehand, so that wrong ones never arrive whole.</summary>
public static class VerifiedCopy
{
    /// <summary>How much is held back until the digest is right: 1 MiB.</summary>
    public const int HoldBytes = 1 << 20;

    private const int ReadBytes = 1 << 17;

    /// <summary>Copies <paramref name="source"/> to its end.</summary>
    internal static async Task<BlobCopy> RunAsync(Stream source, BlobDigest expected, Stream destination, long maximumBytes, CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent((2 * HoldBytes) + ReadBytes); // the held bytes, and room for one read
        try
        {
            (int held, long size) = (0, 0);
            while (await source.ReadAsync(buffer.AsMemory(held, ReadBytes), cancellationToken).ConfigureAwait(false) is > 0 and int read)
            {
                hash.AppendData(buffer, held, read);
                held += read;
                size += read;
                if (size > maximumBytes)
                {
                    return new BlobCopy.TooLong(maximumBytes);
                }

                if (held >= 2 * HoldBytes)
                {
                    int released = held - HoldBytes;
                    await destination.WriteAsync(buffer.AsMemory(0, released), cancellationToken).ConfigureAwait(false);
                    buffer.AsSpan(released, HoldBytes).CopyTo(buffer);
                    held = HoldBytes;
                }
            }

            BlobDigest found = BlobDigest.FromBytes(hash.GetHashAndReset());
            if (found != expected)
            {
                return new BlobCopy.Damaged(expected, found, size);
            }

            await destination.WriteAsync(buffer.AsMemory(0, held), cancellationToken).ConfigureAwait(false);
            return new BlobCopy.Copied(size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }
}
