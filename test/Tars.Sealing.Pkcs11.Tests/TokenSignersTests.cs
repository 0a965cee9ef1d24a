using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.TestKit;
using Xunit;

namespace Tars.Sealing.Pkcs11.Tests;

/// <summary>Keys that are made in a SoftHSM token and sign there; openssl, which knows nothing of tokens, verifies.</summary>
[Collection(OneModule.Name)]
public sealed class TokenSignersTests : IDisposable
{
    private const string Label = "tars test";

    private readonly SoftHsm _hsm = OneModule.Require();
    private readonly TemporaryDirectory _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _hsm.Dispose();
    }

    [Fact]
    public async Task SignDigest_PairOfTheToken_IsVerifiedByOpenssl()
    {
        await MakePairAsync();
        using TokenSigners opened = TokenSigners.Open(Reference, Pin);
        Assert.Equal([SignatureAlgorithm.RsaPssSha256, SignatureAlgorithm.EcdsaP256Sha256], opened.Signers.Select(signer => signer.PublicKey.Algorithm));
        Assert.Empty(opened.Warnings);

        byte[] message = RandomNumberGenerator.GetBytes(1000);
        await File.WriteAllBytesAsync(_folder.Combine("message"), message, TestContext.Current.CancellationToken);
        foreach (ISigner signer in opened.Signers)
        {
            string name = signer.PublicKey.Algorithm.ToString();
            _folder.WriteText(name + ".pub", signer.PublicKey.ToPem());
            await File.WriteAllBytesAsync(_folder.Combine(name + ".sig"), signer.SignDigest(SHA256.HashData(message)), TestContext.Current.CancellationToken);
            string[] padding = signer.PublicKey.Algorithm == SignatureAlgorithm.RsaPssSha256 ? ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32", "-sigopt", "rsa_mgf1_md:sha256"] : [];
            TestKit.CommandLine openssl = new(Executables.Require("openssl"), ["dgst", "-sha256", "-verify", name + ".pub", .. padding, "-signature", name + ".sig", "message"]) { WorkingDirectory = _folder.Path };
            CommandResult verified = await openssl.RunAsync(TestContext.Current.CancellationToken);
            Assert.Equal("Verified OK\n", verified.Output);
        }
    }

    // The slow reference: openssl writes the public key that pkcs11-tool reads from the token.
    [Fact]
    public async Task PublicKeys_WithoutPin_AreThoseThatAnotherProgramReads()
    {
        await MakePairAsync();
        using Token token = Token.Open(Reference);
        IReadOnlyList<TokenKey> keys = token.PublicKeys(Reference);
        Assert.Equal([("report", "01"), ("report", "02")], keys.Select(key => (key.Label, key.Id)));
        foreach (TokenKey key in keys)
        {
            string file = _folder.Combine(key.Id);
            await _hsm.ToolAsync(Label, "--read-object", "--type", "pubkey", "--id", key.Id, "--output-file", file);
            TestKit.CommandLine openssl = new(Executables.Require("openssl"), ["pkey", "-pubin", "-in", file]);
            Assert.Equal(key.PublicKey.ToPem(), (await openssl.RunAsync(TestContext.Current.CancellationToken)).Output);
        }
    }

    [Fact]
    public async Task SignDigest_FromTwoThreads_EachSignatureIsOfItsOwnDigest()
    {
        await MakePairAsync();
        using TokenSigners opened = TokenSigners.Open(Reference, Pin);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(thread => Task.Run(() =>
        {
            for (int i = 0; i < 25; i++)
            {
                byte[] digest = SHA256.HashData(Encoding.UTF8.GetBytes($"{thread} {i}"));
                Assert.All(opened.Signers, signer => Assert.True(signer.PublicKey.VerifyDigest(digest, signer.SignDigest(digest))));
            }
        })));
    }

    [Fact]
    public async Task Open_TwiceInOneProcess_TheFirstEndDoesNotEndTheOther()
    {
        await MakePairAsync();
        using TokenSigners first = TokenSigners.Open(Reference, Pin);
        using (TokenSigners second = TokenSigners.Open(Reference, Pin))
        {
            Assert.Equal(first.Signers[0].PublicKey, second.Signers[0].PublicKey);
        }

        byte[] digest = SHA256.HashData("x"u8);
        Assert.All(first.Signers, signer => Assert.True(signer.PublicKey.VerifyDigest(digest, signer.SignDigest(digest))));
    }

    [Fact]
    public async Task Open_KeyMadeInTheToken_NeverLeavesIt()
    {
        await MakePairAsync();
        string objects = (await _hsm.ToolAsync(Label, "--login", "--pin", SoftHsm.Pin, "--list-objects", "--type", "privkey")).Output;
        Assert.Equal(2, objects.Split("sensitive, always sensitive, never extractable").Length - 1);

        using Token token = Token.Open(Reference);
        token.Login(Pin);
        List<Net.Pkcs11Interop.HighLevelAPI.IObjectHandle> privates = token.Objects.Find(Net.Pkcs11Interop.Common.CKO.CKO_PRIVATE_KEY, "report", null);
        Assert.Equal(2, privates.Count);
        Assert.All(privates, handle =>
        {
            Assert.False(token.Objects.Flag(handle, Net.Pkcs11Interop.Common.CKA.CKA_EXTRACTABLE));
            Assert.Null(token.Objects.Bytes(handle, Net.Pkcs11Interop.Common.CKA.CKA_PRIVATE_EXPONENT));
            Assert.Null(token.Objects.Bytes(handle, Net.Pkcs11Interop.Common.CKA.CKA_PRIME_1));
            Assert.Null(token.Objects.Bytes(handle, Net.Pkcs11Interop.Common.CKA.CKA_VALUE));
        });
    }

    [Fact]
    public async Task Open_KeyThatCanBeTakenOut_Warns()
    {
        await _hsm.InitialiseAsync(Label);
        await _hsm.MakeKeyAsync(Label, "EC:prime256v1", "report", "02", "--extractable");
        using TokenSigners opened = TokenSigners.Open(Reference, Pin);
        Assert.Equal(
            $"token '{Label}': the EC key 'report' can be taken out of the token: it is not marked as sensitive and not extractable; make one with 'pkcs11-tool --keypairgen --sensitive'",
            Assert.Single(opened.Warnings));
    }

    [Fact]
    public async Task Open_KeyThatAsksForThePinAtEachUse_Signs()
    {
        await _hsm.InitialiseAsync(Label);
        await _hsm.MakeKeyAsync(Label, "EC:prime256v1", "report", "02", "--sensitive", "--always-auth");
        using TokenSigners opened = TokenSigners.Open(Reference, Pin);
        byte[] digest = SHA256.HashData("x"u8);
        Assert.True(opened.Signers[0].PublicKey.VerifyDigest(digest, opened.Signers[0].SignDigest(digest)));
        Assert.True(opened.Signers[0].PublicKey.VerifyDigest(digest, opened.Signers[0].SignDigest(digest)));
    }

    private static SecretBytes Pin => new(Encoding.ASCII.GetBytes(SoftHsm.Pin));

    private TokenReference Reference => new(_hsm.ModulePath, Label, "report");

    private async Task MakePairAsync()
    {
        await _hsm.InitialiseAsync(Label);
        await _hsm.MakeKeyAsync(Label, "rsa:3072", "report", "01");
        await _hsm.MakeKeyAsync(Label, "EC:prime256v1", "report", "02");
    }
}
