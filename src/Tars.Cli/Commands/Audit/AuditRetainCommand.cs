using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Init;
using Tars.Compliance.Audit;
using Tars.Configuration.Layers;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit retain</c>: removes what is older than the policy, so that the log still verifies.</summary>
internal static class AuditRetainCommand
{
    private static readonly Option<string?> OlderThan = CommonOptions.Text("--older-than", "DURATION", "Segments whose every line is older (default: compliance.retention_audit days)");

    private static readonly Option<string?> Archive = CommonOptions.Text("--archive", "DIR", "Copies each segment here first, and reads the copy back");

    private static readonly Option<bool> DryRun = CommonOptions.Flag("--dry-run", "Says what would be removed, and removes nothing");

    public static Command Create() => AuditOptions.Verb(
        "retain", "Removes segments older than the policy by a signed event; the log still verifies", [OlderThan, Archive, DryRun, AuditOptions.Yes, AuditOptions.Log, AuditOptions.Subjects, ConfigFormat.TableOrJson, .. TwoPersons.Options], RunAsync,
        "tars audit retain --older-than 2555d --dry-run --log audit", "tars audit retain --older-than 2555d --archive /mnt/archive --yes --log audit");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        TimeSpan age = CommonOptions.Duration(OlderThan, run.Value(OlderThan)) ?? Policy(run);
        DateTimeOffset before = run.Time.GetUtcNow() - age;
        if (!run.Has(DryRun))
        {
            RequireWhole(log);
        }

        IReadOnlyList<OutlivedSegment> due = Retention.Find(log, before);
        due = TwoPersons.Approved(run)?["segments"] is JsonArray approvedOnes ? [.. due.Take(approvedOnes.Count)] : due; // others may have grown old since
        LegalHold? hold = Retention.HoldOf(log);
        if (!run.Has(DryRun) && due.Count > 0)
        {
            if (hold is not null)
            {
                throw new UsageException(Invariant($"{log}: nothing may be removed: a hold is set since line {hold.Record.Sequence} ({hold.Reason ?? "no reason is given"})"), "`tars audit hold release` lifts it");
            }

            string origin = LogNotes.Epoch(new LogLayout(log), 1)!.Origin;
            JsonObject plan = PlanOf(run, due);
            if (TwoPersons.IsRequest(run))
            {
                return await TwoPersons.AskAsync(run, log, "retain", origin, plan, cancellationToken).ConfigureAwait(false);
            }

            AuditEvent? approved = TwoPersons.Require(run, log, "retain", origin, plan);
            if (!new Questions(Console.In, Console.Error, asks: !Console.IsInputRedirected).Confirm(
                Invariant($"Remove {due.Count} segments, lines {due[0].First} to {due[^1].End - 1}, {EventRows.Time(due[0].From)} to {EventRows.Time(due[^1].To)}"), run.Has(AuditOptions.Yes)))
            {
                throw new UsageException("nothing was removed", "answer yes, or write --yes where nobody can be asked");
            }

            await RemoveAsync(run, log, due, approved, cancellationToken).ConfigureAwait(false);
        }

        Tell(run, before, due, hold);
        if (!run.Has(DryRun) && due.Count > 0)
        {
            await AuditSending.FinishAsync(run, "the segments are removed", cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    private static async Task RemoveAsync(CommandRun run, string log, IReadOnlyList<OutlivedSegment> due, AuditEvent? approved, CancellationToken cancellationToken)
    {
        using SubjectKeys? subjects = AuditOptions.OpenSubjects(run, log);
        AuditLog open = AuditLog.Open(log, new AuditLogOptions { Subjects = subjects }, run.Time);
        await using (open.ConfigureAwait(false))
        {
            if (approved is not null)
            {
                await open.AppendAsync(approved, cancellationToken).ConfigureAwait(false);
            }

            foreach (OutlivedSegment segment in due)
            {
                await Retention.RemoveAsync(open, segment, run.Value(Archive), AuditOptions.Actor(subjects), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Which segments, byte for byte, and where copies of them go.</summary>
    private static JsonObject PlanOf(CommandRun run, IReadOnlyList<OutlivedSegment> due) => new()
    {
        ["archive"] = run.Value(Archive) is { } archive ? Path.GetFullPath(archive) : null,
        ["segments"] = new JsonArray([.. due.Select(segment => (JsonNode)new JsonObject
        {
            ["first"] = segment.First,
            ["end"] = segment.End,
            ["from"] = EventRows.Time(segment.From),
            ["to"] = EventRows.Time(segment.To),
            ["sha256"] = DigestOf(segment.Path),
        })]),
    };

    private static string DigestOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    /// <summary>What is removed can never be looked at again: evidence of tampering must not go with it.</summary>
    private static void RequireWhole(string log)
    {
        if (!File.Exists(new LogLayout(log).Epoch(1)))
        {
            return; // no log at all: reading it says so
        }

        string first = LogNotes.Epoch(new LogLayout(log), 1)?.Key.KeyId ?? string.Empty;
        if (LogVerifier.Verify(log, new LogTrust(first)) is LogVerification.Tampered tampered)
        {
            throw new NotProvenException($"{log}: nothing was removed, for the log does not verify: {tampered.Findings[0]}", $"`tars audit verify {log}` says all that is wrong");
        }
    }

    private static TimeSpan Policy(CommandRun run)
    {
        SettingsSection compliance = run.Load(run.Search()).Section("compliance");
        return TimeSpan.FromDays(compliance.Integer("retention_audit"));
    }

    private static void Tell(CommandRun run, DateTimeOffset before, IReadOnlyList<OutlivedSegment> due, LegalHold? hold)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["before"] = EventRows.Time(before),
                ["removed"] = !run.Has(DryRun) && due.Count > 0,
                ["hold"] = hold is null ? null : new JsonObject { ["sequence"] = hold.Record.Sequence, ["reason"] = hold.Reason },
                ["segments"] = new JsonArray([.. due.Select(segment => (JsonNode)new JsonObject
                {
                    ["first"] = segment.First,
                    ["end"] = segment.End,
                    ["from"] = EventRows.Time(segment.From),
                    ["to"] = EventRows.Time(segment.To),
                    ["bytes"] = segment.Bytes,
                })]),
            });
            return;
        }

        if (due.Count == 0)
        {
            run.Console.Say($"no segment has all its lines before {EventRows.Time(before)}; the segment that is being written is never removed");
        }

        foreach (OutlivedSegment segment in due)
        {
            run.Console.Say(Invariant($"{(run.Has(DryRun) ? "would remove" : "removed")} lines {segment.First} to {segment.End - 1}, {EventRows.Time(segment.From)} to {EventRows.Time(segment.To)}, {segment.Bytes} bytes"));
        }

        if (hold is not null)
        {
            run.Console.Say(Invariant($"a hold is set since line {hold.Record.Sequence}: nothing is removed ({hold.Reason ?? "no reason is given"})"));
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
