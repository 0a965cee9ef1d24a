using Microsoft.Win32.SafeHandles;

namespace Tars.Sealing.Streams;

/// <summary>
/// Chunks from file to file. The place of each chunk follows from its index, so the cores read, work and write without waiting for each
/// other.
/// </summary>
internal static class FileBatches
{
    /// <summary>Seals <paramref name="length"/> bytes, at least 1, behind the header.</summary>
    /// <returns>Length of the sealed file.</returns>
    /// <exception cref="IOException">The plaintext has another length by now, or a file failed.</exception>
    internal static async Task<long> SealAsync(
        SafeFileHandle plain, long length, SafeFileHandle target, SealedHeader header, FileKeys keys, CancellationToken cancellationToken)
    {
        int chunkSize = header.ChunkSize;
        long chunks = ((length - 1) / chunkSize) + 1;
        await RunAsync(() => new ChunkBatch(keys, chunkSize), chunks, (batch, first) =>
        {
            Describe(batch, first, chunks, length - ((chunks - 1) * chunkSize));
            for (int j = 0; j < batch.Count; j++)
            {
                Span<byte> chunk = batch.Plain(j).Span;
                if (FileBytes.Read(plain, chunk, (first + j) * chunkSize) < chunk.Length)
                {
                    throw new IOException("the file became shorter while it was sealed");
                }
            }

            batch.Seal();
            RandomAccess.Write(target, batch.Sealed.Span, header.Length + (first * batch.SealedSize));
            return true;
        }, cancellationToken);
        return RandomAccess.GetLength(plain) == length
            ? header.Length + length + (chunks * Aes256Gcm.TagLength)
            : throw new IOException("the file became longer while it was sealed");
    }

    /// <summary>Opens everything behind the header.</summary>
    /// <returns>The plaintext's length, and the first chunk that is not genuine, if one is not.</returns>
    /// <exception cref="IOException">A file failed.</exception>
    internal static async Task<(long PlainBytes, OpenResult.Damaged? Damaged)> OpenAsync(
        SafeFileHandle source, SafeFileHandle target, SealedHeader header, FileKeys keys, CancellationToken cancellationToken)
    {
        int sealedSize = header.ChunkSize + Aes256Gcm.TagLength;
        long length = RandomAccess.GetLength(source) - header.Length;
        long chunks = Math.Max(1, ((length - 1) / sealedSize) + 1);
        long lastLength = length - ((chunks - 1) * sealedSize) - Aes256Gcm.TagLength;
        OpenResult.Damaged? damaged = null;
        Lock gate = new();
        await RunAsync(() => new ChunkBatch(keys, header.ChunkSize), chunks, (batch, first) =>
        {
            Describe(batch, first, chunks, lastLength);
            if (FileBytes.Read(source, batch.Sealed.Span, header.Length + (first * sealedSize)) < batch.Sealed.Length)
            {
                throw new IOException("the file became shorter while it was opened");
            }

            batch.Open();
            for (int j = 0; j < batch.Verified; j++)
            {
                RandomAccess.Write(target, batch.Plain(j).Span, (first + j) * header.ChunkSize);
            }

            lock (gate)
            {
                OpenResult.Damaged? here = batch.Damage(header);
                damaged = here is not null && (damaged is null || here.Offset < damaged.Offset) ? here : damaged;
                return damaged is null;
            }
        }, cancellationToken);
        return (((chunks - 1) * header.ChunkSize) + lastLength, damaged);
    }

    private static void Describe(ChunkBatch batch, long first, long chunks, long lastLength)
    {
        bool endsFile = first + batch.Capacity >= chunks;
        batch.Set(first, (int)Math.Min(batch.Capacity, chunks - first), endsFile ? (int)lastLength : batch.ChunkSize, endsFile);
    }

    /// <summary>
    /// Gives out batches in order, to as many workers as there are cores, until there is none left or <paramref name="work"/> gives false.
    /// Whatever was given out is finished: nothing before a failure is left undone.
    /// </summary>
    private static async Task RunAsync(Func<ChunkBatch> create, long chunks, Func<ChunkBatch, long, bool> work, CancellationToken cancellationToken)
    {
        long given = -1;
        bool stopped = false;
        void Work()
        {
            using ChunkBatch batch = create();
            bool finished = false;
            try
            {
                while (!Volatile.Read(ref stopped))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    long first = Interlocked.Increment(ref given) * batch.Capacity;
                    if (first >= chunks)
                    {
                        break;
                    }

                    if (!work(batch, first))
                    {
                        Volatile.Write(ref stopped, true);
                    }
                }

                finished = true;
            }
            finally
            {
                if (!finished)
                {
                    Volatile.Write(ref stopped, true); // the other workers need not go on either
                }
            }
        }

        int workers = (int)Math.Min(Environment.ProcessorCount, chunks);
        if (workers == 1)
        {
            Work();
            return;
        }

        await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(Work, CancellationToken.None)));
    }
}
