using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit init</c>: makes a log, and the folder that holds the keys of its persons.</summary>
internal static class AuditInitCommand
{
    private static readonly Option<string?> Origin = CommonOptions.Text("--origin", "NAME", "The log's name, once for all time, such as audit.example.org/tars/7d1f (default: made from this machine's name)");

    private static readonly Option<string?> Continues = CommonOptions.Text("--continues", "DIR", "Starts a log that is linked to an older one, which is frozen or no longer written");

    public static Command Create() => AuditOptions.Verb(
        "init", "Makes an audit log and prints the fingerprint of its first key", [Origin, Continues, AuditOptions.Log, AuditOptions.Subjects, ConfigFormat.TableOrJson, .. TwoPersons.Options], RunAsync,
        "tars audit init --log audit", "tars audit init --log audit2 --continues audit --subjects audit.subjects");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        if (File.Exists(log) || (Directory.Exists(log) && Directory.EnumerateFileSystemEntries(log).Any()))
        {
            throw new UsageException($"{log}: something is there already; a log is made in no folder or an empty one", "an audit log is never made anew in its place; name another folder, and link it with --continues");
        }

        string origin = run.Value(Origin) ?? MadeOrigin();
        if (run.Value(Origin) is { } given && (given.Length == 0 || given.Any(c => char.IsWhiteSpace(c) || char.IsControl(c) || c == '+')))
        {
            throw new UsageException($"{Origin.Name}: '{given}' is no origin; a name without white space and plus signs is expected", "write for example audit.example.org/tars/7d1f");
        }

        if (run.Value(Continues) is { } folder && !File.Exists(new LogLayout(folder).Epoch(1)))
        {
            throw new UsageException($"{Continues.Name}: {folder}: there is no audit log");
        }

        AuditEvent? approved = null;
        if (run.Value(Continues) is { } before)
        {
            string olderOrigin = LogNotes.Epoch(new LogLayout(before), 1)?.Origin ?? string.Empty;
            JsonObject plan = PlanOf(run, before);
            if (run.Value(Origin) is null && (TwoPersons.IsRequest(run) || TwoPersons.Approved(run) is not null))
            {
                throw new UsageException($"{Origin.Name} {Origin.HelpName} is needed: what is approved has a name", "write for example --origin audit.example.org/tars/2");
            }

            if (TwoPersons.IsRequest(run))
            {
                return await TwoPersons.AskAsync(run, null, "continue", olderOrigin, plan, cancellationToken).ConfigureAwait(false);
            }

            approved = TwoPersons.Require(run, null, "continue", olderOrigin, plan);
        }

        string persons = AuditOptions.SubjectsOf(run, log);
        bool isNew = !Directory.Exists(persons) || !Directory.EnumerateFileSystemEntries(persons).Any();
        using SubjectKeys subjects = isNew ? SubjectKeys.Create(persons, run.Time) : SubjectKeys.Open(persons, run.Time);
        ContinuedLog? continued = null;
        if (run.Value(Continues) is { } older)
        {
            if (LogNotes.Epoch(new LogLayout(older), 1)?.Origin == origin)
            {
                throw new UsageException($"{Origin.Name}: '{origin}' is the older log's origin; the new log needs another");
            }

            continued = await AuditLog.StartContinuationAsync(older, log, origin, AuditOptions.Actor(subjects), new AuditLogOptions { Subjects = subjects }, run.Time).ConfigureAwait(false);
            if (approved is not null)
            {
                AuditLog open = AuditLog.Open(log, new AuditLogOptions { Subjects = subjects }, run.Time);
                await using (open.ConfigureAwait(false))
                {
                    await open.AppendAsync(approved, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        else
        {
            AuditLog.Create(log, origin, run.Time);
        }

        PublicKey key = (LogNotes.Epoch(new LogLayout(log), 1) ?? throw new IOException($"{log}: the log that was made cannot be read")).Key;
        Tell(run, log, origin, key, persons, continued);
        return ExitCode.Ok;
    }

    /// <summary>Which log goes on, from what, under which name. A log that is continued has a name that was chosen, so that it can be approved.</summary>
    private static JsonObject PlanOf(CommandRun run, string older)
    {
        LogLayout layout = new(older);
        return new JsonObject
        {
            ["origin"] = run.Value(Origin),
            ["newest_checkpoint_sha256"] = DigestOf(layout.Checkpoint),
            ["frozen_sha256"] = DigestOf(layout.Frozen),
        };

        static string? DigestOf(string path) => File.Exists(path) ? Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))) : null;
    }

    private static void Tell(CommandRun run, string log, string origin, PublicKey key, string persons, ContinuedLog? continued)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["log"] = log,
                ["origin"] = origin,
                ["key_id"] = key.KeyId,
                ["fingerprint"] = key.Fingerprint.ToString(),
                ["subjects"] = persons,
                ["continues"] = continued is null ? null : new JsonObject { ["origin"] = continued.Origin, ["size"] = continued.Size, ["root"] = continued.Root.ToBase64() },
            });
            return;
        }

        run.Console.Say($"made {log}, the log {origin}");
        if (continued is not null)
        {
            run.Console.Say(string.Create(CultureInfo.InvariantCulture, $"it continues {continued.Origin}, of which {continued.Size} lines are whole"));
        }

        run.Console.Say($"persons' keys in {persons}: keep it apart from the log, and its backups shorter");
        run.Console.Say($"fingerprint {key.Fingerprint}");
        run.Console.Say("Give the fingerprint to your auditor now, on another way than the log. With it, and a copy of the folder, anybody can check the log:");
        run.Console.Say($"  tars audit verify {log} --fingerprint {key.KeyId}");
        run.Console.Say($"  tars-verify audit {log} --key {key.KeyId}");
    }

    private static string MadeOrigin()
    {
        string machine = string.Concat(Environment.MachineName.ToLowerInvariant().Where(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.'));
        return $"{(machine.Length > 0 ? machine : "local")}/tars/{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4))}";
    }
}
