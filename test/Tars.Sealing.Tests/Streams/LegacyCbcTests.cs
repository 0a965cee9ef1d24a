using System.Security.Cryptography;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>The predecessor's encrypted files, made with openssl: IV, then AES-256-CBC with PKCS #7 padding.</summary>
public sealed class LegacyCbcTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    // Around a block, and around the 1 MiB that is read at once.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData((1 << 20) - 16)]
    [InlineData((1 << 20) - 1)]
    [InlineData(1 << 20)]
    [InlineData((3 << 20) + 5)]
    public async Task Open_FileMadeByOpenssl_GivesThePlaintextWithAWarning(int length)
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), length);
        await MakeAsync(plain);

        LegacyResult result = await OpenAsync(_key);

        Assert.Equal(length, Assert.IsType<LegacyResult.Opened>(result).PlainBytes);
        Assert.True((await File.ReadAllBytesAsync(_folder.Combine("opened"), Cancelled)).AsSpan().SequenceEqual(plain));
        Assert.Contains("nothing authenticates this file", LegacyResult.Opened.Warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_WrongKeys_NearlyAllRefusedAndThenNothingIsWritten()
    {
        await MakeAsync(new byte[1000]);
        int opened = 0;
        for (int i = 0; i < 100; i++)
        {
            if (await OpenAsync(RandomNumberGenerator.GetBytes(32)) is LegacyResult.Opened)
            {
                opened++;
                File.Delete(_folder.Combine("opened"));
            }
            else
            {
                Assert.Equal(["legacy", "plain"], Directory.EnumerateFiles(_folder.Path).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
            }
        }

        Assert.InRange(opened, 0, 8); // binomial(100, 1/255): more than 8 comes about once in 4e9
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(16)]
    [InlineData(33)]
    public async Task Open_ImpossibleLength_IsRefused(int length)
    {
        await File.WriteAllBytesAsync(_folder.Combine("legacy"), new byte[length], Cancelled);
        Assert.IsType<LegacyResult.Refused>(await OpenAsync(_key));
        Assert.False(File.Exists(_folder.Combine("opened")));
    }

    [Fact]
    public async Task Open_KeyOfOtherLength_IsAnArgumentError() =>
        await Assert.ThrowsAsync<ArgumentException>(() => LegacyCbc.OpenAsync(Stream.Null, Stream.Null, new byte[16], Cancelled));

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private async Task MakeAsync(byte[] plain)
    {
        byte[] vector = RandomNumberGenerator.GetBytes(16);
        string openssl = Executables.Require("openssl");
        await File.WriteAllBytesAsync(_folder.Combine("plain"), plain, Cancelled);
        string[] arguments = ["enc", "-aes-256-cbc", "-K", Convert.ToHexString(_key), "-iv", Convert.ToHexString(vector), "-in", _folder.Combine("plain"), "-out", _folder.Combine("body")];
        CommandResult made = await new CommandLine(openssl, arguments).RunAsync(Cancelled);
        Assert.True(made.ExitCode == 0, made.Error);
        await File.WriteAllBytesAsync(_folder.Combine("legacy"), [.. vector, .. await File.ReadAllBytesAsync(_folder.Combine("body"), Cancelled)], Cancelled);
        File.Delete(_folder.Combine("body"));
    }

    private Task<LegacyResult> OpenAsync(byte[] key) => LegacyCbc.OpenAsync(_folder.Combine("legacy"), _folder.Combine("opened"), key, Cancelled);
}
