using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit hold set|release|show</c>: forbids that retention removes anything. A hold is a line of the log itself.</summary>
internal static class AuditHoldCommand
{
    private static readonly Option<string?> Reason = CommonOptions.Text("--reason", "TEXT", "Why, in words that name no person: they stand in the log for good");

    public static Command Create()
    {
        TarsCommand hold = new("hold", "A legal hold: nothing is removed from the log while it is set", "tars audit hold set --reason \"case 17\" --log audit", "tars audit hold release --reason \"case closed\" --log audit");
        hold.Subcommands.Add(Verb("set", "Forbids that retention removes anything", isSet: true));
        hold.Subcommands.Add(Verb("release", "Lifts the hold", isSet: false));
        hold.Subcommands.Add(AuditOptions.Verb(
            "show", "Tells whether a hold is set", [AuditOptions.Log, ConfigFormat.TableOrJson], (run, _) => Task.FromResult(Tell(run, Retention.HoldOf(AuditOptions.LogOf(run)))), "tars audit hold show --log audit"));
        return hold;
    }

    private static TarsCommand Verb(string name, string description, bool isSet) => AuditOptions.Verb(
        name, description, [Reason, AuditOptions.Log, AuditOptions.Subjects, ConfigFormat.TableOrJson, .. isSet ? [] : TwoPersons.Options], (run, cancellationToken) => WriteAsync(run, isSet, cancellationToken), $"tars audit hold {name} --reason \"case 17\" --log audit");

    private static async Task<int> WriteAsync(CommandRun run, bool isSet, CancellationToken cancellationToken)
    {
        string reason = run.Value(Reason) is { Length: > 0 } given ? given : throw new UsageException($"{Reason.Name} {Reason.HelpName} is needed: who reads the log must learn why");
        string log = AuditOptions.LogOf(run);
        if (Retention.HoldOf(log) is not null == isSet)
        {
            throw new UsageException(isSet ? $"{log}: a hold is set already" : $"{log}: no hold is set", "`tars audit hold show` tells");
        }

        AuditEvent? approved = null;
        if (!isSet)
        {
            string origin = LogNotes.Epoch(new LogLayout(log), 1)?.Origin ?? string.Empty;
            JsonObject plan = new() { ["hold"] = Retention.HoldOf(log)!.Record.Sequence, ["reason"] = reason };
            if (TwoPersons.IsRequest(run))
            {
                return await TwoPersons.AskAsync(run, log, "hold-release", origin, plan, cancellationToken).ConfigureAwait(false);
            }

            approved = TwoPersons.Require(run, log, "hold-release", origin, plan);
        }

        using SubjectKeys? subjects = AuditOptions.OpenSubjects(run, log);
        AuditLog open = AuditLog.Open(log, new AuditLogOptions { Subjects = subjects }, run.Time);
        await using (open.ConfigureAwait(false))
        {
            if (approved is not null)
            {
                await open.AppendAsync(approved, cancellationToken).ConfigureAwait(false);
            }

            await open.AppendAsync(Retention.HoldEvent(isSet, reason, AuditOptions.Actor(subjects)), cancellationToken).ConfigureAwait(false);
        }

        int exitCode = Tell(run, Retention.HoldOf(log));
        await AuditSending.FinishAsync(run, isSet ? "the hold is set" : "the hold is released", cancellationToken).ConfigureAwait(false);
        return exitCode;
    }

    private static int Tell(CommandRun run, LegalHold? hold)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["hold"] = hold is not null,
                ["sequence"] = hold?.Record.Sequence,
                ["since"] = hold is null ? null : EventRows.Time(hold.Record.Timestamp),
                ["reason"] = hold?.Reason,
            });
        }
        else
        {
            run.Console.Say(hold is null ? "no hold is set" : string.Create(CultureInfo.InvariantCulture, $"a hold is set since line {hold.Record.Sequence}: {hold.Reason ?? "no reason is given"}"));
        }

        return ExitCode.Ok;
    }
}
