using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Tars.Storage.Databases;
using Tars.Storage.Runs;
using Tars.Storage.Tests.Fixtures;
using Tars.Storage.Transfer;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Storage.Tests.Failures;

/// <summary>What the store says when the world fails.</summary>
[Collection(PostgresPlace.Name)]
public sealed class RefusalTests(PostgresPlace postgres) : IDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly FakeTimeProvider _clock = new(Samples.Start.AddDays(2));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("sqlite:")]
    [InlineData("sqlite::memory:")]
    [InlineData("store.db")]
    [InlineData("Host=db;Password=hunter2")]
    [InlineData("Host=db;Pasword=hunter2;Database=tars")]
    [InlineData("postgresql://ann:" + "hunter2@db")]
    [InlineData("postgresql://ann:" + "hunter2@db/tars?nosuch=1")]
    [InlineData("postgresql://ann:" + "hunter2@:bad:/tars")]
    public void Address_ThatIsNone_IsRefusedWithoutRepeatingIt(string text)
    {
        ArgumentException refused = Assert.ThrowsAny<ArgumentException>(() => StoreAddress.Parse(text));
        Assert.DoesNotContain("hunter2", refused.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Address_OfAServer_NamesHostPortAndDatabaseAndNoPassword()
    {
        string userInfo = "ann:p%40ss";
        foreach (string text in new[] { $"postgresql://{userInfo}@db.example.org:6432/tars?sslmode=Require", "Host=db.example.org;Port=6432;Database=tars;Username=ann;Password=p@ss;SSL Mode=Require" })
        {
            StoreAddress address = StoreAddress.Parse(text);
            Assert.Equal("db.example.org:6432/tars", address.ToString());
            Assert.Equal(("ann", "p@ss", Npgsql.SslMode.Require), (address.Server!.Username, address.Server.Password, address.Server.SslMode));
        }
    }

    [Fact]
    public async Task Sqlite_FullDisk_RefusesTheWriteAndKeepsNothingOfIt()
    {
        StoreAddress address = Address("full.db");
        await using Store store = await Store.OpenAsync(address, _clock, null, Token);
        Guid kept = await new Runner(store).StoreAsync(Samples.Report("kpi", 10, 1));
        await using Store full = await Store.OpenAsync(address, _clock, new StoreOptions { MaximumPages = 120 }, Token);
        Guid run = full.Runs.NewId();
        await full.Runs.IntendAsync(new RunIntent(run, "kpi"), Token);
        await AssertFullAsync(full, run);
        Assert.Empty(await store.Reports.OfRunAsync(run, Token));
        Assert.Single(await store.Reports.OfRunAsync(kept, Token));
        Assert.Empty(await store.CheckAsync(Token));
        await store.Reports.StoreAsync(run, [Samples.Report("kpi", 5000, 2)], Token); // with room it goes on
    }

    [Fact]
    public async Task Sqlite_FileSystemWithoutRoom_RefusesTheWriteAndIsWholeAfter()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
        {
            Assert.Skip("mounting a small file system needs root on Linux");
        }

        string mount = Directory.CreateDirectory(_folder.Combine("small")).FullName;
        CommandResult mounted = await new CommandLine("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", mount).RunAsync(Token);
        if (mounted.ExitCode != 0)
        {
            Assert.Skip("this machine does not allow mounts: " + mounted.Error);
        }

        try
        {
            await using (Store store = await Store.OpenAsync(StoreAddress.Parse($"sqlite:{Path.Combine(mount, "store.db")}"), _clock, null, Token))
            {
                Guid kept = await new Runner(store).StoreAsync(Samples.Report("kpi", 10, 1));
                Guid run = store.Runs.NewId();
                await store.Runs.IntendAsync(new RunIntent(run, "kpi"), Token);
                await AssertFullAsync(store, run);
                Assert.Single(await store.Reports.OfRunAsync(kept, Token));
                Assert.Empty(await store.CheckAsync(Token));
                await store.Reports.StoreAsync(run, [Samples.Report("kpi", 5, 2)], Token); // a small one has room

                // A backup there is no room for leaves no file.
                await new Runner(store).StoreAsync(Samples.Report("more", 300, 3));
                string fill = Path.Combine(mount, "fill");
                await Assert.ThrowsAsync<IOException>(() => File.WriteAllBytesAsync(fill, new byte[4 << 20], Token));
                await Assert.ThrowsAsync<StoreException>(() => store.BackUpAsync(Path.Combine(mount, "backup.db"), Token));
                Assert.Equal(["fill", "store.db", "store.db-shm", "store.db-wal"], Directory.GetFiles(mount).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            }
        }
        finally
        {
            await new CommandLine("umount", mount).RunAsync(CancellationToken.None);
        }
    }

    [Fact]
    public async Task Sqlite_WhatIsNoStore_IsRefusedByWhatItIs()
    {
        string text = _folder.WriteText("text.db", new string('x', 8192));
        await AssertRefusedAsync($"sqlite:{text}", "the file is no database", "name another file, or restore a backup");
        Directory.CreateDirectory(_folder.Combine("folder.db"));
        await AssertRefusedAsync($"sqlite:{_folder.Combine("folder.db")}", "folder.db", "give the store a folder that may be written");
        _folder.WriteText("file", string.Empty);
        await AssertRefusedAsync($"sqlite:{_folder.Combine("file", "store.db")}", "file", "give the store a folder that may be written");
    }

    [Fact]
    public async Task Sqlite_WriteLockHeldTooLong_IsRefusedAsTransient()
    {
        StoreAddress address = Address("busy.db");
        await using Store store = await Store.OpenAsync(address, _clock, new StoreOptions { BusyTimeout = TimeSpan.FromMilliseconds(200) }, Token);
        await using Database other = Database.Of(address, new StoreOptions());
        StoreException? refused = null;
        Stopwatch watch = new();
        await other.WriteAsync(
            "hold the lock",
            async work =>
            {
                Assert.Empty(await store.Runs.ListAsync(null, null, 1, Token)); // readers do not wait
                watch.Start();
                refused = await Assert.ThrowsAsync<StoreException>(() => store.Runs.IntendAsync(new RunIntent(store.Runs.NewId(), "kpi"), Token));
                watch.Stop();
            },
            Token);
        Assert.True(refused!.IsTransient);
        Assert.Contains("another process holds the database", refused.Message, StringComparison.Ordinal);
        Assert.InRange(watch.Elapsed, TimeSpan.FromMilliseconds(150), TimeSpan.FromSeconds(60)); // it waited, and not for ever
    }

    [Fact]
    public async Task Postgres_Refusals_NameTheServerAndTheWayOutAndNoPassword()
    {
        PostgresServer server = postgres.Require();
        string good = await server.CreateDatabaseAsync(Token);
        (string Text, string Hint, bool Transient)[] cases =
        [
            (good.Replace(server.Password, "wrong-secret", StringComparison.Ordinal), "look at the user name and the password of the store's address", false),
            (good.Replace("Database=", "Database=no_such_", StringComparison.Ordinal), "make the database, for example with createdb, then run `tars store migrate`", false),
            (good.Replace($"Port={server.Port}", $"Port={LoopbackPort.Free()}", StringComparison.Ordinal), "look whether the server runs and can be reached, then try again", true),
        ];
        foreach ((string text, string hint, bool transient) in cases)
        {
            StoreAddress address = StoreAddress.Parse(text);
            StoreException refused = await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(address, _clock, null, Token));
            Assert.Equal((hint, transient), (refused.Hint, refused.IsTransient));
            Assert.StartsWith($"{address.Location}: open the store: ", refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(server.Password, refused.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("wrong-secret", refused.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Postgres_TwoTransactionsThatBlockEachOther_BothSucceedInTheEnd()
    {
        StoreAddress address = await postgres.NewAsync();
        await Store.MigrateAsync(address, _clock, null, Token);
        await using Store store = await Store.OpenAsync(address, _clock, null, Token);
        await store.Database.WriteAsync("prepare", work => work.ExecuteAsync("INSERT INTO subjects (subject_id, created) VALUES ('a', 0), ('b', 0)"), Token);
        int attempts = 0;
        using Barrier both = new(2);
        await Task.WhenAll(Task.Run(() => MoveAsync("a", "b"), Token), Task.Run(() => MoveAsync("b", "a"), Token));
        Assert.Equal(3, attempts); // one was the victim and was made again
        Assert.Equal(4, await store.Database.ReadAsync("sum", work => work.ScalarAsync<long>("SELECT CAST(sum(created) AS BIGINT) FROM subjects"), Token));

        Task MoveAsync(string first, string second) => store.Database.WriteAsync(
            "move",
            async work =>
            {
                bool again = Interlocked.Increment(ref attempts) > 2;
                await work.ExecuteAsync("UPDATE subjects SET created = created + 1 WHERE subject_id = @first", new { first });
                if (!again)
                {
                    both.SignalAndWait(TimeSpan.FromSeconds(30), Token);
                }

                await work.ExecuteAsync("UPDATE subjects SET created = created + 1 WHERE subject_id = @second", new { second });
            },
            Token);
    }

    [Fact]
    public async Task Backup_WhileOthersWrite_IsWholeAndRestores()
    {
        StoreAddress address = Address("live.db");
        await using Store store = await Store.OpenAsync(address, _clock, null, Token);
        await using Store writer = await Store.OpenAsync(address, _clock, null, Token);
        Guid before = await new Runner(store).CompleteAsync(Samples.Report("kpi", 500, 1));
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        int written = 0;
        Task writing = Task.Run(
            async () =>
            {
                for (; !stop.IsCancellationRequested; written++)
                {
                    await new Runner(writer).CompleteAsync(Samples.Report("kpi", 20, written));
                }
            },
            Token);
        for (int turn = 0; turn < 5; turn++)
        {
            string backup = _folder.Combine($"backup-{turn}.db");
            await store.BackUpAsync(backup, Token);
            StoreAddress restored = Address($"restored-{turn}.db");
            await StoreBackup.RestoreAsync(backup, restored, Token);
            await using Store copy = await Store.OpenAsync(restored, _clock, null, Token);
            Assert.Single(await copy.Reports.OfRunAsync(before, Token));
            Assert.Empty(await copy.CheckAsync(Token));
        }

        await stop.CancelAsync();
        await writing;
        Assert.True(written > 0);
        Assert.Empty(Directory.GetFiles(_folder.Path, "*.partial*"));
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.BackUpAsync(_folder.Combine("backup-0.db"), Token));
        Assert.EndsWith("the file exists", refused.Message, StringComparison.Ordinal);
        refused = await Assert.ThrowsAsync<StoreException>(() => StoreBackup.RestoreAsync(_folder.Combine("backup-0.db"), address, Token));
        Assert.EndsWith("there is a store already", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Backup_DamagedInTheMiddle_IsNotRestored()
    {
        await using Store store = await Store.OpenAsync(Address("live.db"), _clock, null, Token);
        await new Runner(store).CompleteAsync(Samples.Report("kpi", 2000, 1));
        string backup = _folder.Combine("backup.db");
        await store.BackUpAsync(backup, Token);
        byte[] bytes = await File.ReadAllBytesAsync(backup, Token);
        bytes.AsSpan((bytes.Length / 2) & ~4095, 4096).Fill(0xAA);
        await File.WriteAllBytesAsync(backup, bytes, Token);
        await Assert.ThrowsAsync<StoreException>(() => StoreBackup.RestoreAsync(backup, Address("restored.db"), Token));
        Assert.False(File.Exists(_folder.Combine("restored.db")));
        await File.WriteAllBytesAsync(backup, bytes[..(bytes.Length / 3)], Token);
        await Assert.ThrowsAsync<StoreException>(() => StoreBackup.RestoreAsync(backup, Address("restored.db"), Token));
    }

    private StoreAddress Address(string name) => StoreAddress.Parse("sqlite:" + _folder.Combine(name));

    private async Task AssertRefusedAsync(string address, string part, string hint)
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => Store.OpenAsync(StoreAddress.Parse(address), _clock, null, Token));
        Assert.Contains(part, refused.Message, StringComparison.Ordinal);
        Assert.Equal(hint, refused.Hint);
    }

    private static async Task AssertFullAsync(Store store, Guid run)
    {
        StoreException refused = await Assert.ThrowsAsync<StoreException>(() => store.Reports.StoreAsync(run, [Samples.Report("kpi", 20_000, 2)], Token));
        Assert.Contains("the disk is full", refused.Message, StringComparison.Ordinal);
        Assert.Equal("free space and run it again; of this transaction nothing was kept", refused.Hint);
        Assert.False(refused.IsTransient);
    }
}
