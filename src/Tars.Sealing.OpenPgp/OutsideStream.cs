namespace Tars.Sealing.OpenPgp;

/// <summary>
/// Reads another stream, which need not be seekable, through a buffer. That it cannot be read is told as what it is, and not taken for a message
/// that is malformed.
/// </summary>
internal sealed class OutsideStream(Stream inner) : Stream
{
    private readonly byte[] _buffer = new byte[1 << 16];
    private int _at;
    private int _end;

    /// <summary>Bytes that were read of the other stream.</summary>
    public long BytesRead { get; private set; }

    /// <summary>Whether the first byte is one of a binary packet, and not of armour.</summary>
    public bool IsBinary => Fill() && (_buffer[_at] & 0x80) != 0;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || !Fill())
        {
            return 0;
        }

        int length = Math.Min(buffer.Length, _end - _at);
        _buffer.AsSpan(_at, length).CopyTo(buffer);
        _at += length;
        return length;
    }

    public override int ReadByte() => Fill() ? _buffer[_at++] : -1;

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private bool Fill()
    {
        if (_at < _end)
        {
            return true;
        }

        try
        {
            _at = 0;
            _end = inner.Read(_buffer, 0, _buffer.Length);
            BytesRead += _end;
            return _end > 0;
        }
        catch (IOException failure)
        {
            throw new OpenPgpException("the input", $"cannot be read: {failure.Message}", failure) { IsEnvironment = true };
        }
    }
}
