using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Settings.Refusals;
using Tars.Compliance.Audit;
using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Cli.CommandLine;

/// <summary>Which events a command leaves in the audit log: the table in docs/formats/audit-events.md.</summary>
/// <param name="Name">The command, such as <c>keys create signing</c>.</param>
/// <param name="Act">What is audited; null when the command leaves nothing.</param>
internal sealed record AuditedCommand(string Name, AuditedAct? Act)
{
    /// <summary>Whether its arguments name a person, and are not written: the person's id is, once it is known.</summary>
    public bool NamesPersons { get; private init; }

    private const string Report = " report";
    private const string Interrupted = "interrupted";

    private static readonly Dictionary<string, AuditedCommand> ByName = new AuditedCommand[]
    {
        Run("kpi"), Run("kpi watch"), Run("stability"), Run("anomalies"), Run("anomalies detect"), Run("daily"), Run("regressions"), Run("regressions changepoints"),
        Run("kpi merge"), Run("stability merge"), Run("anomalies merge"), Run("daily merge"), Run("regressions merge"), Run("retro merge"),
        Run("retro"), Run("capture"), Run("capture import"),
        Does("sign", AuditClass.Seals, "seal.signed"), Does("encrypt", AuditClass.Seals, "seal.encrypted"),
        Does("decrypt", AuditClass.Seals, "seal.decrypted"), Does("rewrap", AuditClass.Seals, "seal.rewrapped"),
        Does("pgp encrypt", AuditClass.Seals, "pgp.encrypted"), Does("pgp decrypt", AuditClass.Seals, "pgp.decrypted"), Does("pgp sign", AuditClass.Seals, "pgp.signed"),
        Does("keys create signing", AuditClass.Keys, "keys.created"), Does("keys create encryption", AuditClass.Keys, "keys.created"),
        Does("keys export", AuditClass.Keys, "keys.exported"), Does("keys import", AuditClass.Keys, "keys.imported"),
        Does("keys rotate signing", AuditClass.Keys, "keys.rotated"), Does("keys rotate encryption", AuditClass.Keys, "keys.rotated"),
        Does("keys retire", AuditClass.Keys, "keys.retired"), Does("keys revoke", AuditClass.Keys, "keys.revoked"), Does("pgp import", AuditClass.Keys, "pgp.imported"),
        Does("init", AuditClass.Configuration, "configuration.written"), Does("config migrate", AuditClass.Configuration, "configuration.migrated"),
        Does("verify", AuditClass.Verification, "verification.made"), Does("pgp verify", AuditClass.Verification, "pgp.verified"),
        Does("store check", AuditClass.Verification, "store.checked"), Does("reports verify", AuditClass.Verification, "verification.made"),
        Does("store migrate", AuditClass.Store, "store.migrated"), Does("store backup", AuditClass.Store, "store.backed_up"), Does("store gc", AuditClass.Store, "store.collected"), Does("store recover", AuditClass.Store, "store.recovered"),
        Does("store export", AuditClass.Store, "store.exported"), Does("store import", AuditClass.Store, "store.imported"), Does("reports export", AuditClass.Store, "reports.exported"),
        Names("users create", "user.created"), Names("users disable", "user.disabled"), Names("users enable", "user.enabled"), Names("users reset", "user.password_reset"), Names("users role", "user.role_changed"),
        Does("users review", AuditClass.Access, "users.reviewed"), Nothing("users list"), Nothing("api-keys list"),
        Names("api-keys create", "api_key.created"), Does("api-keys rotate", AuditClass.Access, "api_key.rotated"), Does("api-keys revoke", AuditClass.Access, "api_key.revoked"),
        Does("schedules run", AuditClass.Runs, "schedule.run"), Does("schedules start", AuditClass.Runs, "schedules.followed"), Nothing("schedules list"), Nothing("schedules history"),
        Does("serve", AuditClass.Runs, "server.run"),
        Nothing("store restore"), Nothing("reports list"), Nothing("reports show"), Nothing("reports open"),
        Nothing("capture show"), Nothing("discover"), Nothing("demo"), Nothing("completion"), Nothing("api get"), Nothing("keys list"), Nothing("keys show"), Nothing("pgp list"),
        Nothing("config show"), Nothing("config explain"), Nothing("config validate"), Nothing("config diff"), Nothing("config schema"), Nothing("config docs"),
    }.ToDictionary(command => command.Name, StringComparer.Ordinal);

    /// <summary>Every command with a line of its own.</summary>
    public static IEnumerable<AuditedCommand> All => ByName.Values;

