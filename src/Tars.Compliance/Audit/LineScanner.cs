using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Reads the complete lines of a segment one after the other.</summary>
internal sealed class LineScanner
{
    private readonly Func<Memory<byte>, long, int> _read;
    private byte[] _buffer = new byte[1 + (1 << 18)];
    private int _begin = 1; // a byte stands in front of every line: it is the prefix of a leaf while a hash is taken
    private int _end = 1;
    private int _clean = 1; // no line feed lies between _begin and here

    public LineScanner(LogFile file, long offset)
        : this((target, at) => file.Read(target.Span, at), offset)
    {
    }

    public LineScanner(Func<Memory<byte>, long, int> read, long offset) => (_read, Offset) = (read, offset);

    /// <summary>Where the next line begins.</summary>
    public long Offset { get; private set; }

    /// <summary>The line that <see cref="TryNext"/> has found.</summary>
    public ReadOnlyMemory<byte> Line { get; private set; }

    /// <summary>The next line without its line feed, with one byte of no account before it. Valid until the next call.</summary>
    /// <param name="prefixed">The line.</param>
    /// <returns>False when what is left has no line feed, or holds a zero byte, which no line does: it was never written as a whole.</returns>
    public bool TryNext(out Span<byte> prefixed)
    {
        while (true)
        {
            int found = _buffer.AsSpan(_clean, _end - _clean).IndexOf((byte)'\n');
            if (found >= 0)
            {
                int feed = _clean + found;
                prefixed = _buffer.AsSpan(_begin - 1, feed - _begin + 1);
                if (prefixed[1..].Contains((byte)0))
                {
                    return false;
                }

                Line = _buffer.AsMemory(_begin, feed - _begin);
                Offset += feed + 1 - _begin;
                _begin = _clean = feed + 1;
                return true;
            }

            _clean = _end;
            prefixed = default;
            if (_end - _begin > EventLine.MaximumBytes || !Fill())
            {
                return false;
            }
        }
    }

    private bool Fill()
    {
        if (_begin > 1)
        {
            _buffer.AsSpan(_begin, _end - _begin).CopyTo(_buffer.AsSpan(1));
            (_clean, _end, _begin) = (_clean - _begin + 1, _end - _begin + 1, 1);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, 2 * _buffer.Length);
        }

        int read = _read(_buffer.AsMemory(_end), Offset + _end - _begin);
        _end += read;
        return read > 0;
    }
}
