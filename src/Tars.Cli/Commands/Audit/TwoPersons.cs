using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Init;
using Tars.Compliance.Approvals;
using Tars.Compliance.Audit;
using Tars.Configuration.Layers;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Audit;

/// <summary>What takes two persons, each known by a signing key: one asks with <c>--request</c>, another one approves, and then it is done with <c>--approval</c>.</summary>
internal static class TwoPersons
{
    public const string Requested = "approval.requested";
    public const string Granted = "approval.granted";
    public const string Used = "approval.used";

    private static readonly TimeSpan ClockTolerance = TimeSpan.FromMinutes(5);

    private static readonly Option<string?> Request = CommonOptions.Text("--request", "FILE", "Does nothing, and writes a request that another person approves with 'tars audit approve FILE'");

    private static readonly Option<string?> Approval = CommonOptions.Text("--approval", "FILE", "The request that another person has approved; needed where compliance.audit_two_person is set");

    /// <summary>The options of a verb that takes two persons.</summary>
    public static IEnumerable<Option> Options => [Request, Approval, .. SealingOptions.Keys];

    /// <summary>Whether nothing is done but to ask.</summary>
    public static bool IsRequest(CommandRun run) => run.Value(Request) is not null;

    /// <summary>Asks: signs what would be done, and tells the log.</summary>
    /// <param name="run">The command.</param>
    /// <param name="log">The log; null when it is frozen and takes no events.</param>
    /// <param name="act">What.</param>
    /// <param name="origin">The log's name.</param>
    /// <param name="plan">Exactly what would be done.</param>
    /// <param name="cancellationToken">Looked at before the event is accepted.</param>
    public static async Task<int> AskAsync(CommandRun run, string? log, string act, string origin, JsonObject plan, CancellationToken cancellationToken)
    {
        string file = run.Value(Request) is { Length: > 0 } given ? given : throw new UsageException($"{Request.Name}: no file is named");
        if (File.Exists(file))
        {
            throw new UsageException($"{Request.Name}: {file} is there already");
        }

        SettingsSection compliance = Compliance(run);
        DateTimeOffset now = run.Time.GetUtcNow();
        ApprovalFile asked;
        using (SigningKeys keys = Open(run))
        {
            ISigner signer = SignerOf(keys, compliance);
            asked = ApprovalFile.Sign(new ApprovalRequest(Guid.CreateVersion7(now).ToString(), act, origin, plan, now, now + compliance.Duration("audit_approval_lifetime")), signer);
        }

        if (log is not null)
        {
            await AppendAsync(run, log, Requested, asked, asked.Requester, cancellationToken).ConfigureAwait(false);
        }

        Write(file, asked);
        run.Console.Say($"asked for {act}: request {asked.Request.Id}, plan sha256:{asked.Request.PlanSha256}, good until {EventRows.Time(asked.Request.ExpiresAt)}");
        run.Console.Say($"another person approves it: tars audit approve {file}");
        return ExitCode.Ok;
    }

