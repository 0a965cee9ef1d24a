using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit checkpoint</c>: signs one, prints it, and hands it to whoever keeps copies.</summary>
internal static class AuditCheckpointCommand
{
    private static readonly Option<string[]> Mirror = AuditOptions.Many("--mirror", "DIR", "Copies it, and the notes of the epochs, to this folder elsewhere; may be repeated");

    public static Command Create() => AuditOptions.Verb(
        "checkpoint", "Signs a checkpoint over all lines, prints it, and hands it on", [Mirror, AuditOptions.Log, ConfigFormat.TableOrJson], RunAsync,
        "tars audit checkpoint --log audit --mirror /mnt/mirror");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        AuditLog open = AuditLog.Open(log, new AuditLogOptions(), run.Time);
        SignedNote note;
        await using (open.ConfigureAwait(false))
        {
            note = await open.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }

        LogLayout layout = new(log);
        foreach (string mirror in run.Value(Mirror) ?? [])
        {
            CheckpointMirror.Copy(layout, note, mirror);
        }

        if (ConfigFormat.IsJson(run))
        {
            _ = Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _);
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["origin"] = checkpoint!.Origin,
                ["size"] = checkpoint.Size,
                ["root"] = checkpoint.Root.ToBase64(),
                ["note"] = note.ToString(),
                ["mirrors"] = ConfigFormat.List(run.Value(Mirror) ?? []),
            });
        }
        else
        {
            run.Console.Write(note.ToString());
            foreach (string mirror in run.Value(Mirror) ?? [])
            {
                run.Console.Note($"copied to {mirror}");
            }
        }

        return ExitCode.Ok;
    }
}
