using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Tars.Storage.Blobs;
using Tars.TestKit;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>The suite on a folder, and what only folders have.</summary>
public sealed class DirectoryBlobStoreTests : BlobStoreSuite
{
    private readonly TemporaryDirectory _directory = new();

    private string Root => _directory.Combine("blobs");

    [Fact]
    public async Task Layout_OfThreeBlobs_IsVerifiedBySha256sum()
    {
        for (int i = 0; i < 3; i++)
        {
            await PutAsync(1000 * i, seed: i);
        }

        // The command of docs/formats/blobs.md.
        CommandResult result = await new CommandLine("sh", "-c", "find sha256 -type f | sed 's:.*/\\([0-9a-f]*\\)$:\\1  &:' | sha256sum --check --strict") { WorkingDirectory = Root }.RunAsync(Cancelled);
        Assert.Equal((0, 3), (result.ExitCode, result.Output.Split('\n').Count(line => line.EndsWith(": OK", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Modes_OfFilesAndFolders_AreTheOwnersOnly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        BlobDigest digest = await PutAsync(10, seed: 1);
        if (!OperatingSystem.IsWindows())
        {
            const UnixFileMode file = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            Assert.Equal(file, File.GetUnixFileMode(PathOf(digest)));
            foreach (string folder in (string[])[Root, .. Directory.EnumerateDirectories(Root, "*", SearchOption.AllDirectories)])
            {
                Assert.Equal((folder, file | UnixFileMode.UserExecute), (folder, File.GetUnixFileMode(folder)));
            }
        }
    }

    [Fact]
    public async Task Clean_OfOldLeftovers_TakesThoseAndNotWhatIsYoungOrBeingWritten()
    {
        await PutAsync(10, seed: 1);
        string unfinished = Path.Combine(Root, "unfinished");
        DateTime old = TimeProvider.System.GetUtcNow().UtcDateTime.AddHours(-30);
        foreach (string name in new[] { "old.part", "young.part", "locked.part" })
        {
            await File.WriteAllTextAsync(Path.Combine(unfinished, name), "half", Cancelled);
            File.SetLastWriteTimeUtc(Path.Combine(unfinished, name), name == "young.part" ? old.AddHours(29) : old);
        }

        using FileStream writer = new(Path.Combine(unfinished, "locked.part"), FileMode.Open, FileAccess.ReadWrite, FileShare.None);
        File.SetLastWriteTimeUtc(writer.SafeFileHandle, old);
        Assert.Equal(1, await Store.CleanAsync(TimeSpan.FromHours(24), Cancelled));
        Assert.Equal(["locked.part", "young.part"], Directory.EnumerateFiles(unfinished).Select(path => Path.GetFileName(path)).Order());
        FakeTimeProvider later = new(TimeProvider.System.GetUtcNow().AddDays(2));
        Assert.Equal(1, await new DirectoryBlobStore(Root, later).CleanAsync(TimeSpan.FromHours(24), Cancelled));
        Assert.Equal(1, (await Store.TotalAsync(Cancelled)).Count);
    }

    [Fact]
    public async Task Put_OnAFullDisk_SaysSoAndLeavesNoHalfBlob()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "a small file system of its own needs Linux and root");
        string mount = Directory.CreateDirectory(_directory.Combine("small")).FullName;
        CommandResult mounted = await new CommandLine("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount).RunAsync(Cancelled);
        Assert.SkipUnless(mounted.ExitCode == 0, $"no tmpfs can be mounted here: {mounted.Error}");
        try
        {
            DirectoryBlobStore store = new(Path.Combine(mount, "blobs"), TimeProvider.System);
            BlobDigest kept = Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(500_000, seed: 1), null, Cancelled)).Digest;
            BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => store.PutAsync(new CountingStream(3 << 20, seed: 2), null, Cancelled));
            Assert.Contains("no room is left", error.Message, StringComparison.Ordinal);
            Assert.StartsWith(mount, error.Place, StringComparison.Ordinal);
            Assert.StartsWith("free space", error.Hint, StringComparison.Ordinal);
            Assert.Equal(new BlobTotals(1, 500_000), await store.TotalAsync(Cancelled));
            Assert.Empty(Directory.EnumerateFiles(Path.Combine(mount, "blobs", "unfinished")));
            Assert.IsType<BlobRead.Whole>(await store.ReadAsync(kept, 500_000, Cancelled));
            Assert.IsType<BlobPut.Stored>(await store.PutAsync(new CountingStream(500_000, seed: 3), null, Cancelled)); // the room came back
        }
        finally
        {
            await new CommandLine("umount", mount).RunAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Check_OfAPlaceThatIsAFile_SaysWhere()
    {
        string file = _directory.WriteText("file", "not a folder");
        BlobStoreException error = await Assert.ThrowsAsync<BlobStoreException>(() => new DirectoryBlobStore(file, TimeProvider.System).CheckAsync(Cancelled));
        Assert.Equal(file, error.Place);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task Put_InAFolderThatIsALinkedName_DoesNotListIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights on Windows");
        BlobDigest digest = await PutAsync(10, seed: 1);
        string name = digest.ToString();
        string other = name[..^1] + (name[^1] == '0' ? '1' : '0');
        File.CreateSymbolicLink(Path.Combine(Path.GetDirectoryName(PathOf(digest))!, other), "/etc/hostname");
        Assert.Equal([digest], (await Store.ListAsync(null, 10, Cancelled)).Blobs.Select(blob => blob.Digest));
    }

    /// <summary><c>TARS_KILL_COUNT</c> sets how often.</summary>
    [Fact]
    public async Task Kill_OfAWriterAtRandomMoments_EachAcknowledgedBlobIsWholeAndNoHalfOneIsThere()
    {
        Random random = new(Seeds.Draw());
        int kills = int.Parse(Environment.GetEnvironmentVariable("TARS_KILL_COUNT") ?? "6", CultureInfo.InvariantCulture);
        HashSet<string> acknowledged = [];
        int leftovers = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            ProcessStartInfo start = new(Path.Combine(AppContext.BaseDirectory, "Tars.Storage.Tests")) { RedirectStandardOutput = true };
            start.Environment[BlobWriter.FolderVariable] = Root;
            start.Environment[BlobWriter.SeedVariable] = (kill * 100_000).ToString(CultureInfo.InvariantCulture);
            using Process child = Process.Start(start)!;
            string first = await child.StandardOutput.ReadLineAsync(Cancelled) + "\n"; // it writes
            Task<string> output = child.StandardOutput.ReadToEndAsync(Cancelled);
            await Task.Delay(random.Next(250), Cancelled);
            child.Kill();
            await child.WaitForExitAsync(Cancelled);
            acknowledged.UnionWith((first + await output).Split('\n')[..^1]);
            leftovers = Directory.EnumerateFiles(Path.Combine(Root, "unfinished")).Count();
        }

        int found = 0;
        await foreach (BlobEntry blob in Store.ListAllAsync(Cancelled))
        {
            Assert.IsType<BlobCopy.Copied>(await Store.CopyToAsync(blob.Digest, Stream.Null, long.MaxValue, Cancelled));
            found += acknowledged.Contains(blob.Digest.ToString()) ? 1 : 0;
        }

        Assert.Equal(acknowledged.Count, found);
        Assert.True(acknowledged.Count >= kills);
        Assert.Equal(leftovers, await new DirectoryBlobStore(Root, new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddDays(2))).CleanAsync(TimeSpan.FromDays(1), Cancelled));
        AssertNoLeftovers();
        TestContext.Current.TestOutputHelper?.WriteLine($"{kills} kills: {acknowledged.Count} blobs acknowledged, all whole; {leftovers} unfinished files left and cleaned");
    }

    protected override Task<IBlobStore> StartAsync() => Task.FromResult<IBlobStore>(new DirectoryBlobStore(Root, TimeProvider.System));

    protected override ValueTask StopAsync()
    {
        _directory.Dispose();
        return ValueTask.CompletedTask;
    }

    protected override Task DamageAsync(BlobDigest digest, byte[] content) => File.WriteAllBytesAsync(PathOf(digest), content, Cancelled);

    protected override void PlaceStranger(string key)
    {
        string path = Path.Combine([Root, .. key.Split('/')]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "stranger");
    }

    protected override void AssertNoLeftovers() => Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Root, "unfinished")));

    private string PathOf(BlobDigest digest)
    {
        string name = digest.ToString();
        return Path.Combine(Root, "sha256", name[..2], name[2..4], name);
    }
}
