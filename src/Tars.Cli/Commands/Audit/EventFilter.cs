using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary>The options that say which events are meant.</summary>
internal static class EventFilter
{
    private static readonly Option<string?> Type = CommonOptions.Text("--type", "TYPE", "Events of this type, such as run.intent");
    private static readonly Option<string?> Actor = CommonOptions.Text("--actor", "NAME", "By this person or program");
    private static readonly Option<string?> Resource = CommonOptions.Text("--resource", "NAME", "Done to this");
    private static readonly Option<string?> Outcome = CommonOptions.Text("--outcome", "OUTCOME", "success, failure, denied, intent or unknown");
    private static readonly Option<string?> Standard = CommonOptions.Text("--standard", "NAME", "Asked for by this standard");
    private static readonly Option<string?> Control = CommonOptions.Text("--control", "ID", "Asked for by this control");
    private static readonly Option<string?> Run = CommonOptions.Text("--run", "ID", "Of this run");
    private static readonly Option<string?> From = CommonOptions.Text("--from", "TIME", "Not before this time, ISO 8601, UTC");
    private static readonly Option<string?> To = CommonOptions.Text("--to", "TIME", "Before this time");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Option> Options { get; } = [Type, Actor, Resource, Outcome, Standard, Control, Run, From, To];

    /// <summary>What was asked for.</summary>
    public static AuditFilter Of(CommandRun run, Persons persons) => new()
    {
        Type = run.Value(Type),
        Actor = run.Value(Actor) is { Length: > 0 } actor ? persons.IdOf(actor) : null,
        Resource = run.Value(Resource),
        Outcome = OutcomeOf(run.Value(Outcome)),
        Standard = run.Value(Standard),
        Control = run.Value(Control),
        RunId = run.Value(Run),
        From = CommonOptions.Instant(From, run.Value(From), TimeZoneInfo.Utc),
        To = CommonOptions.Instant(To, run.Value(To), TimeZoneInfo.Utc),
    };

    private static AuditOutcome? OutcomeOf(string? text) => text is null ? null
        : Enum.GetValues<AuditOutcome>().Where(known => SealingOptions.NameOf(known) == text).Select(known => (AuditOutcome?)known).FirstOrDefault()
            ?? throw new UsageException($"{Outcome.Name}: '{text}' is no outcome", "write success, failure, denied, intent or unknown");
}
