using System.Diagnostics.CodeAnalysis;

namespace Tars.Sealing.Streams;

/// <summary>
/// Batches of chunks on their way from stream to stream: read in order, worked on by all cores, written in order. A fixed number of
/// batches is under way, so memory does not depend on the length.
/// </summary>
internal static class ChunkPipeline
{
    private static readonly int MostUnderWay = Environment.ProcessorCount + 1;

    /// <summary>Runs until the batch that ends the file was written, or <paramref name="write"/> gives false.</summary>
    /// <param name="create">Makes a batch.</param>
    /// <param name="read">Fills a batch whose first chunk has the given index.</param>
    /// <param name="work">Encrypts or decrypts; called on several threads, each with a batch of its own.</param>
    /// <param name="write">Writes a batch.</param>
    internal static async Task RunAsync(Func<ChunkBatch> create, Func<ChunkBatch, long, ValueTask> read, Action<ChunkBatch> work, Func<ChunkBatch, ValueTask<bool>> write)
    {
        ChunkBatch?[] batches = new ChunkBatch?[MostUnderWay];
        Task[] worked = new Task[MostUnderWay];
        Array.Fill(worked, Task.CompletedTask);
        long chunks = 0;
        bool ended = false;
        bool goesOn = true;
        try
        {
            // The batches number `written` to `begun` are under way; batch b stands at b modulo the length of the ring.
            for (long begun = 0, written = 0; goesOn && !(ended && written == begun);)
            {
                if (!ended && begun - written < MostUnderWay)
                {
                    int place = (int)(begun++ % MostUnderWay);
                    ChunkBatch batch = batches[place] ??= create();
                    await read(batch, chunks);
                    chunks += batch.Count;
                    ended = batch.EndsFile;
                    worked[place] = Start(batch, work, alone: ended && begun == 1);
                }
                else
                {
                    int place = (int)(written++ % MostUnderWay);
                    await worked[place];
                    goesOn = await write(batches[place]!);
                }
            }
        }
        finally
        {
            await Task.WhenAll(worked);
            Array.ForEach(batches, batch => batch?.Dispose());
        }
    }

    /// <summary>A batch that comes alone is worked on at once: a small report needs no second thread.</summary>
    [SuppressMessage("Reliability", "CA2025", Justification = "RunAsync awaits all work before it disposes batches.")]
    private static Task Start(ChunkBatch batch, Action<ChunkBatch> work, bool alone)
    {
        if (!alone)
        {
            return Task.Run(() => work(batch));
        }

        work(batch);
        return Task.CompletedTask;
    }
}
