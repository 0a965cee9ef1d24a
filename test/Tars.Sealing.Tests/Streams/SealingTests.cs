using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

public sealed class SealingTests : IDisposable
{
    private const int Chunk = 1 << 14;

    private static readonly SealOptions Small = new("text/markdown", Chunk);

    private readonly TemporaryDirectory _folder = new();

    // Lengths around every limit: of a chunk, of a batch (1 MiB) and of the batches under way.
    public static TheoryData<int> Lengths => [0, 1, 15, 16, Chunk - 1, Chunk, Chunk + 1, (2 * Chunk) - 1, 2 * Chunk, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 4 << 20, (5 << 20) + 17];

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Open_StreamSealedHere_GivesThePlaintext(int length)
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), length);
        using KeyEncryptionKey key = SealedSample.Key("reports");

        byte[] file = await SealedSample.SealAsync(plain, Small, key);
        (OpenResult result, byte[] opened) = await SealedSample.OpenAsync(file, key);

        OpenResult.Opened good = Assert.IsType<OpenResult.Opened>(result);
        Assert.Equal(("text/markdown", Chunk, length), (good.Header.ContentType, good.Header.ChunkSize, good.PlainBytes));
        Assert.Equal(new KeyVersion("reports", 1), good.OpenedWith);
        Assert.True(opened.AsSpan().SequenceEqual(plain));
        int chunks = Math.Max(1, (length + Chunk - 1) / Chunk); // docs/formats/sealed-file.md, "Chunks"
        Assert.Equal(good.Header.Length + length + (16 * chunks), file.Length);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Open_MemorySealedHere_GivesThePlaintext(int length)
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), length);
        KeyEncryptionKey[] keys = [SealedSample.Key("auditor"), SealedSample.Key("reports")];

        byte[] file = MemorySealing.Seal(plain, keys, Small);
        (OpenResult result, byte[] opened) = await SealedSample.OpenAsync(file, keys[1]);

        Assert.True(result is OpenResult.Opened, result.Description);
        Assert.True(opened.AsSpan().SequenceEqual(plain));
        Assert.Throws<ArgumentException>(() => MemorySealing.Seal(plain, new byte[file.Length - 1], keys, Small));
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public async Task Open_FileSealedHere_GivesThePlaintextToTheOwnerOnly(int length)
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), length);
        string path = _folder.Combine("report.json");
        await File.WriteAllBytesAsync(path, plain, Cancelled);
        SetMode(path, UnixFileMode.UserRead | UnixFileMode.GroupRead);
        using KeyEncryptionKey key = SealedSample.Key("reports");

        SealResult made = await FileSealing.SealAsync(path, path + ".sealed", [key], Small, Cancelled);
        OpenResult result = await FileSealing.OpenAsync(path + ".sealed", path + ".opened", [key], Cancelled);

        Assert.Equal((length, new FileInfo(path + ".sealed").Length), (made.PlainBytes, made.SealedBytes));
        Assert.Equal(length, Assert.IsType<OpenResult.Opened>(result).PlainBytes);
        Assert.True((await File.ReadAllBytesAsync(path + ".opened", Cancelled)).AsSpan().SequenceEqual(plain));
        Assert.Equal(ModeOf(path), ModeOf(path + ".sealed"));
        Assert.Equal(OperatingSystem.IsWindows() ? default : UnixFileMode.UserRead | UnixFileMode.UserWrite, ModeOf(path + ".opened"));
        Assert.Equal(["report.json", "report.json.opened", "report.json.sealed"], Names());
    }

    [Fact]
    public async Task Open_AnyRecipient_IsEnough()
    {
        byte[] plain = SealedSample.Bytes(new Random(Seeds.Draw()), 100_000);
        KeyEncryptionKey[] keys = [.. Enumerable.Range(1, 32).Select(i => SealedSample.Key($"team-{i}", i))];
        byte[] file = await SealedSample.SealAsync(plain, new SealOptions(), keys);

        foreach (KeyEncryptionKey key in keys)
        {
            (OpenResult result, byte[] opened) = await SealedSample.OpenAsync(file, SealedSample.Key("unrelated"), key);
            Assert.Equal(key.Name, Assert.IsType<OpenResult.Opened>(result).OpenedWith);
            Assert.Equal(plain, opened);
        }
    }

    [Fact]
    public async Task Open_WithoutAKeyItNames_SaysWhomItIsSealedFor()
    {
        byte[] file = await SealedSample.SealAsync([1, 2, 3], Small, SealedSample.Key("reports", 2), SealedSample.Key("auditor"));

        (OpenResult result, byte[] opened) = await SealedSample.OpenAsync(file, SealedSample.Key("reports", 1));

        Assert.IsType<OpenResult.NoKey>(result);
        Assert.Equal("none of its keys is there: it is sealed for reports version 2, auditor version 1", result.Description);
        Assert.Empty(opened);
    }

    [Fact]
    public async Task Open_OtherKeyOfTheSameName_IsRefused()
    {
        byte[] file = await SealedSample.SealAsync([1, 2, 3], Small, SealedSample.Key("reports"));
        using KeyEncryptionKey other = new("reports", 1, new byte[32]);

        (OpenResult result, byte[] opened) = await SealedSample.OpenAsync(file, other);

        Assert.Contains("does not unwrap with key reports version 1", Assert.IsType<OpenResult.Damaged>(result).Reason, StringComparison.Ordinal);
        Assert.Empty(opened);
    }

    [Fact]
    public async Task Seal_SamePlaintextTwice_SharesNoBytesButTheNames()
    {
        byte[] first = await SealedSample.SealAsync(new byte[200], Small, SealedSample.Key("reports"));
        byte[] second = await SealedSample.SealAsync(new byte[200], Small, SealedSample.Key("reports"));

        int names = 10 + "text/markdown".Length;
        Assert.Equal(first[..names], second[..names]);
        Assert.InRange(first[names..].Zip(second[names..]).Count(pair => pair.First == pair.Second), 0, 60); // names of keys, and chance
    }

    [Theory]
    [InlineData("", 1 << 16, 1, "is no content type")]
    [InlineData("text plain", 1 << 16, 1, "is no content type")]
    [InlineData("text/plain", (1 << 16) + 1, 1, "is no chunk size")]
    [InlineData("text/plain", 1 << 13, 1, "is no chunk size")]
    [InlineData("text/plain", 1 << 21, 1, "is no chunk size")]
    [InlineData("text/plain", 1 << 16, 0, "0 recipients")]
    [InlineData("text/plain", 1 << 16, 33, "33 recipients")]
    public async Task Seal_WhatAHeaderCannotHold_IsRefusedBeforeAnythingIsWritten(string contentType, int chunkSize, int recipients, string reason)
    {
        KeyEncryptionKey[] keys = [.. Enumerable.Range(1, recipients).Select(i => SealedSample.Key("k", i))];
        using MemoryStream target = new();
        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => StreamSealing.SealAsync(new MemoryStream(), target, keys, new SealOptions(contentType, chunkSize), Cancelled));
        Assert.Contains(reason, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(0, target.Length);
    }

    [Fact]
    public async Task Seal_RecipientTwice_IsRefused()
    {
        ArgumentException refusal = await Assert.ThrowsAsync<ArgumentException>(
            () => SealedSample.SealAsync([], Small, SealedSample.Key("k"), SealedSample.Key("k")));
        Assert.StartsWith("recipient k version 1 is given twice", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_DamagedFile_LeavesTheEarlierResult()
    {
        await File.WriteAllTextAsync(_folder.Combine("plain"), "earlier", Cancelled);
        byte[] file = await SealedSample.SealAsync(SealedSample.Bytes(new Random(Seeds.Draw()), 3 << 20), Small, SealedSample.Key("k"));
        file[^1] ^= 1;
        await File.WriteAllBytesAsync(_folder.Combine("sealed"), file, Cancelled);

        OpenResult result = await FileSealing.OpenAsync(_folder.Combine("sealed"), _folder.Combine("plain"), [SealedSample.Key("k")], Cancelled);

        OpenResult.Damaged damaged = Assert.IsType<OpenResult.Damaged>(result);
        Assert.Equal((3 << 20) - Chunk, damaged.VerifiedBytes);
        Assert.Equal("earlier", await File.ReadAllTextAsync(_folder.Combine("plain"), Cancelled));
        Assert.Equal(["plain", "sealed"], Names());
    }

    [Fact]
    public async Task Seal_Cancelled_LeavesNothing()
    {
        await File.WriteAllBytesAsync(_folder.Combine("plain"), new byte[3 << 20], Cancelled);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => FileSealing.SealAsync(_folder.Combine("plain"), _folder.Combine("sealed"), [SealedSample.Key("k")], Small, new CancellationToken(true)));
        Assert.Equal(["plain"], Names());
    }

    [Fact]
    public async Task Seal_LeftoverOfAKilledWriter_IsReplaced()
    {
        await File.WriteAllBytesAsync(_folder.Combine("plain"), [1], Cancelled);
        await File.WriteAllBytesAsync(_folder.Combine(".sealed.tars-sealing"), new byte[100], Cancelled);
        await FileSealing.SealAsync(_folder.Combine("plain"), _folder.Combine("sealed"), [SealedSample.Key("k")], Small, Cancelled);
        Assert.Equal(["plain", "sealed"], Names());
    }

    [Fact]
    public async Task Seal_WhileAnotherWritesTheSameFile_IsRefused()
    {
        await File.WriteAllBytesAsync(_folder.Combine("plain"), [1], Cancelled);
        using FileStream other = new(_folder.Combine(".sealed.tars-sealing"), FileMode.CreateNew, FileAccess.Write, FileShare.None);
        await Assert.ThrowsAsync<SealedFileException>(
            () => FileSealing.SealAsync(_folder.Combine("plain"), _folder.Combine("sealed"), [SealedSample.Key("k")], Small, Cancelled));
        Assert.Equal([".sealed.tars-sealing", "plain"], Names());
    }

    [Fact]
    public async Task SealAndOpen_FileThatIsNotThere_NameBothPlaces()
    {
        string[] places = [_folder.Combine("absent"), _folder.Combine("result")];
        SealedFileException sealing = await Assert.ThrowsAsync<SealedFileException>(
            () => FileSealing.SealAsync(places[0], places[1], [SealedSample.Key("k")], Small, Cancelled));
        SealedFileException opening = await Assert.ThrowsAsync<SealedFileException>(
            () => FileSealing.OpenAsync(places[0], places[1], [SealedSample.Key("k")], Cancelled));
        Assert.StartsWith($"{places[0]} to {places[1]}: ", sealing.Message, StringComparison.Ordinal);
        Assert.StartsWith($"{places[0]} to {places[1]}: ", opening.Message, StringComparison.Ordinal);
        Assert.Throws<SealedFileException>(() => SealedHeader.Read(places[0]));
        Assert.Throws<SealedFileException>(() => SealedFiles.Naming([places[0]], new KeyVersion("k", 1), Cancelled));
        Assert.Throws<SealedFileException>(() => Rewrapping.Run([places[0]], [SealedSample.Key("k")], SealedSample.Key("k", 2), Cancelled).Count());
        Assert.Empty(Names());
    }

    [Fact]
    public void Set_MoreChunksThanAFileMayHave_IsRefused()
    {
        using FileKeys keys = new();
        using ChunkBatch batch = new(keys, Chunk);
        batch.Set((1L << 32) - 1, 1, 1, endsFile: true);
        Assert.Throws<IOException>(() => batch.Set(1L << 32, 1, 1, endsFile: true));
    }

    public void Dispose() => _folder.Dispose();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static UnixFileMode ModeOf(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private string[] Names() => [.. Directory.EnumerateFileSystemEntries(_folder.Path).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];
}
