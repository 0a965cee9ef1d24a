using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit key</c>: the public key of a log, for whoever checks it.</summary>
internal static class AuditKeyCommand
{
    private static readonly Option<int?> Number = new("--epoch") { HelpName = "N", Description = "The key of this epoch (default: the first, by which the log is known)" };

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "Where the key goes, PEM; standard output without it");

    public static Command Create() => AuditOptions.Verb(
        "key", "Writes the public key of a log", [Number, Output, AuditOptions.Log, ConfigFormat.TableOrJson], (run, _) => Task.FromResult(Run(run)),
        "tars audit key --log audit --output audit.pub");

    private static int Run(CommandRun run)
    {
        LogLayout layout = new(AuditOptions.LogOf(run));
        _ = new AuditQuery(layout.Root); // says so when there is no log
        int number = run.Value(Number) ?? 1;
        EpochNote epoch = LogNotes.Epoch(layout, number) ?? throw new UsageException(
            string.Create(CultureInfo.InvariantCulture, $"{layout.Epoch(number)}: the note of epoch {number} is not there, or is none"), "`tars audit verify` tells which epochs a log has");
        if (run.Value(Output) is { } path)
        {
            using ReplacementFile file = new(path, ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
            file.Stream.Write(System.Text.Encoding.ASCII.GetBytes(epoch.Key.ToPem()));
            file.Commit();
        }

        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["origin"] = epoch.Origin,
                ["epoch"] = number,
                ["key_id"] = epoch.Key.KeyId,
                ["fingerprint"] = epoch.Key.Fingerprint.ToString(),
                ["pem"] = epoch.Key.ToPem(),
            });
        }
        else if (run.Value(Output) is null)
        {
            run.Console.Write(epoch.Key.ToPem());
        }
        else
        {
            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"key of epoch {number} of {epoch.Origin} in {run.Value(Output)}"));
            run.Console.Say($"fingerprint {epoch.Key.Fingerprint}");
        }

        return ExitCode.Ok;
    }
}
