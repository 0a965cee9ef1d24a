namespace Tars.Sealing.OpenPgp;

/// <summary>Reads decompressed data up to a limit. Every byte counts, of whatever packet: a reader of packets holds some of them in memory.</summary>
/// <param name="inner">The decompressing stream.</param>
/// <param name="limit">The most bytes at this moment; it may grow with what was read of the message.</param>
/// <param name="exceeded">Told the limit when there is more.</param>
internal sealed class DecompressedStream(Stream inner, Func<long> limit, Action<long> exceeded) : Stream
{
    private long _read;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <exception cref="IOException">There is more than the limit.</exception>
    public override int Read(byte[] buffer, int offset, int count)
    {
        int length = inner.Read(buffer, offset, count);
        _read += length;
        if (_read > limit())
        {
            exceeded(limit());
            throw new IOException("it decompresses to more than it may");
        }

        return length;
    }

    public override int ReadByte()
    {
        byte[] one = new byte[1];
        return Read(one, 0, 1) == 1 ? one[0] : -1;
    }

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
