using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store import FILE</c>: an export into an empty store, for example from SQLite to PostgreSQL.</summary>
internal static class StoreImportCommand
{
    private static readonly Argument<string> Input = new("FILE") { Description = "What 'tars store export' wrote; '-' is standard input" };

    public static Command Create()
    {
        TarsCommand import = StoreCommand.Verb(
            "import", "Reads an export into an empty store, all of it or nothing; the files are copied apart", [ConfigFormat.TableOrJson], RunAsync,
            "tars store import rows.jsonl --set storage.database_url=postgresql://db.example.com/tars", "zstd -dc rows.jsonl.zst | tars store import -");
        import.Arguments.Add(Input);
        return import;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        string path = run.Value(Input)!;
        if (path != "-" && !File.Exists(path))
        {
            throw new UsageException($"{path}: there is no such file", "'tars store export FILE' writes one");
        }

        await OpenedStore.MigrateAsync(access.Storage, run.Time, cancellationToken).ConfigureAwait(false);
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            run.Console.Progress("importing");
            Stream input = path == "-" ? Console.OpenStandardInput() : File.OpenRead(path);
            IReadOnlyDictionary<string, long> rows;
            await using (input.ConfigureAwait(false))
            {
                rows = await opened.Rows.ImportAsync(input, Erased(run, access), cancellationToken).ConfigureAwait(false);
            }

            run.Audit.Tell("rows", StoreAccess.Counts(rows.Where(row => row.Value > 0)));
            if (ConfigFormat.IsJson(run))
            {
                ConfigFormat.WriteJson(run.Console, new JsonObject { ["store"] = opened.Rows.Location, ["rows"] = StoreAccess.Counts(rows) });
                return ExitCode.Ok;
            }

            run.Console.Say($"imported {StoreAccess.Count(rows.Values.Sum(), "row")} into {opened.Rows.Location}{StoreAccess.Tables(rows)}");
            return ExitCode.Ok;
        }
    }

    // An old export knows of no later erasure; log and ledger do.
    private static IReadOnlyCollection<string> Erased(CommandRun run, StoreAccess access)
    {
        if (!Directory.Exists(access.Audit.Log) || !Directory.Exists(access.Audit.Subjects))
        {
            return [];
        }

        using SubjectKeys subjects = SubjectKeys.Open(access.Audit.Subjects, run.Time, access.Audit.Erasures);
        return subjects.Erased(access.Audit.Log);
    }
}
