namespace Tars.Sealing.Logs;

/// <summary>
/// The end of a segment whose sectors had not all reached the disk when the power went: each one of them holds zeroes only or none, and the lines that can be
/// read in those that arrived come later than the one that is not whole.
/// </summary>
internal sealed class UnwrittenSectors
{
    private readonly long _end; // where the last whole line ends: the sector around it keeps what was there before
    private readonly List<byte> _line = [0]; // with the byte before it that a leaf's prefix takes
    private long _at;
    private long _sequence;
    private bool? _isHole; // of the sector that is being read; null before its first byte
    private bool _isLineBegun; // a line feed was seen since the last hole
    private bool _isRefuted;

    /// <summary>Begins.</summary>
    /// <param name="at">The first zero.</param>
    /// <param name="end">Where the last whole line ends.</param>
    /// <param name="sequence">The number of the line that is not whole.</param>
    internal UnwrittenSectors(long at, long end, long sequence)
    {
        (_at, _end, _sequence) = (at, end, sequence);
        _isRefuted = at != end && at % LineEnd.SectorBytes != 0; // half a sector is zero only where the file was made longer and nothing was written yet
    }

    /// <summary>Whether no other byte than zero was met.</summary>
    internal bool IsZeroToTheEnd { get; private set; } = true;

    /// <summary>Whether all that was met is what a disk leaves that has written some of its sectors and not others.</summary>
    internal bool IsUnwritten => !_isRefuted;

    /// <summary>Takes the bytes that follow.</summary>
    /// <returns>Whether it is of use to go on.</returns>
    internal bool Take(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            int left = (int)(LineEnd.SectorBytes - (_at % LineEnd.SectorBytes));
            ReadOnlySpan<byte> sector = bytes[..Math.Min(left, bytes.Length)];
            bool isHole = sector[0] == 0;
            IsZeroToTheEnd &= isHole && !sector.ContainsAnyExcept((byte)0);
            if (!_isRefuted)
            {
                _isRefuted = (_isHole is { } begun && begun != isHole && _at % LineEnd.SectorBytes != 0 && _at != _end)
                    || (isHole ? sector.ContainsAnyExcept((byte)0) : sector.Contains((byte)0) || !Read(sector));
            }

            if (isHole)
            {
                Forget();
                _isLineBegun = false;
            }

            (_isHole, _at) = (isHole, _at + sector.Length);
            bytes = bytes[sector.Length..];
        }

        return IsZeroToTheEnd || !_isRefuted;
    }

    private void Forget() => _line.RemoveRange(1, _line.Count - 1);

    private bool Read(ReadOnlySpan<byte> sector)
    {
        foreach (byte one in sector)
        {
            if (one != '\n')
            {
                if (one < ' ' || _line.Count > EventLine.MaximumBytes)
                {
                    return false;
                }

                _line.Add(one);
                continue;
            }

            byte[] prefixed = [.. _line];
            if (_isLineBegun)
            {
                if (!EventLine.TryRead(prefixed, out EventLine line, out _) || line.ActualHash != line.CurrentHash || line.Sequence <= _sequence)
                {
                    return false;
                }

                _sequence = line.Sequence;
            }

            Forget();
            _isLineBegun = true;
        }

        return true;
    }
}
