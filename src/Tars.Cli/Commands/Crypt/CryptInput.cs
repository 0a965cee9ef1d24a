namespace Tars.Cli.Commands.Crypt;

/// <summary>
/// What is read: bytes that were looked at before, then the rest of a stream. Counts, and stops at once when the run is cancelled, even
/// while a terminal or pipe gives nothing.
/// </summary>
/// <param name="job">Names the file, or standard input.</param>
/// <param name="cancellationToken">Ends a read that waits.</param>
internal sealed class CryptInput(CryptJob job, CancellationToken cancellationToken) : Stream
{
    private readonly Stream _inner = job.ReadsStandardInput
        ? System.Console.OpenStandardInput()
        : new FileStream(job.Input, new FileStreamOptions { Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });

    private ReadOnlyMemory<byte> _ahead;
    private long _read;

    /// <summary>How much was read.</summary>
    public long Count => Interlocked.Read(ref _read);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The first bytes, which are read again afterwards; fewer when there are no more.</summary>
    public async Task<ReadOnlyMemory<byte>> PeekAsync(int length)
    {
        byte[] bytes = new byte[length];
        int read = await this.ReadAtLeastAsync(bytes, length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        _ahead = bytes.AsMemory(0, read);
        Interlocked.Add(ref _read, -read);
        return _ahead;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellation = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        int read = Math.Min(_ahead.Length, buffer.Length);
        if (read > 0)
        {
            _ahead[..read].CopyTo(buffer);
            _ahead = _ahead[read..];
        }
        else
        {
            read = await _inner.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
        }

        Interlocked.Add(ref _read, read);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
