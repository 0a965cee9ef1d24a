using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store backup DIR</c>: rows, files and audit log as they are at one instant, while others write.</summary>
internal static class StoreBackupCommand
{
    private static readonly Argument<string> Folder = new("DIR") { Description = "A new folder; an interrupted backup is gone on with" };

    private static readonly Option<bool> WithPersons = CommonOptions.Flag(
        "--with-persons", "Copies the keys of the audit log's persons too; keep such a backup only for as long as nobody is erased meanwhile");

    public static Command Create()
    {
        TarsCommand backup = StoreCommand.Verb(
            "backup", "Copies rows, files and audit log into a folder, while they are written, with the digest of each file", [WithPersons, ConfigFormat.TableOrJson], RunAsync,
            "tars store backup backups/2026-01-13", "tars store backup /mnt/backup/tars --with-persons -o json");
        backup.Arguments.Add(Folder);
        return backup;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        string folder = run.Value(Folder)!;
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            BackupWriting writing = new(opened.Rows, opened.Files, access.Audit, run.Time, $"tars {RunSealing.Version}") { WithPersons = run.Has(WithPersons) };
            BackupManifest manifest = await writing.WriteAsync(folder, StoreAccess.Progress(run), cancellationToken).ConfigureAwait(false);
            string digest = Convert.ToHexStringLower(SHA256.HashData(manifest.ToJson()));
            run.Audit.Tell("manifest_sha256", digest);
            run.Audit.Tell("rows", StoreAccess.Counts(manifest.Rows.Where(row => row.Value > 0)));
            run.Audit.Tell("blobs", manifest.Blobs);
            if (ConfigFormat.IsJson(run))
            {
                ConfigFormat.WriteJson(run.Console, new JsonObject
                {
                    ["folder"] = Path.GetFullPath(folder),
                    ["manifest_sha256"] = digest,
                    ["rows"] = StoreAccess.Counts(manifest.Rows),
                    ["files"] = manifest.Blobs,
                    ["file_bytes"] = manifest.BlobBytes,
                    ["audit_log"] = manifest.HasLog,
                    ["keys_of_persons"] = manifest.HasPersons,
                });
                return ExitCode.Ok;
            }

            run.Console.Say($"backed up {StoreAccess.Count(manifest.Rows["reports"], "report")} and {StoreAccess.Count(manifest.Blobs, "file")} ({StoreAccess.Bytes(manifest.BlobBytes)}) in {folder}");
            run.Console.Say(!manifest.HasLog ? "  there is no audit log, so none is in it"
                : manifest.HasPersons ? "  with the audit log and the keys of its persons: whoever is erased from now on is named by this backup until it is destroyed"
                : "  with the audit log, without the keys of its persons");
            run.Console.Say($"  manifest sha256 {digest}");
            return ExitCode.Ok;
        }
    }
}
