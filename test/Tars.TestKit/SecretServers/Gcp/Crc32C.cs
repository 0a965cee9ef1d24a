namespace Tars.TestKit.SecretServers.Gcp;

/// <summary>CRC-32C (Castagnoli), bit by bit: RFC 3720 section 12.1 and its appendix B.4.</summary>
public static class Crc32C
{
    /// <summary>The checksum of the bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte one in bytes)
        {
            crc ^= one;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0x82F63B78u & (0u - (crc & 1u)));
            }
        }

        return ~crc;
    }
}