    /// <summary>Reads a request, so that a second person may approve it; shows what it asks for.</summary>
    public static async Task<int> ApproveAsync(CommandRun run, string file, CancellationToken cancellationToken)
    {
        ApprovalFile asked = Read(file);
        SettingsSection compliance = Compliance(run);
        RequireListed(compliance, asked.Requester, "asks");
        RequireTime(run, asked, file);
        string log = AuditOptions.LogOf(run);
        bool isFrozen = File.Exists(new Tars.Sealing.Logs.LogLayout(log).Frozen);
        run.Console.Say($"{asked.Request.Act} of {asked.Request.Log}, asked for at {EventRows.Time(asked.Request.RequestedAt)} with key {asked.Requester.Fingerprint}");
        run.Console.Say(AuditData.Of(asked.Request.Plan).ToString());
        if (asked.Approver is not null)
        {
            throw new UsageException($"{file}: it is approved already, with key {asked.Approver.Fingerprint}");
        }

        ApprovalFile approved;
        using (SigningKeys keys = Open(run))
        {
            ISigner signer = SignerOf(keys, compliance);
            if (signer.PublicKey.Equals(asked.Requester))
            {
                throw new UsageException($"{file}: it was asked for with the same key, and one person is not two", "another person, with another key of compliance.audit_approvers, approves it");
            }

            if (!new Questions(Console.In, Console.Error, asks: !Console.IsInputRedirected).Confirm("Approve exactly this", run.Has(AuditOptions.Yes)))
            {
                throw new UsageException("nothing was approved", "answer yes, or write --yes where nobody can be asked");
            }

            approved = asked.Approve(signer);
        }

        if (!isFrozen)
        {
            await AppendAsync(run, log, Granted, approved, approved.Approver!, cancellationToken).ConfigureAwait(false);
        }

        Write(file, approved);
        run.Console.Say($"approved: request {approved.Request.Id}; it is done with --approval {file}");
        return ExitCode.Ok;
    }

    /// <summary>The plan of the request that is given; null when none is.</summary>
    public static JsonObject? Approved(CommandRun run) => run.Value(Approval) is { } file ? Read(file).Request.Plan : null;

    /// <summary>Refuses what takes two persons and has but one.</summary>
    /// <param name="run">The command.</param>
    /// <param name="log">The log whose events tell of the request; null when it is frozen.</param>
    /// <param name="act">What is about to be done.</param>
    /// <param name="origin">The log's name.</param>
    /// <param name="plan">Exactly what is about to be done.</param>
    /// <returns>The event that is to be written before it is done; null where one person may.</returns>
    public static AuditEvent? Require(CommandRun run, string? log, string act, string origin, JsonObject plan)
    {
        SettingsSection compliance = Compliance(run);
        if (run.Value(Approval) is not { } file)
        {
            return compliance.Flag("audit_two_person")
                ? throw new UsageException($"{act} takes two persons: compliance.audit_two_person is set", $"ask with {Request.Name} FILE, have another person run 'tars audit approve FILE', and do it with {Approval.Name} FILE")
                : null;
        }

        ApprovalFile approved = Read(file);
        ApprovalRequest request = approved.Request;
        if (approved.Approver is null)
        {
            throw new UsageException($"{file}: nobody has approved it", $"another person runs 'tars audit approve {file}'");
        }

        RequireListed(compliance, approved.Requester, "asks");
        RequireListed(compliance, approved.Approver, "approves");
        RequireTime(run, approved, file);
        if (approved.Approver.Equals(approved.Requester) || request.Act != act || request.Log != origin || request.PlanSha256 != ApprovalRequest.DigestOf(plan))
        {
            throw new UsageException(
                approved.Approver.Equals(approved.Requester) ? $"{file}: one key asks and approves, and one person is not two"
                : request.Act != act || request.Log != origin ? $"{file}: it is of {request.Act} of {request.Log}, not of {act} of {origin}"
                : $"{file}: what was approved (plan sha256:{request.PlanSha256}) is not what would be done (sha256:{ApprovalRequest.DigestOf(plan)})",
                "ask anew");
        }

        if (log is not null)
        {
            AuditQuery query = new(log);
            bool Tells(string type, PublicKey key) => query.Find(new AuditFilter { Type = type, Resource = request.Id })
                .Any(one => (string?)one.Data?["plan_sha256"] == request.PlanSha256 && (string?)one.Data?["key"] == key.KeyId);
            if (!Tells(Requested, approved.Requester) || !Tells(Granted, approved.Approver))
            {
                throw new UsageException($"{file}: the log does not tell that it was asked for and approved", "ask anew");
            }

            if (query.Find(new AuditFilter { Type = Used, Resource = request.Id }).FirstOrDefault() is { } used)
            {
                throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{file}: it was used already, at line {used.Sequence}"), "ask anew");
            }
        }

        return Event(Used, approved, new AuditActor.Program("tars audit"), new JsonObject
        {
            ["requested_with"] = approved.Requester.KeyId,
            ["approved_with"] = approved.Approver.KeyId,
        });
    }

