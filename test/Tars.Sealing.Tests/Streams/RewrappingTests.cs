using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

public sealed class RewrappingTests : IDisposable
{
    private static readonly SealOptions Options = new("text/plain", 1 << 14);

    private readonly TemporaryDirectory _folder = new();

    [Fact]
    public async Task Run_FileWithOtherRecipients_ReplacesOnlyTheOldKeysAndKeepsChunksAndRights()
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), 100_000);
        byte[] file = await SealedSample.SealAsync(plain, Options, SealedSample.Key("ring", 1), SealedSample.Key("auditor"), SealedSample.Key("ring", 2));
        string path = Write("a.sealed", file);
        SetGroupReadable(path);
        UnixFileMode? rights = RightsOf(path);

        RewrapResult result = Assert.Single(Rewrapping.Run([path], [SealedSample.Key("ring", 1), SealedSample.Key("ring", 2)], SealedSample.Key("ring", 3), Cancelled));

        Assert.Equal([new KeyVersion("ring", 1), new KeyVersion("ring", 2)], Assert.IsType<RewrapResult.Rewrapped>(result).Replaced);
        byte[] rewritten = await File.ReadAllBytesAsync(path, Cancelled);
        SealedHeader before = HeaderReader.Read(file).Header!;
        SealedHeader after = HeaderReader.Read(rewritten).Header!;
        Assert.Equal([new KeyVersion("auditor", 1), new KeyVersion("ring", 3)], after.Recipients);
        Assert.Equal(before.FixedPart.ToArray(), after.FixedPart.ToArray());
        Assert.Equal(before.Recipient(1).ToArray(), after.Recipient(0).ToArray());
        Assert.Equal(file[before.Length..], rewritten[after.Length..]);
        Assert.Equal(rights, RightsOf(path));
        foreach (KeyEncryptionKey key in new[] { SealedSample.Key("ring", 3), SealedSample.Key("auditor") })
        {
            (OpenResult opened, byte[] content) = await SealedSample.OpenAsync(rewritten, key);
            Assert.IsType<OpenResult.Opened>(opened);
            Assert.Equal(plain, content);
        }

        Assert.IsType<OpenResult.NoKey>((await SealedSample.OpenAsync(rewritten, SealedSample.Key("ring", 1), SealedSample.Key("ring", 2))).Result);
    }

    [Fact]
    public async Task Run_Directory_TouchesOnlySealedFilesThatNameTheOldKey()
    {
        string old = Write("deep/er/old.sealed", await SealedSample.SealAsync([1], Options, SealedSample.Key("ring")));
        string others = Write("others.sealed", await SealedSample.SealAsync([2], Options, SealedSample.Key("auditor")));
        string broken = Write("broken.sealed", [.. "TARSEAL\u0001"u8, 99]);
        Write("report.md", "# not sealed"u8.ToArray());
        byte[] changed = await SealedSample.SealAsync([3], Options, SealedSample.Key("ring"));
        changed[50] ^= 1;
        string damaged = Write("damaged.sealed", changed);
        Directory.CreateSymbolicLink(_folder.Combine("loop"), _folder.Path);
        File.CreateSymbolicLink(_folder.Combine("link"), old);

        RewrapResult[] results = [.. Rewrapping.Run([_folder.Path], [SealedSample.Key("ring")], SealedSample.Key("ring", 2), Cancelled)];

        Assert.Equal([broken, damaged, old, others], results.Select(result => result.Path));
        Assert.Equal("byte 8: chunk exponent 99 is not in 14 to 20", Assert.IsType<RewrapResult.Refused>(results[0]).Reason);
        Assert.Contains("the data key does not unwrap with key ring version 1", Assert.IsType<RewrapResult.Refused>(results[1]).Reason, StringComparison.Ordinal);
        Assert.IsType<RewrapResult.Rewrapped>(results[2]);
        Assert.IsType<RewrapResult.Unchanged>(results[3]);
        Assert.Equal(changed, await File.ReadAllBytesAsync(damaged, Cancelled));
        Assert.IsType<RewrapResult.Unchanged>(Rewrapping.Run([_folder.Path], [SealedSample.Key("ring")], SealedSample.Key("ring", 2), Cancelled).ElementAt(2));
    }

    [Fact]
    public void Run_PathThatIsNoSealedFile_IsRefused()
    {
        string path = Write("report.md", "# not sealed"u8.ToArray());
        RewrapResult result = Assert.Single(Rewrapping.Run([path], [SealedSample.Key("ring")], SealedSample.Key("ring", 2), Cancelled));
        Assert.Equal("byte 0: not a sealed file: it does not begin with TARSEAL", Assert.IsType<RewrapResult.Refused>(result).Reason);
    }

    [Fact]
    public void Run_KeysThatMakeNoSense_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Rewrapping.Run([], [], SealedSample.Key("ring"), Cancelled));
        Assert.Throws<ArgumentException>(() => Rewrapping.Run([], [SealedSample.Key("ring")], SealedSample.Key("ring"), Cancelled));
    }

    [Fact]
    public async Task Naming_BeforeAndAfterRewrapping_FindsWhatStillNamesTheKey()
    {
        string first = Write("a/1.sealed", await SealedSample.SealAsync([1], Options, SealedSample.Key("ring"), SealedSample.Key("auditor")));
        string second = Write("b/2.sealed", await SealedSample.SealAsync([2], Options, SealedSample.Key("ring")));
        Write("b/3.sealed", await SealedSample.SealAsync([2], Options, SealedSample.Key("ring", 2)));
        KeyVersion name = new("ring", 1);

        KeyUse before = SealedFiles.Naming([_folder.Path], name, Cancelled);
        Assert.Equal([first, second], before.Naming);
        Assert.Equal((3, false), (before.Looked, before.IsFree));

        Assert.Equal(3, Rewrapping.Run([_folder.Path], [SealedSample.Key("ring")], SealedSample.Key("ring", 2), Cancelled).Count());
        Assert.True(SealedFiles.Naming([_folder.Path], name, Cancelled).IsFree);

        string unclear = Write("b/4.sealed", "TARSEAL"u8.ToArray());
        KeyUse after = SealedFiles.Naming([_folder.Path], name, Cancelled);
        Assert.Equal(unclear, Assert.Single(after.Unclear).Path);
        Assert.False(after.IsFree);
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private string Write(string name, byte[] content)
    {
        string path = _folder.Combine(name.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, content);
        return path;
    }

    private static void SetGroupReadable(string path)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }
    }

    private static UnixFileMode? RightsOf(string path) => OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(path);
}
