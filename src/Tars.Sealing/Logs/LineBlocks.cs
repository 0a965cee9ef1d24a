using System.Collections.Concurrent;

namespace Tars.Sealing.Logs;

/// <summary>The blocks of several segments, one after the other; with two threads the next blocks are read and hashed while one is looked at.</summary>
internal static class LineBlocks
{
    private const int Ahead = 4;

    /// <summary>Each block is whole until the next one is asked for. Every segment gives at least one, whose last one says so.</summary>
    /// <param name="paths">The segments.</param>
    /// <param name="threads">1 or 2.</param>
    /// <exception cref="IOException">A segment cannot be read.</exception>
    internal static IEnumerable<LineBlock> Read(IReadOnlyList<string> paths, int threads) => threads > 1 ? ReadAhead(paths) : Read(paths, new Queue<LineBlock>([new LineBlock()]));

    private static IEnumerable<LineBlock> Read(IReadOnlyList<string> paths, Queue<LineBlock> one)
    {
        LineBlock block = one.Dequeue();
        for (int part = 0; part < paths.Count; part++)
        {
            using FileStream file = Open(paths[part]);
            LineBlock? before = null;
            do
            {
                block.Fill(file, part, before);
                yield return block;
                before = block;
            }
            while (!block.IsLast);
        }
    }

    private static IEnumerable<LineBlock> ReadAhead(IReadOnlyList<string> paths)
    {
        using BlockingCollection<LineBlock> free = [];
        using BlockingCollection<LineBlock> full = [];
        using CancellationTokenSource stop = new();
        for (int i = 0; i < Ahead; i++)
        {
            free.Add(new LineBlock());
        }

        Task reading = Task.Run(() => Fill(paths, free, full, stop.Token));
        try
        {
            // A block's rest begins the next one: it goes back when the next one has been filled, which is when it is taken.
            foreach (LineBlock block in full.GetConsumingEnumerable())
            {
                yield return block;
                free.Add(block);
            }

            reading.GetAwaiter().GetResult(); // throws what the reader threw
        }
        finally
        {
            stop.Cancel();
            Task.WhenAny(reading).GetAwaiter().GetResult(); // waits without throwing
        }
    }

    private static void Fill(IReadOnlyList<string> paths, BlockingCollection<LineBlock> free, BlockingCollection<LineBlock> full, CancellationToken stop)
    {
        try
        {
            for (int part = 0; part < paths.Count; part++)
            {
                using FileStream file = Open(paths[part]);
                LineBlock? before = null;
                do
                {
                    LineBlock block = free.Take(stop);
                    block.Fill(file, part, before);
                    if (before is not null)
                    {
                        full.Add(before, stop);
                    }

                    before = block;
                }
                while (!before.IsLast);
                full.Add(before, stop);
            }
        }
        finally
        {
            full.CompleteAdding();
        }
    }

    /// <summary>Opens a segment that somebody else may be writing.</summary>
    internal static FileStream Open(string path) =>
        new(path, new FileStreamOptions { BufferSize = 0, Options = FileOptions.SequentialScan, Share = FileShare.ReadWrite | FileShare.Delete });
}
