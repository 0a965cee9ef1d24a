using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.TestKit;
using Xunit;

namespace Tars.Sealing.Pkcs11.Tests;

/// <summary>What is missing or wrong is named, with the way out.</summary>
[Collection(OneModule.Name)]
public sealed class TokenRefusalTests : IDisposable
{
    private readonly SoftHsm _hsm = OneModule.Require();
    private readonly TemporaryDirectory _folder = new();

    public void Dispose()
    {
        _folder.Dispose();
        _hsm.Dispose();
    }

    [Fact]
    public void Open_ModuleThatIsNotThere_NamesTheFile()
    {
        string path = _folder.Combine("libnone.so");
        Refused($"{path}: there is no such PKCS #11 module", isEnvironment: false, new TokenReference(path));
    }

    [Fact]
    public void Open_FileThatIsNoModule_NamesTheFile() =>
        Refused(": it cannot be loaded as a PKCS #11 module: ", isEnvironment: false, new TokenReference(_folder.WriteText("text.so", "no library")));

    [Fact]
    public void Open_LibraryThatIsNoModule_NamesTheFile() =>
        Refused(": it cannot be loaded as a PKCS #11 module: ", isEnvironment: false, new TokenReference(LibraryOfAnotherKind()));

    [Fact]
    public async Task Open_TokenThatIsNotPresent_NamesThoseThatAre()
    {
        Refused("no token is present", isEnvironment: true, new TokenReference(_hsm.ModulePath));
        await _hsm.InitialiseAsync("one");
        Refused("the token 'other' is not present; there are: 'one'", isEnvironment: true, new TokenReference(_hsm.ModulePath, "other"));
        await _hsm.InitialiseAsync("two");
        Refused("there are several tokens; there are: 'one', 'two'", isEnvironment: false, new TokenReference(_hsm.ModulePath), anyOrder: true);
    }

    [Fact]
    public async Task Open_WrongPin_IsTriedOnceAndSaysThatTriesAreCounted()
    {
        await _hsm.InitialiseAsync("one");
        await _hsm.MakeKeyAsync("one", "EC:prime256v1", "report", "02");
        TokenException refusal = Refused("token 'one': the PIN is wrong", isEnvironment: false, new TokenReference(_hsm.ModulePath, "one"), pin: "not the pin");
        Assert.Equal("it was tried once and is not tried again: a token counts wrong PINs and locks itself after a few; the token says that few are left", refusal.Hint);
        Assert.DoesNotContain("not the pin", refusal.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void PinTries_LastTryAndLocked_GiveNoPin()
    {
        Assert.Contains("one try is left", new PinTries(true, true, false).Refusal("token 'x'")!.Message, StringComparison.Ordinal);
        Assert.Contains("is locked", new PinTries(true, true, true).Refusal("token 'x'")!.Message, StringComparison.Ordinal);
        Assert.Null(new PinTries(true, false, false).Refusal("token 'x'"));
    }

    [Fact]
    public async Task Open_KeyThatIsNotThereOrNotPermittedOrOneOfSeveral_IsRefused()
    {
        await _hsm.InitialiseAsync("one");
        Refused("token 'one': there is not a signing key with the label 'report'", isEnvironment: false, new TokenReference(_hsm.ModulePath, "one", "report"));
        await _hsm.MakeKeyAsync("one", "EC:secp384r1", "report", "03");
        Refused("the EC key 'report' cannot be used: ", isEnvironment: false, new TokenReference(_hsm.ModulePath, "one", "report"));
        await _hsm.MakeKeyAsync("one", "rsa:2048", "short", "04");
        Refused("the RSA key 'short' cannot be used: ", isEnvironment: false, new TokenReference(_hsm.ModulePath, "one", "short"));
        await _hsm.MakeKeyAsync("one", "EC:prime256v1", "report", "05");
        TokenException several = Refused("2 EC keys fit: ", isEnvironment: false, new TokenReference(_hsm.ModulePath, "one", "report"));
        Assert.Contains("id 03", several.Message, StringComparison.Ordinal);
        using TokenSigners opened = TokenSigners.Open(new TokenReference(_hsm.ModulePath, "one", "report", "05"), Secret(SoftHsm.Pin));
        Assert.Equal(SignatureAlgorithm.EcdsaP256Sha256, Assert.Single(opened.Signers).PublicKey.Algorithm);
    }

    [Fact]
    public async Task SignDigest_PublicKeyObjectOfAnotherKey_IsRefusedAndNotHandedOut()
    {
        await _hsm.InitialiseAsync("one");
        await _hsm.MakeKeyAsync("one", "EC:prime256v1", "report", "02");
        await _hsm.MakeKeyAsync("one", "EC:prime256v1", "other", "07");
        await _hsm.ToolAsync("one", "--read-object", "--type", "pubkey", "--id", "07", "--output-file", _folder.Combine("other.der"));
        await _hsm.ToolAsync("one", "--login", "--pin", SoftHsm.Pin, "--delete-object", "--type", "pubkey", "--id", "02");
        await _hsm.ToolAsync("one", "--login", "--pin", SoftHsm.Pin, "--write-object", _folder.Combine("other.der"), "--type", "pubkey", "--label", "report", "--id", "02");
        using TokenSigners opened = TokenSigners.Open(new TokenReference(_hsm.ModulePath, "one", "report"), Secret(SoftHsm.Pin));
        TokenException refusal = Assert.Throws<TokenException>(() => opened.Signers[0].SignDigest(SHA256.HashData("x"u8)));
        Assert.Contains("is not a signature of its public key", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SignDigest_KeyTakenOutOfTheTokenMeanwhile_IsRefused()
    {
        await _hsm.InitialiseAsync("one");
        await _hsm.MakeKeyAsync("one", "EC:prime256v1", "report", "02");
        TokenReference reference = new(_hsm.ModulePath, "one");
        using (TokenSigners opened = TokenSigners.Open(reference, Secret(SoftHsm.Pin)))
        {
            await _hsm.DeleteAsync("one");
            TokenException gone = Assert.Throws<TokenException>(() => opened.Signers[0].SignDigest(SHA256.HashData("x"u8)));
            Assert.True(gone.IsEnvironment);
        }

        Refused("the token 'one' is not present; no token is there", isEnvironment: true, reference);
    }

    private static SecretBytes Secret(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string LibraryOfAnotherKind() => Directory.GetFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "libSystem.Native.so").Single();

    private static TokenException Refused(string expected, bool isEnvironment, TokenReference reference, string pin = SoftHsm.Pin, bool anyOrder = false)
    {
        TokenException refusal = Assert.Throws<TokenException>(() => TokenSigners.Open(reference, Secret(pin)));
        Assert.Contains(anyOrder ? expected[..expected.IndexOf(';', StringComparison.Ordinal)] : expected, refusal.Message, StringComparison.Ordinal);
        Assert.NotNull(refusal.Hint);
        Assert.Equal(isEnvironment, refusal.IsEnvironment);
        return refusal;
    }
}
