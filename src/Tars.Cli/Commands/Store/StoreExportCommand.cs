using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Store;

/// <summary><c>tars store export FILE</c>: all rows, in a form that every database imports.</summary>
internal static class StoreExportCommand
{
    private static readonly Argument<string> File = new("FILE") { Description = "Gets the rows, as JSON lines; '-' is standard output" };

    public static Command Create()
    {
        TarsCommand export = StoreCommand.Verb(
            "export", "Writes all rows as they are at one instant, as JSON lines that 'tars store import' reads on any database; not the files", [ConfigFormat.TableOrJson], RunAsync,
            "tars store export rows.jsonl", "tars store export - | zstd > rows.jsonl.zst");
        export.Arguments.Add(File);
        return export;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        StoreAccess access = StoreAccess.Of(run);
        string path = run.Value(File)!;
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            run.Console.Progress("exporting");
            IReadOnlyDictionary<string, long> rows = path == "-" ? await ToOutputAsync(opened, cancellationToken).ConfigureAwait(false) : await ToFileAsync(opened, path, cancellationToken).ConfigureAwait(false);
            run.Audit.Tell("rows", StoreAccess.Counts(rows.Where(row => row.Value > 0)));
            if (path == "-")
            {
                return ExitCode.Ok;
            }

            AuditedRun.Wrote(run.Audit, path);
            Tell(run, path, rows);
            return ExitCode.Ok;
        }
    }

    /// <summary>Says how many rows went where.</summary>
    private static void Tell(CommandRun run, string path, IReadOnlyDictionary<string, long> rows)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["file"] = Path.GetFullPath(path), ["rows"] = StoreAccess.Counts(rows) });
        }
        else
        {
            run.Console.Say($"exported {StoreAccess.Count(rows.Values.Sum(), "row")} to {path}{StoreAccess.Tables(rows)}");
        }
    }

    private static async Task<IReadOnlyDictionary<string, long>> ToFileAsync(OpenedStore opened, string path, CancellationToken cancellationToken)
    {
        using ReplacementFile file = new(path, ReplacementFile.OwnerOnly);
        IReadOnlyDictionary<string, long> rows = await opened.Rows.ExportAsync(file.Stream, cancellationToken).ConfigureAwait(false);
        file.Commit();
        return rows;
    }

    private static async Task<IReadOnlyDictionary<string, long>> ToOutputAsync(OpenedStore opened, CancellationToken cancellationToken)
    {
        Stream output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false))
        {
            return await opened.Rows.ExportAsync(output, cancellationToken).ConfigureAwait(false);
        }
    }
}
