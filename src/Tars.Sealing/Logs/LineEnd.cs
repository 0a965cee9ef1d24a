namespace Tars.Sealing.Logs;

/// <summary>Reads a file at a place.</summary>
/// <param name="target">Takes the bytes.</param>
/// <param name="offset">From where on.</param>
/// <returns>Bytes read; 0 at the file's end.</returns>
public delegate int ReadAt(Span<byte> target, long offset);

/// <summary>
/// What stands in the last segment behind the last whole line, and whether a crash can leave it. The one rule of torn and tampered, by which a writer freezes
/// its log and a verifier judges it; docs/formats/audit-log.md lays it down.
/// </summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Sequence">The line that would stand there.</param>
/// <param name="IsTorn">Whether a crash can leave it.</param>
/// <param name="Found">What it is, in words.</param>
public sealed record LineEnd(long Offset, long Length, long Sequence, bool IsTorn, string Found)
{
    /// <summary>What a disk writes as a whole.</summary>
    internal const int SectorBytes = 512;

    /// <summary>Looks at the end of a segment.</summary>
    /// <param name="read">Reads the segment.</param>
    /// <param name="offset">Where the last whole line ends: what follows has no line feed, or the line that follows holds a zero byte.</param>
    /// <param name="length">How much follows, more than 0.</param>
    /// <param name="sequence">The number of the next line.</param>
    /// <param name="previous">The hash of the last whole line; null when it is not known.</param>
    public static LineEnd Of(ReadAt read, long offset, long length, long sequence, TreeHash? previous)
    {
        ArgumentNullException.ThrowIfNull(read);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        byte[] first = new byte[(int)Math.Min(length, EventLine.MaximumBytes)];
        int there = Fill(read, first, offset);
        ReadOnlySpan<byte> rest = first.AsSpan(0, there);
        int zero = rest.IndexOf((byte)0);
        ReadOnlySpan<byte> begun = zero < 0 ? rest : rest[..zero];
        UnwrittenSectors holes = new(offset + begun.Length, offset, sequence);
        bool isBeginning = !begun.Contains((byte)'\n') && LineBeginning.Fits(begun, sequence, previous);
        if (zero >= 0 && isBeginning)
        {
            byte[] chunk = new byte[1 << 16];
            for (long at = offset + begun.Length; at < offset + length;)
            {
                int got = read(chunk.AsSpan(0, (int)Math.Min(chunk.Length, offset + length - at)), at);
                if (got == 0 || !holes.Take(chunk.AsSpan(0, got)))
                {
                    break;
                }

                at += got;
            }
        }

        bool isZeroed = zero >= 0 && isBeginning && holes.IsZeroToTheEnd;
        string found = isZeroed && begun.Length == 0 ? $"{length} bytes of zero"
            : isZeroed ? $"{begun.Length} bytes of a line and {length - begun.Length} of zero"
            : zero >= 0 ? $"{length} bytes without a whole line, zeroes among them"
            : $"{length} bytes without a line feed";
        bool isTorn = isBeginning && (zero < 0 ? begun.Length == length : isZeroed || holes.IsUnwritten);
        return new LineEnd(offset, length, sequence, isTorn, found);
    }

    private static int Fill(ReadAt read, byte[] target, long offset)
    {
        int there = 0;
        for (int got; there < target.Length && (got = read(target.AsSpan(there), offset + there)) > 0;)
        {
            there += got;
        }

        return there;
    }
}
