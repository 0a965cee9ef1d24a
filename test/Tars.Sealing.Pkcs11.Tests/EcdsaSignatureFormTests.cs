using System.Security.Cryptography;
using Xunit;

namespace Tars.Sealing.Pkcs11.Tests;

public sealed class EcdsaSignatureFormTests
{
    // The platform's own conversion is the reference; the edge is a number with leading zeros or a set top bit.
    [Fact]
    public void ToDer_AnyNumbers_IsAsThePlatformWritesIt()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] digest = SHA256.HashData("x"u8);
        for (int i = 0; i < 300; i++)
        {
            byte[] raw = key.SignHash(digest, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
            Assert.True(key.VerifyHash(digest, EcdsaSignatureForm.ToDer(raw), DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    [Theory]
    [InlineData("0001", "0080", "3007" + "020101" + "02020080")]
    [InlineData("ff00", "0000", "3008" + "020300ff00" + "020100")]
    public void ToDer_LeadingZerosAndTopBits_AreMinimalIntegers(string r, string s, string der) =>
        Assert.Equal(der, Convert.ToHexStringLower(EcdsaSignatureForm.ToDer(Convert.FromHexString(r + s))));
}