    /// <summary>What a command leaves.</summary>
    /// <param name="name">The command; the verb <c>report</c> is its noun by itself. The verbs of <c>audit</c> write the log themselves.</param>
    /// <exception cref="KeyNotFoundException">The command is new: it needs a line here.</exception>
    public static AuditedCommand Of(string name) =>
        name.StartsWith("audit ", StringComparison.Ordinal) ? Nothing(name) : ByName[name.EndsWith(Report, StringComparison.Ordinal) ? name[..^Report.Length] : name];

    /// <summary>Opens the log and writes the intent, before anything is read, sent or written.</summary>
    /// <param name="run">The command's run.</param>
    /// <param name="first">What is done once the log is open, and before the intent; null for nothing.</param>
    /// <exception cref="AuditException">It has to be audited and cannot be.</exception>
    public async Task<RunAudit> BeginAsync(CommandRun run, Func<RunAudit, Task>? first)
    {
        AuditActor actor = new AuditActor.Person(Environment.UserName, Environment.MachineName);
        if (Act is null || run.IsDry)
        {
            return RunAudit.Open(null, AuditedAct.Run, actor, run.Time);
        }

        bool isConfigured = Act.Kind == AuditClass.Runs && (run.Knows(CommonOptions.Plan) || run.IsMerge); // what reads a backend loads the whole configuration
        AuditSettings? settings = isConfigured ? AuditSettings.Of(run.Settings.Loaded) : await SettingsAsync(run).ConfigureAwait(false);
        RunAudit audit = RunAudit.Open(settings, Act, actor, run.Time, run.GivenRunId);
        if (audit.Warning is { } warning)
        {
            run.Console.Warn(warning);
        }

        audit.WarnThrough(run.Console.Warn);
        JsonObject data = new() { ["tool"] = $"tars {Name}", ["version"] = RunSealing.Version };
        string[] names = NamesPersons ? [] : [.. run.Arguments.Select(AuditedRun.NameOf)];
        if (names.Length > 0)
        {
            data["arguments"] = new JsonArray([.. names.Select(name => (JsonNode)name)]);
        }

        audit.Resource = names.Length == 1 ? names[0] : null;
        try
        {
            if (first is not null)
            {
                await first(audit).ConfigureAwait(false);
            }

            if (!audit.IsAudited)
            {
                return audit;
            }

            if (isConfigured)
            {
                AuditedRun.Describe(run, data);
            }

            IReadOnlyList<Waiver> waivers = isConfigured ? run.Settings.Waivers : [];
            await audit.BeginAsync(data, isConfigured ? AuditedRun.ConfigurationSha256(run.Settings) : null, waivers).ConfigureAwait(false);
            return audit;
        }
        catch
        {
            await audit.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>How a command with this exit code ended. A verdict that is negative was reached all the same.</summary>
    public AuditOutcome OutcomeOf(int exitCode)
    {
        bool isVerdict = exitCode is ExitCode.Negative or ExitCode.Inconclusive && Act?.Kind is AuditClass.Runs or AuditClass.Verification;
        return exitCode == ExitCode.Ok || isVerdict ? AuditOutcome.Success : AuditOutcome.Failure;
    }

    /// <summary>Writes down that the command failed, by the class of the error: its words may hold what nobody is to read in a log.</summary>
    public static async Task EndAsync(RunAudit audit, RunKeeping? keeping, Exception exception, TarsConsole console)
    {
        (string error, int? exitCode) = exception is OperationCanceledException ? (Interrupted, ExitCode.Interrupted) : (exception.GetType().Name, Failure.Of(exception)?.ExitCode);
        if (keeping is not null)
        {
            await keeping.FailAsync(exception, error, exitCode).ConfigureAwait(false);
            return;
        }

        try
        {
            await audit.EndAsync(AuditOutcome.Failure, error, exitCode).ConfigureAwait(false);
        }
        catch (AuditException unaudited)
        {
            console.Warn(unaudited.Message); // the failure itself is what the user must hear of
        }
    }

    // The profile that init is given is that of the file it writes. What is no configuration yet, or one of the predecessor's, names no log.
    private async Task<AuditSettings?> SettingsAsync(CommandRun run)
    {
        SettingsSearch search = run.Search();
        try
        {
            return await run.LoadAuditSettingsAsync(Name == "init" ? search with { Profile = null, CommandLine = [] } : search).ConfigureAwait(false);
        }
        catch (SettingsException exception) when (Act!.Kind == AuditClass.Configuration)
        {
            run.Console.Warn($"not audited: the configuration, which names the audit log, cannot be read ({exception.Problems[0]})");
            return null;
        }
    }

    private static AuditedCommand Run(string name) => new(name, AuditedAct.Run);

    private static AuditedCommand Does(string name, AuditClass kind, string type) => new(name, AuditedAct.Of(kind, type));

    private static AuditedCommand Names(string name, string type) => Does(name, AuditClass.Access, type) with { NamesPersons = true };

    private static AuditedCommand Nothing(string name) => new(name, null);
}
