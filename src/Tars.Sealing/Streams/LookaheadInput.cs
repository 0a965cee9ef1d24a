namespace Tars.Sealing.Streams;

/// <summary>Reads a stream piece by piece and knows when nothing follows.</summary>
internal sealed class LookaheadInput(Stream stream, CancellationToken cancellationToken)
{
    private readonly byte[] _ahead = new byte[1];
    private ReadOnlyMemory<byte> _pending;

    /// <summary>Fills the memory; the number of bytes is less than its length only at the end.</summary>
    internal async ValueTask<int> FillAsync(Memory<byte> memory)
    {
        int filled = Math.Min(_pending.Length, memory.Length);
        _pending[..filled].CopyTo(memory);
        _pending = _pending[filled..];
        return filled == memory.Length ? filled : filled + await stream.ReadAtLeastAsync(memory[filled..], memory.Length - filled, throwOnEndOfStream: false, cancellationToken);
    }

    /// <summary>Gives bytes back: they are read next.</summary>
    internal void PushBack(ReadOnlyMemory<byte> bytes) => _pending = bytes;

    /// <summary>Reads the pieces of a batch: of the chunk size when sealing, of the sealed size when opening.</summary>
    internal async ValueTask FillAsync(ChunkBatch batch, long first, int pieceSize)
    {
        int shorter = pieceSize - batch.ChunkSize; // the tag, when opening
        for (int j = 0; j < batch.Capacity; j++)
        {
            int length = await FillAsync(batch.Place(j)[..pieceSize]);
            if (length == pieceSize)
            {
                continue;
            }

            bool isPiece = length > 0 || (first == 0 && j == 0);
            batch.Set(first, isPiece ? j + 1 : j, isPiece ? length - shorter : batch.ChunkSize, endsFile: true);
            return;
        }

        batch.Set(first, batch.Capacity, batch.ChunkSize, endsFile: await IsAtEndAsync());
    }

    private async ValueTask<bool> IsAtEndAsync()
    {
        if (_pending.IsEmpty && await stream.ReadAsync(_ahead, cancellationToken) == 1)
        {
            _pending = _ahead;
        }

        return _pending.IsEmpty;
    }
}