    private static async Task AppendAsync(CommandRun run, string log, string type, ApprovalFile file, PublicKey key, CancellationToken cancellationToken)
    {
        using SubjectKeys? subjects = AuditOptions.OpenSubjects(run, log);
        AuditLog open = AuditLog.Open(log, new AuditLogOptions { Subjects = subjects }, run.Time);
        await using (open.ConfigureAwait(false))
        {
            if (open.Origin != file.Request.Log)
            {
                throw new UsageException($"{log}: it is {open.Origin}, and the request is of {file.Request.Log}");
            }

            await open.AppendAsync(Event(type, file, AuditOptions.Actor(subjects), new JsonObject { ["key"] = key.KeyId }), cancellationToken).ConfigureAwait(false);
        }
    }

    private static AuditEvent Event(string type, ApprovalFile file, AuditActor actor, JsonObject data)
    {
        data["act"] = file.Request.Act;
        data["plan_sha256"] = file.Request.PlanSha256;
        data["expires_at"] = EventRows.Time(file.Request.ExpiresAt);
        return new AuditEvent { Type = type, Outcome = AuditOutcome.Success, Actor = actor, Resource = file.Request.Id, Data = AuditData.Of(data) };
    }

    private static SettingsSection Compliance(CommandRun run) => run.Load(run.Search()).Section("compliance");

    private static SigningKeys Open(CommandRun run) => new KeyRingAccess(SealingOptions.Of(run), run.Time).OpenSigning();

    private static HashSet<string> Approvers(SettingsSection compliance) =>
        [.. compliance.Texts("audit_approvers").Select(text => Fingerprint.TryParse(text, out Fingerprint print) ? print.KeyId : throw new UsageException($"compliance.audit_approvers: '{text}' is no fingerprint of a key"))];

    private static ISigner SignerOf(SigningKeys keys, SettingsSection compliance)
    {
        HashSet<string> approvers = Approvers(compliance);
        return keys.Signers.FirstOrDefault(signer => approvers.Contains(signer.PublicKey.KeyId))
            ?? throw new UsageException($"compliance.audit_approvers does not list {string.Join(" or ", keys.Signers.Select(signer => signer.PublicKey.Fingerprint))}", "list one key of each person who may ask and approve, or open another ring with --ring");
    }

    private static void RequireListed(SettingsSection compliance, PublicKey key, string what)
    {
        if (!Approvers(compliance).Contains(key.KeyId))
        {
            throw new UsageException($"compliance.audit_approvers does not list {key.Fingerprint}, which {what}");
        }
    }

    private static void RequireTime(CommandRun run, ApprovalFile file, string path)
    {
        DateTimeOffset now = run.Time.GetUtcNow();
        if (now >= file.Request.ExpiresAt || file.Request.RequestedAt > now + ClockTolerance)
        {
            throw new UsageException($"{path}: it was asked for at {EventRows.Time(file.Request.RequestedAt)} and good until {EventRows.Time(file.Request.ExpiresAt)}", "ask anew");
        }
    }

    private static ApprovalFile Read(string path)
    {
        if (!File.Exists(path) || new FileInfo(path).Length > ApprovalFile.MaximumBytes)
        {
            throw new UsageException($"{path}: there is no such request", $"whoever wants it done writes one: 'tars audit retain … {Request.Name} FILE', or 'tars audit hold release … {Request.Name} FILE'");
        }

        try
        {
            return ApprovalFile.Parse(File.ReadAllBytes(path));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{path}: {exception.Message}");
        }
    }

    private static void Write(string path, ApprovalFile file)
    {
        using ReplacementFile target = new(path, ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        target.Stream.Write(file.ToBytes());
        target.Commit();
    }
}
