namespace Tars.Compliance.Audit;

/// <summary>
/// A Bloom filter over the tokens of a block: 8,192 bits, four of them for each token. With 256 lines of different persons and resources about one
/// question in fifty finds a block that holds nothing of what was asked for. Source: Bloom 1970, doi:10.1145/362686.362692.
/// </summary>
internal static class BlockFilter
{
    public const int Length = 1024;

    private const int Probes = 4;
    private const int IndexBits = 13;
    private const ulong IndexMask = (1UL << IndexBits) - 1;

    public static void Add(Span<byte> filter, ulong token)
    {
        for (int i = 0; i < Probes; i++, token >>= IndexBits)
        {
            int bit = (int)(token & IndexMask);
            filter[bit >> 3] |= (byte)(1 << (bit & 7));
        }
    }

    public static bool MayHold(ReadOnlySpan<byte> filter, ulong token)
    {
        for (int i = 0; i < Probes; i++, token >>= IndexBits)
        {
            int bit = (int)(token & IndexMask);
            if ((filter[bit >> 3] & (1 << (bit & 7))) == 0)
            {
                return false;
            }
        }

        return true;
    }
}
