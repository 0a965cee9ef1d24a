using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store restore DIR</c>: a backup back into an empty place; whoever was erased since is erased again before anything is served.</summary>
internal static class StoreRestoreCommand
{
    private const string None = "none";
    private const string EventType = "store.restored";

    private static readonly Argument<string> Folder = new("DIR") { Description = "The backup" };

    private static readonly Option<string?> Erasures = CommonOptions.Text(
        "--erasures", "FILE", "The ledger of erasures as it is now, kept apart from backups; 'none' when nobody was erased since the backup");

    private static readonly Option<bool> DryRun = CommonOptions.Flag("--dry-run", "Verifies the backup, and restores nothing");

    public static Command Create()
    {
        TarsCommand restore = StoreCommand.Verb(
            "restore", "Verifies a backup and brings it back into an empty store; whoever was erased since is erased again first", [Erasures, DryRun, ConfigFormat.TableOrJson], RunAsync,
            "tars store restore backups/2026-01-13 --erasures /mnt/ledger/audit.subjects.erasures", "tars store restore backups/2026-01-13 --dry-run");
        restore.Arguments.Add(Folder);
        return restore;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        string? ledger = run.Value(Erasures);
        BackupRestoring restoring = new(run.Value(Folder)!, access.Audit, run.Time) { Erasures = ledger == None ? null : ledger, TrustsOwnErasures = ledger == None };
        BackupManifest manifest = await restoring.VerifyAsync(StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
        if (run.Has(DryRun))
        {
            run.Console.Say($"the backup is whole: {StoreAccess.Count(manifest.Rows["reports"], "report")}, {StoreAccess.Count(manifest.Blobs, "file")}, made {Instant(manifest.Created)} by {manifest.Program}");
            return ExitCode.Ok;
        }

        await OpenedStore.MigrateAsync(access.Storage, run.Time, cancellationToken).ConfigureAwait(false);
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            RestoredBackup restored = await restoring.RestoreAsync(manifest, opened.Rows, opened.Files, StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
            await WriteDownAsync(run, access.Audit, restored).ConfigureAwait(false);
            Tell(run, opened, restored);
            return ExitCode.Ok;
        }
    }

    // Before, there is no log to write to; so the event stands in the one that was brought back, where the ledger's erasures are written down too.
    private static async Task WriteDownAsync(CommandRun run, AuditSettings settings, RestoredBackup restored)
    {
        if (!settings.IsKept || !Directory.Exists(settings.Log) || !Directory.EnumerateFileSystemEntries(settings.Log).Any())
        {
            return;
        }

        AuditTrail trail = AuditTrail.Open(settings, AuditClass.Store, run.Time)!;
        await using (trail.ConfigureAwait(false))
        {
            await trail.AppendAsync(new AuditEvent
            {
                Type = EventType,
                Outcome = AuditOutcome.Success,
                Actor = new AuditActor.Person(Environment.UserName, Environment.MachineName),
                RunId = run.Audit.RunId,
                Data = AuditData.Of(new JsonObject
                {
                    ["backup_created"] = Instant(restored.Backup.Created),
                    ["rows"] = StoreAccess.Counts(restored.Backup.Rows.Where(row => row.Value > 0)),
                    ["blobs"] = restored.Backup.Blobs,
                    ["erased_again"] = restored.Erased.Count,
                    ["audit_log"] = restored.LogRestored,
                }),
            }).ConfigureAwait(false);
        }
    }

    private static void Tell(CommandRun run, OpenedStore opened, RestoredBackup restored)
    {
        BackupManifest manifest = restored.Backup;
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["store"] = opened.Rows.Location,
                ["backup_created"] = Instant(manifest.Created),
                ["rows"] = StoreAccess.Counts(manifest.Rows),
                ["files"] = manifest.Blobs,
                ["files_written"] = restored.BlobsWritten,
                ["audit_log_restored"] = restored.LogRestored,
                ["erased_again"] = restored.Erased.Count,
            });
            return;
        }

        run.Console.Say($"restored {StoreAccess.Count(manifest.Rows["reports"], "report")} and {StoreAccess.Count(manifest.Blobs, "file")} of {Instant(manifest.Created)} in {opened.Rows.Location}");
        run.Console.Say(restored.LogRestored ? "  with the audit log" : manifest.HasLog ? "  the audit log that is there was kept" : "  the backup has no audit log");
        run.Console.Say($"  {StoreAccess.Count(restored.Erased.Count, "person")} erased again");
        run.Console.Say("  'tars store check' compares everything");
    }

    private static string Instant(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
