using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Configuration.Migration;

namespace Tars.Cli.Commands.Config;

/// <summary><c>tars config migrate OLD</c>: the predecessor's configuration as one of ours.</summary>
internal static class ConfigMigrateCommand
{
    private static readonly Argument<string?> Old = new("OLD") { Description = "The predecessor's file, YAML or JSON", Arity = ArgumentArity.ZeroOrOne };

    private static readonly Option<bool> DryRun = CommonOptions.Flag("--dry-run", "Tells every change and prints the new file; writes nothing");

    private static readonly Option<bool> Rollback = CommonOptions.Flag("--rollback", "Puts the old file back, byte for byte, from the backup beside it");

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "Writes the new file there and leaves the old one as it is");

    private static readonly Option<bool> Force = CommonOptions.Flag("--force", "Replaces --output when it exists");

    public static Command Create()
    {
        TarsCommand command = TarsCommand.Verb(
            "migrate",
            "Turns a configuration of the Python tools into one of today, in its place, keeping the old one as OLD.before-tars",
            [DryRun, Rollback, Output, Force, ConfigFormat.TableOrJson],
            (run, _) => Task.FromResult(Run(run)),
            "tars config migrate config/prod.yaml --dry-run",
            "tars config migrate config/prod.yaml",
            "tars config migrate config/prod.yaml --rollback");
        command.Arguments.Add(Old);
        return command;
    }

    private static int Run(CommandRun run)
    {
        string path = run.Value(Old) ?? throw new UsageException("a file is needed", "write for example tars config migrate config/prod.yaml --dry-run");
        MigratedFile file = new(path);
        return run.Has(Rollback) ? RollBack(run, file) : Migrate(run, file);
    }

    private static int RollBack(CommandRun run, MigratedFile file)
    {
        if (run.Has(DryRun) || run.Value(Output) is not null)
        {
            throw new UsageException("--rollback stands alone: it restores OLD from its backup", "leave out --dry-run and --output");
        }

        file.RollBack();
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["restored"] = file.Path, ["from"] = file.BackupPath });
            return ExitCode.Ok;
        }

        run.Console.Say($"restored {file.Path} from {file.BackupPath}");
        return ExitCode.Ok;
    }

    private static int Migrate(CommandRun run, MigratedFile file)
    {
        MigratedSettings migrated = file.Plan();
        string target = run.Value(Output) ?? file.Path;
        bool writes = !run.Has(DryRun) && (migrated.Changes.Count > 0 || run.Value(Output) is not null);
        if (writes && run.Value(Output) is string output)
        {
            MigratedFile.WriteTo(migrated, output, run.Has(Force));
        }
        else if (writes)
        {
            file.Write(migrated);
        }

        string? backup = writes && run.Value(Output) is null ? file.BackupPath : null;
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, Json(migrated, writes ? target : null, backup));
            return ExitCode.Ok;
        }

        Tell(run, migrated);
        if (run.Has(DryRun))
        {
            run.Console.Say(string.Empty);
            run.Console.Write(migrated.ToShownYaml());
        }
        else if (writes)
        {
            string profile = migrated.Profile is null ? "" : $" --profile {migrated.Profile}";
            run.Console.Note($"wrote {target}{(backup is null ? "" : $", kept {backup}")}; next: tars config validate {target}{profile}");
        }

        return ExitCode.Ok;
    }

    private static void Tell(CommandRun run, MigratedSettings migrated)
    {
        if (migrated.Changes.Count == 0)
        {
            run.Console.Say($"{migrated.Source} needs no change");
        }

        foreach (MigrationChange change in migrated.Changes.OrderBy(change => !change.IsCarried))
        {
            run.Console.Say(change.IsCarried ? change.ToString() : $"{change.Origin}: {change.From}: left out: {change.Explanation}");
        }

        foreach (string note in migrated.Notes)
        {
            run.Console.Warn(note);
        }
    }

    private static JsonObject Json(MigratedSettings migrated, string? written, string? backup) => new()
    {
        ["source"] = migrated.Source,
        ["written"] = written,
        ["backup"] = backup,
        ["profile"] = migrated.Profile,
        ["changes"] = new JsonArray([.. migrated.Changes.Select(change => (JsonNode)new JsonObject
        {
            ["from"] = change.From,
            ["to"] = change.To,
            ["kind"] = System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(change.Kind.ToString()),
            ["line"] = change.Origin.Line,
            ["column"] = change.Origin.Column,
            ["message"] = change.Explanation,
        })]),
        ["warnings"] = ConfigFormat.List(migrated.Notes),
        ["text"] = migrated.ToShownYaml(),
    };
}
