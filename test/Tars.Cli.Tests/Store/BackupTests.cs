using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.TestKit;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.StorageServers;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>A backup that is made during writes is restored where there is nothing, and everything agrees; who was erased since stays erased.</summary>
[Collection(StorePostgres.Name)]
public sealed class BackupTests(StorePostgres postgres)
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task BackupDuringWrites_RestoredFromSqliteToAnEmptyFolder_IsCleanAndErasedStayErased() =>
        await BackUpAndRestoreAsync(FilledStore.Embedded, FilledStore.Embedded);

    [Fact]
    public async Task BackupDuringWrites_RestoredFromPostgresAndS3ToEmptyOnes_IsCleanAndErasedStayErased()
    {
        postgres.Require();
        AwsAccount account = new(TimeProvider.System);
        await using S3Server server = await S3Server.StartAsync(account, cancellationToken: Cancellation);
        AwsCredentials keys = account.CreateUserKeys();
        server.CreateBucket("before");
        server.CreateBucket("after");
        await BackUpAndRestoreAsync(await postgres.SectionAsync(server, account, keys, "before"), await postgres.SectionAsync(server, account, keys, "after"));
    }

    [Fact]
    public async Task Restore_IntoAnotherKindOfStore_IsClean()
    {
        postgres.Require();
        using FilledStore before = await FilledStore.CreateAsync();
        await PublishAsync(before, 3);
        await before.TarsAsync(0, "store", "backup", "backup");
        using FilledStore after = FilledStore.Empty("storage: { folder: data, " + await postgres.DatabaseAsync() + " }");
        CopyRing(before, after);
        await after.TarsAsync(0, "store", "restore", before.Combine("backup"), "--erasures", "none");
        Assert.Contains("3 sealed and verified", await after.TarsAsync(0, "store", "check"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_WithoutALedgerThatIsNewerThanTheBackup_IsRefused()
    {
        using FilledStore before = await FilledStore.CreateAsync();
        await PublishAsync(before, 1);
        await before.TarsAsync(0, "store", "backup", "backup");
        using FilledStore after = FilledStore.Empty();
        string said = await after.TarsAsync(2, "store", "restore", before.Combine("backup"));
        Assert.Contains("it is not known who was erased", said, StringComparison.Ordinal);
        Assert.Contains("--erasures", said, StringComparison.Ordinal);
        Assert.False(Directory.Exists(after.Combine("audit")));
    }

    [Fact]
    public async Task Restore_EveryFileOfTheBackupInTurnDamagedOrMissing_IsRefusedBeforeAnythingIsWritten()
    {
        using FilledStore before = await FilledStore.CreateAsync();
        await PublishAsync(before, 1);
        await before.TarsAsync(0, "store", "backup", "backup");
        string backup = before.Combine("backup");
        foreach (string path in Directory.EnumerateFiles(backup, "*", SearchOption.AllDirectories).ToArray())
        {
            byte[] content = await File.ReadAllBytesAsync(path, Cancellation);
            byte[] changed = [.. content];
            changed[content.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(path, changed, Cancellation);
            await RefusedAsync(backup, path);
            File.Delete(path);
            await RefusedAsync(backup, path);
            await File.WriteAllBytesAsync(path, content, Cancellation);
        }

        await new BackupRestoring(backup, before.Audit, TimeProvider.System).VerifyAsync(null, Cancellation);

        async Task RefusedAsync(string folder, string path)
        {
            BackupException refused = await Assert.ThrowsAsync<BackupException>(() => new BackupRestoring(folder, before.Audit, TimeProvider.System).VerifyAsync(null, Cancellation));
            Assert.True(refused.Message.Contains(folder, StringComparison.Ordinal), $"{path}: {refused.Message}");
        }
    }

    [Fact]
    public async Task Backup_Interrupted_IsNoBackupAndIsGoneOnWith()
    {
        using FilledStore before = await FilledStore.CreateAsync();
        await PublishAsync(before, 3);
        await before.TarsAsync(0, "store", "backup", "backup");
        string backup = before.Combine("backup");
        File.Delete(Path.Combine(backup, "manifest.json"));
        await File.WriteAllTextAsync(Path.Combine(backup, "unfinished"), "a backup is being written here\n", Cancellation);
        string blob = Directory.EnumerateFiles(Path.Combine(backup, "blobs", "sha256"), "*", SearchOption.AllDirectories).First();
        DateTime kept = File.GetLastWriteTimeUtc(blob);
        Assert.Contains("there is no whole backup", await before.TarsAsync(2, "store", "restore", "backup"), StringComparison.Ordinal);

        await before.TarsAsync(0, "store", "backup", "backup");
        Assert.Equal(kept, File.GetLastWriteTimeUtc(blob));
        await before.TarsAsync(0, "store", "restore", "backup", "--dry-run");
        await SchemaAssert.MatchesAsync(Path.Combine(backup, "manifest.json"), "store-backup");
        Assert.Contains("is there already", await before.TarsAsync(2, "store", "backup", "backup"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restore_IntoAStoreThatIsNotEmpty_IsRefusedBeforeAnythingIsWritten()
    {
        using FilledStore before = await FilledStore.CreateAsync();
        await PublishAsync(before, 1);
        await before.TarsAsync(0, "store", "backup", "backup");
        Assert.Contains(
            "the store is not empty", await before.TarsAsync(3, "store", "restore", "backup", "--erasures", "none", "--set", "compliance.audit_log_path=elsewhere"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(before.Combine("elsewhere")));
    }

    private static async Task BackUpAndRestoreAsync(string storageBefore, string storageAfter)
    {
        using TemporaryDirectory mount = new();
        string ledger = mount.Combine("erasures");
        using FilledStore before = await FilledStore.CreateAsync(storageBefore, ledger);
        string ada;
        long during;
        await using (OpenedStore store = await before.OpenAsync())
        {
            for (int i = 0; i < 10; i++)
            {
                await before.PublishAsync(store, i);
            }

            ada = await before.AddUserAsync(store, FilledStore.Ada);
            during = await WriteWhileAsync(before, store, () => before.TarsAsync(0, "store", "backup", "backup", "--with-persons"));
        }

        JsonNode checkedBefore = await before.JsonAsync(0, "store", "check");
        Assert.Equal(10 + during, (long)checkedBefore["counts"]!["sealed"]!);
        await before.TarsAsync(0, "audit", "erase-subject", FilledStore.Ada, "--yes");

        using FilledStore after = FilledStore.Empty(storageAfter, ledger);
        CopyRing(before, after);
        JsonNode restored = await after.JsonAsync(0, "store", "restore", before.Combine("backup"));
        Assert.Equal(1, (int)restored["erased_again"]!);
        long kept = (long)restored["rows"]!["reports"]!;
        Assert.InRange(kept, 10, 10 + during);

        JsonNode found = await after.JsonAsync(0, "store", "check");
        Assert.Empty(found["differences"]!.AsArray());
        Assert.Empty(found["not_checked"]!.AsArray());
        Assert.Equal(kept, (long)found["counts"]!["sealed"]!);
        Assert.InRange((long)found["counts"]!["runs_in_audit_log"]!, 10, kept);
        Assert.True((bool)(await after.JsonAsync(0, "reports", "verify", "latest"))["verified"]!);
        await after.TarsAsync(0, "audit", "verify");
        await AssertErasedAsync(after, ada);

        await using OpenedStore going = await after.OpenAsync();
        await after.PublishAsync(going, 5, actor: "bob@example.org"); // and the restored one is written to as before
        await after.TarsAsync(0, "store", "check");
    }

    private static async Task AssertErasedAsync(FilledStore after, string subject)
    {
        await using (OpenedStore store = await after.OpenAsync())
        {
            Assert.NotNull((await store.Rows.Subjects.FindAsync(subject, Cancellation))!.Erased);
            Assert.Null(await store.Rows.Users.FindByLoginAsync(FilledStore.Ada, Cancellation));
        }

        using (SubjectKeys subjects = SubjectKeys.Open(after.Audit.Subjects, TimeProvider.System, after.Audit.Erasures))
        {
            Assert.Null(subjects.Find(FilledStore.Ada));
            AuditRecord first = new AuditQuery(after.Audit.Log).Find(new AuditFilter { Actor = subject }).First();
            Assert.IsType<RevealedPerson.Erased>(subjects.Reveal(first.Person!));
        }

        Assert.DoesNotContain(FilledStore.Ada, await after.TarsAsync(0, "audit", "query", "-o", "csv"), StringComparison.Ordinal);
        Assert.NotEmpty(new AuditQuery(after.Audit.Log).Find(new AuditFilter { Type = "subject.erased" })); // the log is older than the erasure
        Assert.Single(new AuditQuery(after.Audit.Log).Find(new AuditFilter { Type = "store.restored" }));
    }

    /// <summary>Publishes for as long as a command runs.</summary>
    private static async Task<long> WriteWhileAsync(FilledStore filled, OpenedStore store, Func<Task> command)
    {
        long published = 0;
        using CancellationTokenSource end = new();
        TaskCompletionSource began = new();
        Task writing = Task.Run(
            async () =>
            {
                while (!end.IsCancellationRequested)
                {
                    await filled.PublishAsync(store, 100 + (int)published++);
                    began.TrySetResult();
                }
            },
            Cancellation);
        await Task.WhenAny(began.Task, writing);
        long before = published;
        await command();
        Assert.True(published > before, "nothing was written during the backup");
        await end.CancelAsync();
        await writing;
        return published;
    }

    private static async Task PublishAsync(FilledStore filled, int count)
    {
        await using OpenedStore store = await filled.OpenAsync();
        for (int i = 0; i < count; i++)
        {
            await filled.PublishAsync(store, i);
        }
    }

    // Keys are backed up by themselves (docs/guides/keys.md): public halves are what is needed to verify.
    private static void CopyRing(FilledStore from, FilledStore to)
    {
        foreach (string path in Directory.EnumerateFiles(from.Combine("ring"), "*", SearchOption.AllDirectories))
        {
            string copy = to.Combine("ring", Path.GetRelativePath(from.Combine("ring"), path));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(path, copy);
        }

        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in Directory.EnumerateDirectories(to.Combine("ring"), "*", SearchOption.AllDirectories).Append(to.Combine("ring")))
            {
                File.SetUnixFileMode(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }
        }
    }
}
