using System.Text;
using Tars.Configuration.Secrets.Gcp;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Gcp;

public sealed class Crc32CTests
{
    // The check value of CRC-32/ISCSI (Castagnoli): "123456789".
    [Fact]
    public void Of_CheckString_IsTheCheckValue() => Assert.Equal(0xE3069283u, Crc32C.Of("123456789"u8));

    // RFC 3720, appendix B.4: the bytes there are in the order of transmission, lowest first.
    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0x8a9136aau)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", 0x62a8ab43u)]
    [InlineData("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", 0x46dd794eu)]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", 0x113fdb5cu)]
    public void Of_ExampleOfRfc3720_IsThePublishedSum(string bytes, uint expected) => Assert.Equal(expected, Crc32C.Of(Convert.FromHexString(bytes)));

    [Fact]
    public void Of_DrawnBytesOfEveryLength_IsWhatDivisionBitByBitGives()
    {
        Random random = new(Seeds.Draw());
        for (int length = 0; length < 70; length++)
        {
            byte[] bytes = new byte[length];
            random.NextBytes(bytes);
            Assert.Equal(BitByBit(bytes), Crc32C.Of(bytes));
        }

        Assert.Equal(0u, Crc32C.Of(Encoding.ASCII.GetBytes("")));
    }

    private static uint BitByBit(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0x82F63B78u : crc >> 1;
            }
        }

        return ~crc;
    }
}
