using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Tars.Sealing.Signatures;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Signatures;

public sealed class PssTests
{
    // C2SP/wycheproof, rsa_pss_4096_sha256_mgf1_32_test.json: by the platform and by the verification that takes any salt.
    [Fact]
    public void Verify_WycheproofVectors_AcceptsTheValidOnes()
    {
        using JsonDocument file = JsonDocument.Parse(File.ReadAllBytes(TestData.Require("wycheproof/rsa_pss_4096_sha256_mgf1_32_test.json")));
        int valid = 0;
        int invalid = 0;
        foreach (JsonElement group in file.RootElement.GetProperty("testGroups").EnumerateArray())
        {
            Assert.True(PublicKey.TryRead(Hex(group, "publicKeyAsn") is var pkcs1 && pkcs1.Length > 0 ? Info(pkcs1) : [], out PublicKey? key, out string? refusal), refusal);
            RSAParameters parameters = key.RsaParameters();
            foreach (JsonElement vector in group.GetProperty("tests").EnumerateArray())
            {
                byte[] digest = SHA256.HashData(Hex(vector, "msg"));
                byte[] signature = Hex(vector, "sig");
                bool expected = vector.GetProperty("result").GetString() == "valid";
                string id = vector.GetProperty("tcId").GetRawText();
                Assert.True(expected == key.VerifyDigest(digest, signature), $"tcId {id}: expected {expected}");
                Assert.True(expected == EmsaPss.Verify(parameters, digest, signature, 32), $"tcId {id} (any salt): expected {expected}");
                _ = expected ? valid++ : invalid++;
            }
        }

        Assert.True(valid > 10 && invalid > 10, $"{valid} valid, {invalid} invalid");
    }

    // openssl signs with each salt length; only the same length verifies. 2049 bits have an encoded message that is as long as the
    // modulus with one bit, 2056 bits fill whole bytes.
    [Theory]
    [InlineData(2048)]
    [InlineData(2049)]
    [InlineData(2056)]
    [InlineData(3072)]
    public async Task Verify_SaltsOfOpenSsl_AreToldApart(int bits)
    {
        using TemporaryDirectory folder = new();
        await TestKeys.OpenSslAsync(folder, "genpkey", "-algorithm", "RSA", "-pkeyopt", $"rsa_keygen_bits:{bits}", "-out", "key.pem");
        using RSA rsa = RSA.Create();
        rsa.ImportFromPem(await File.ReadAllTextAsync(folder.Combine("key.pem"), TestContext.Current.CancellationToken));
        RSAParameters parameters = rsa.ExportParameters(includePrivateParameters: false);
        folder.WriteText("message", "what was measured");
        byte[] digest = SHA256.HashData("what was measured"u8);
        int maximum = EmsaPss.MaximumSaltLength(bits);
        foreach (int salt in new[] { 0, 1, 20, 32, maximum - 1, maximum })
        {
            await TestKeys.OpenSslAsync(folder, "dgst", "-sha256", "-sign", "key.pem", "-sigopt", "rsa_padding_mode:pss", "-sigopt", string.Create(CultureInfo.InvariantCulture, $"rsa_pss_saltlen:{salt}"), "-out", "sig", "message");
            byte[] signature = await File.ReadAllBytesAsync(folder.Combine("sig"), TestContext.Current.CancellationToken);
            Assert.True(EmsaPss.Verify(parameters, digest, signature, salt), $"salt {salt}");
            Assert.False(EmsaPss.Verify(parameters, digest, signature, salt == 0 ? 1 : salt - 1), $"salt {salt} taken for another");
            signature[^1] ^= 1;
            Assert.False(EmsaPss.Verify(parameters, digest, signature, salt), $"salt {salt}, changed");
        }
    }

    // A salt longer than fits, an empty signature, and a value above the modulus.
    [Fact]
    public void Verify_Nonsense_IsFalse()
    {
        RSAParameters parameters = TestKeys.Rsa.PublicKey.RsaParameters();
        byte[] digest = new byte[32];
        byte[] largest = new byte[512];
        largest.AsSpan().Fill(0xff);
        Assert.False(EmsaPss.Verify(parameters, digest, [], 32));
        Assert.False(EmsaPss.Verify(parameters, digest, largest, 32));
        Assert.False(EmsaPss.Verify(parameters, digest, new byte[512], 32));
        Assert.False(EmsaPss.Verify(parameters, digest, TestKeys.Rsa.SignDigest(digest), 479));
    }

    private static byte[] Hex(JsonElement element, string name) => Convert.FromHexString(element.GetProperty(name).GetString()!);

    private static byte[] Info(byte[] pkcs1)
    {
        using RSA rsa = RSA.Create();
        rsa.ImportRSAPublicKey(pkcs1, out _);
        return rsa.ExportSubjectPublicKeyInfo();
    }
}
