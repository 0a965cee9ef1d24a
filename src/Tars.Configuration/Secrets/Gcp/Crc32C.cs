using System.Buffers.Binary;
using System.Numerics;

namespace Tars.Configuration.Secrets.Gcp;

/// <summary>CRC-32C (Castagnoli; RFC 3720, appendix B.4), over the processor's instruction where there is one.</summary>
internal static class Crc32C
{
    /// <summary>Returns the checksum; 0 for no bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
