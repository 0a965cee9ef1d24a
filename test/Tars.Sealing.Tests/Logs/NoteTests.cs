using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Logs;

public sealed class NoteTests
{
    private const string Origin = "audit.example.org/tars/7d1f";

    // The example of C2SP signed-note, whose signature has 68 bytes.
    private const string Example =
        "Ognuno sta solo sul cuor della terra\ntrafitto da un raggio di sole:\n\ned è subito sera.\n\n— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n";

    [Fact]
    public void TryParse_ExampleOfTheSpecification_IsReadAndWrittenAgain()
    {
        Assert.True(SignedNote.TryParse(Encoding.UTF8.GetBytes(Example), out SignedNote? note, out _));
        Assert.EndsWith("ed è subito sera.\n", note.Text, StringComparison.Ordinal);
        NoteSignature line = Assert.Single(note.Signatures);
        Assert.Equal(("quasimodo.example/salvatore", 0x367BA04Bu, 64), (line.Name, line.KeyId, line.Signature.Length));
        Assert.Equal(Example, note.ToString());
    }

    [Theory]
    [InlineData("a\n", "no empty line separates text and signatures")]
    [InlineData("a\n\n", "no signature line ends it")]
    [InlineData("a\n\n— k AAAAAAA=", "no signature line ends it")]
    [InlineData("a\n\n- k AAAAAAA=\n", "signature line 1 has another form")]
    [InlineData("a\n\n— k+l AAAAAAA=\n", "signature line 1 has another form")]
    [InlineData("a\n\n— k AAAAAA==\n", "signature line 1 has another form")]
    [InlineData("a\n\n— k AAAAAAB=\n", "signature line 1 has another form")]
    [InlineData("a\n\n— k AAAAAAA= \n", "signature line 1 has another form")]
    [InlineData("a\r\n\n— k AAAAAAA=\n", "it holds control characters")]
    public void TryParse_AnotherForm_IsRefusedWithTheReason(string text, string reason)
    {
        Assert.False(SignedNote.TryParse(Encoding.UTF8.GetBytes(text), out _, out string? refusal));
        Assert.Equal(reason, refusal);
    }

    [Fact]
    public async Task Sign_Checkpoint_OpensslVerifiesTheText()
    {
        string openssl = Executables.Require("openssl");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        NoteKey name = Name(Origin, key);
        Checkpoint checkpoint = new(Origin, 1523, TreeHash.OfLeaf("x"u8));
        SignedNote note = new(checkpoint.ToString(), [name.Sign(checkpoint.ToString(), key)]);
        using TemporaryDirectory folder = new();
        folder.WriteText("text", note.Text);
        await File.WriteAllBytesAsync(folder.Combine("sig"), note.Signatures[0].Signature.ToArray(), TestContext.Current.CancellationToken);
        folder.WriteText("key.pub", name.Key.ToPem());

        CommandResult result = await new CommandLine(openssl, "dgst", "-sha256", "-verify", "key.pub", "-signature", "sig", "text") { WorkingDirectory = folder.Path }.RunAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(NoteVerdict.Verified, name.Verify(note));
        Assert.True(Checkpoint.TryParse(note.Text, out Checkpoint? read, out _));
        Assert.Equal(checkpoint, read);
    }

    [Fact]
    public void Verify_AnyByteOfTheTextChanged_IsWrongAndAnotherKeySaysNothing()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        NoteKey name = Name(Origin, key);
        string text = new Checkpoint(Origin, 7, TreeHash.Empty).ToString();
        SignedNote note = new(text, [name.Sign(text, key), name.Cosign(text, DateTimeOffset.UnixEpoch.AddSeconds(9), key)]);
        Assert.Equal(NoteVerdict.Verified, name.VerifyCosignature(note, out DateTimeOffset time));
        Assert.Equal(9, time.ToUnixTimeSeconds());
        Assert.Equal(NoteVerdict.Unsigned, Name(Origin, other).Verify(note));
        Assert.Equal(NoteVerdict.Unsigned, Name("another.name", key).VerifyCosignature(note, out _));
        for (int i = 0; i < text.Length; i++)
        {
            SignedNote changed = note with { Text = text[..i] + (char)(text[i] ^ 1) + text[(i + 1)..] };
            Assert.Equal(NoteVerdict.Wrong, name.Verify(changed));
            Assert.Equal(NoteVerdict.Wrong, name.VerifyCosignature(changed, out _));
        }
    }

    [Theory]
    [InlineData("o\n1\n", "it has fewer than three lines")]
    [InlineData("o\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "line 2 is no tree size")]
    [InlineData("o\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "line 2 is no tree size")]
    [InlineData("o o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "line 1 is no origin")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=\n", "line 3 is no SHA-256 in Base64")]
    [InlineData("o\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n", "it holds an empty line")]
    public void Checkpoint_AnotherForm_IsRefusedWithTheReason(string text, string reason)
    {
        Assert.False(Checkpoint.TryParse(text, out _, out string? refusal));
        Assert.Equal(reason, refusal);
    }

    [Fact]
    public void Epoch_WrittenAndRead_IsTheSame()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        EpochNote epoch = new(Origin, 2, DateTimeOffset.UnixEpoch.AddDays(20_000), 1523, TreeHash.OfLeaf("x"u8), Name(Origin, key).Key);
        EpochNote first = epoch with { Number = 1, Continues = new ContinuedLog("old", 9, TreeHash.Empty) };
        foreach (EpochNote one in new[] { epoch, first })
        {
            Assert.True(EpochNote.TryParse(one.ToString(), out EpochNote? read, out string? refusal), refusal);
            Assert.Equal(one, read);
            // Without its last line the first note is another whole text; all other cuts are none.
            int whole = one.ToString().IndexOf("continues", StringComparison.Ordinal);
            foreach (int i in Enumerable.Range(0, one.ToString().Length).Where(i => i != whole))
            {
                Assert.False(EpochNote.TryParse(one.ToString()[..i], out _, out _));
            }
        }
    }

    [Fact]
    public void PublicKey_OnACurveThatThePlatformDoesNotKnow_IsRefused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] info = key.ExportSubjectPublicKeyInfo();
        info[15] ^= 1; // the second number of the curve's name
        Assert.False(PublicKey.TryRead(info, out _, out string? refusal));
        Assert.Equal("its curve is unknown to the platform; P-256 is expected", refusal);
    }

    private static NoteKey Name(string name, ECDsa key)
    {
        Assert.True(PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? read, out _));
        return new NoteKey(name, read);
    }
}
