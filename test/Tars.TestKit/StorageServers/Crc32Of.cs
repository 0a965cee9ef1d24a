using System.Buffers.Binary;

namespace Tars.TestKit.StorageServers;

/// <summary>The two checksums of 32 bits that S3 knows, bit by bit: slow and obvious.</summary>
internal static class Crc32Of
{
    /// <summary>Reversed polynomial of CRC-32 (ISO 3309, as in zip and Ethernet).</summary>
    internal const uint Iso = 0xEDB88320;

    /// <summary>Reversed polynomial of CRC-32C (Castagnoli, RFC 3720).</summary>
    internal const uint Castagnoli = 0x82F63B78;

    internal static byte[] Hash(ReadOnlySpan<byte> bytes, uint polynomial)
    {
        uint[] table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint entry = i;
            for (int bit = 0; bit < 8; bit++)
            {
                entry = (entry & 1) == 1 ? (entry >> 1) ^ polynomial : entry >> 1;
            }

            table[i] = entry;
        }

        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc = (crc >> 8) ^ table[(crc ^ one) & 0xFF];
        }

        byte[] result = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(result, ~crc);
        return result;
    }
}
