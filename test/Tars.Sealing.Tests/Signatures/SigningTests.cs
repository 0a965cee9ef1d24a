using Tars.Sealing.Signatures;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Signatures;

/// <summary>Signatures of this project and of openssl verify each other, for each algorithm of the policy.</summary>
public sealed class SigningTests
{
    private static readonly string[] Pss = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"];

    [Theory]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public async Task SignDigest_OpenSsl_VerifiesIt(SignatureAlgorithm algorithm)
    {
        using TemporaryDirectory folder = new();
        PublicKey key = TestKeys.Of(algorithm).PublicKey;
        folder.WriteText("key.pub", key.ToPem());
        int rounds = algorithm == SignatureAlgorithm.RsaPssSha256 ? 4 : 20;
        for (int i = 0; i < rounds; i++)
        {
            byte[] message = new byte[i * 37];
            Random.Shared.NextBytes(message);
            await File.WriteAllBytesAsync(folder.Combine("message"), message, TestContext.Current.CancellationToken);
            byte[] signature = TestKeys.Of(algorithm).SignDigest(System.Security.Cryptography.SHA256.HashData(message));
            await File.WriteAllBytesAsync(folder.Combine("sig"), signature, TestContext.Current.CancellationToken);
            string[] arguments = ["dgst", "-sha256", "-verify", "key.pub", .. algorithm == SignatureAlgorithm.RsaPssSha256 ? Pss : [], "-signature", "sig", "message"];
            Assert.Contains("Verified OK", await TestKeys.OpenSslAsync(folder, arguments), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public async Task Verify_SignatureOfOpenSsl_Holds(SignatureAlgorithm algorithm)
    {
        using TemporaryDirectory folder = new();
        PublicKey key = TestKeys.Of(algorithm).PublicKey;
        await File.WriteAllBytesAsync(folder.Combine("key.pem"), TestKeys.Pem(TestKeys.Of(algorithm)), TestContext.Current.CancellationToken);
        folder.WriteText("message", "signed elsewhere");
        await TestKeys.OpenSslAsync(folder, ["dgst", "-sha256", "-sign", "key.pem", .. algorithm == SignatureAlgorithm.RsaPssSha256 ? Pss : [], "-out", "sig", "message"]);
        byte[] signature = await File.ReadAllBytesAsync(folder.Combine("sig"), TestContext.Current.CancellationToken);
        Assert.True(key.Verify("signed elsewhere"u8, signature));
        Assert.False(key.Verify("signed elsewherf"u8, signature));
        Assert.False(key.Verify("signed elsewhere"u8, [.. signature, 0]));
        Assert.False(key.Verify("signed elsewhere"u8, signature.AsSpan(0, signature.Length - 1)));
    }

    // openssl and sha256sum compute the id of a key.
    [Theory]
    [InlineData(SignatureAlgorithm.RsaPssSha256)]
    [InlineData(SignatureAlgorithm.EcdsaP256Sha256)]
    public async Task KeyId_OfOpenSsl_IsTheSame(SignatureAlgorithm algorithm)
    {
        using TemporaryDirectory folder = new();
        PublicKey key = TestKeys.Of(algorithm).PublicKey;
        folder.WriteText("key.pub", key.ToPem());
        await TestKeys.OpenSslAsync(folder, "pkey", "-pubin", "-in", "key.pub", "-outform", "DER", "-out", "key.der");
        string digest = await TestKeys.OpenSslAsync(folder, "dgst", "-sha256", "-r", "key.der");
        Assert.Equal(key.KeyId, digest[..64]);
    }

    [Theory]
    [InlineData("RSA", "rsa_keygen_bits:2048", "too short; 3072 bits")]
    [InlineData("EC", "ec_paramgen_curve:P-384", "the curve 1.3.132.0.34 is not permitted")]
    [InlineData("ED25519", null, "keys of the algorithm 1.3.101.112 are not permitted")]
    public async Task TryRead_KeyOutsideThePolicy_IsRefusedWithItsReason(string algorithm, string? option, string reason)
    {
        using TemporaryDirectory folder = new();
        await TestKeys.OpenSslAsync(folder, ["genpkey", "-algorithm", algorithm, .. option is null ? [] : new[] { "-pkeyopt", option }, "-out", "key.pem"]);
        await TestKeys.OpenSslAsync(folder, "pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "key.der");
        byte[] info = await File.ReadAllBytesAsync(folder.Combine("key.der"), TestContext.Current.CancellationToken);
        Assert.False(PublicKey.TryRead(info, out _, out string? refusal));
        Assert.Contains(reason, refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_KeyWithSomethingBehindIt_IsRefused()
    {
        Assert.False(PublicKey.TryRead([.. TestKeys.Ecdsa.PublicKey.SubjectPublicKeyInfo, 0], out _, out string? refusal));
        Assert.Equal("something follows the key", refusal);
        Assert.False(PublicKey.TryRead("not DER"u8, out _, out refusal));
        Assert.Equal("it is no public key in SubjectPublicKeyInfo form", refusal);
    }

    // A signature whose integers are negative, zero or padded is not DER: such second forms of one signature are refused.
    [Theory]
    [InlineData("3006020101020101", true)]
    [InlineData("3006020100020101", false)]
    [InlineData("3006020181020101", false)]
    [InlineData("300702020001020101", false)]
    [InlineData("308106020101020101", false)]
    [InlineData("300602010102010100", false)]
    [InlineData("3009020101020101020101", false)]
    public void IsStrict_FormsOfOneSignature_OnlyDer(string hex, bool strict) => Assert.Equal(strict, EcdsaDer.IsStrict(Convert.FromHexString(hex)));
}
