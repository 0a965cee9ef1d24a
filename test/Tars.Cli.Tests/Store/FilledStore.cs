using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Findings;
using Tars.Storage.Identity;
using Tars.Storage.Reports;
using Tars.Storage.Runs;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>
/// A folder with a configuration, a key ring, an audit log and a store, into which the test publishes reports in the order of the product: intent, seal, files, rows,
/// outcome. What is done to the store is done with the built <c>tars</c>.
/// </summary>
internal sealed class FilledStore : IDisposable
{
    public const string Ada = "ada@example.org";

    private readonly TemporaryDirectory _folder = new();
    private LoadedSettings? _loaded;

    private FilledStore(string storage, string ledger) => _folder.WriteText("tars.yaml", $"""
        security: {"{"} key_ring: ring {"}"}
        compliance: {"{"} audit_log_path: audit, audit_erasures_path: {ledger} {"}"}
        {storage}
        """);

    /// <summary>The folder.</summary>
    public string Path => _folder.Path;

    /// <summary>The section of an embedded store.</summary>
    public const string Embedded = "storage: { folder: data }";

    private LoadedSettings Loaded => _loaded ??= SettingsLoader.Load(
        new SettingsSearch { ConfigPath = _folder.Combine("tars.yaml"), WorkingFolder = _folder.Path, Environment = new Dictionary<string, string>() }, TarsSchema.Instance);

    /// <summary>Where the audit log is.</summary>
    public AuditSettings Audit => AuditSettings.Of(Loaded);

    /// <summary>A folder without keys, log and store.</summary>
    public static FilledStore Empty(string storage = Embedded, string? ledger = null) => new(storage, ledger ?? "erasures");

    /// <summary>A folder with keys, a log and an empty store.</summary>
    public static async Task<FilledStore> CreateAsync(string storage = Embedded, string? ledger = null)
    {
        FilledStore store = Empty(storage, ledger);
        await store.TarsAsync(0, "keys", "create", "signing", "--ring", "ring");
        await store.TarsAsync(0, "audit", "init");
        await store.TarsAsync(0, "store", "migrate");
        return store;
    }

    public string Combine(params string[] parts) => _folder.Combine(parts);

    /// <summary>Runs <c>tars</c> in the folder.</summary>
    public async Task<string> TarsAsync(int exitCode, params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, arguments);
        Assert.True(result.ExitCode == exitCode, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}, not {exitCode}\n{result.Output}{result.Error}");
        return result.Output + result.Error;
    }

    /// <summary>The JSON that a command writes.</summary>
    public async Task<JsonNode> JsonAsync(int exitCode, params string[] arguments)
    {
        CommandResult result = await TarsProgram.RunAsync(_folder.Path, [.. arguments, "-o", "json"]);
        Assert.True(result.ExitCode == exitCode, $"tars {string.Join(' ', arguments)}: exit {result.ExitCode}, not {exitCode}\n{result.Output}{result.Error}");
        return JsonNode.Parse(result.Output)!;
    }

    public Task<OpenedStore> OpenAsync() => OpenedStore.OpenAsync(StorageSettings.Of(Loaded), TimeProvider.System, creates: false, TestContext.Current.CancellationToken);

    /// <summary>Publishes a report of a day, signed, with two files, two figures and two findings.</summary>
    public async Task<StoredReport> PublishAsync(OpenedStore store, int number, bool isSigned = true, string actor = Ada)
    {
        CancellationToken cancellationToken = CancellationToken.None;
        DateTimeOffset from = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddDays(number % 300);
        await using RunAudit audit = RunAudit.Open(Audit, AuditedAct.Run, new AuditActor.Person(actor, "test"), TimeProvider.System);
        await audit.BeginAsync(new JsonObject { ["tool"] = "tars kpi" }, null, []);
        Guid runId = Guid.Parse(audit.RunId);
        AuditIntent intent = (await audit.ProveIntentAsync())!;
        StoredWindow window = new(from, from.AddDays(1));
        await store.Rows.Runs.IntendAsync(new RunIntent(runId, "kpi") { Window = window, IntentSequence = intent.Leaf }, cancellationToken);
        Report plain = new("kpi",
        [
            new ReportFile("kpi.json", "application/json", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"number\": {number}}}\n"))),
            new ReportFile("kpi.md", "text/markdown", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# Report {number}\n"))),
        ]);
        Report written = isSigned ? await SealAsync(plain, audit, intent, window, cancellationToken) : plain;
        List<BlobReference> blobs = [];
        foreach (ReportFile file in written.Files)
        {
            BlobPut.Stored put = Assert.IsType<BlobPut.Stored>(await store.Files.PutAsync(file.Content, cancellationToken));
            blobs.Add(new BlobReference(put.Digest.ToString(), put.Size));
            audit.Wrote(new RunOutput(file.Name, put.Digest.ToString()));
        }

        NewReport report = new("kpi", "kpi", window, DateOnly.FromDateTime(from.UtcDateTime))
        {
            Judgement = number % 3 == 0 ? Judgement.Fail("checkout/availability: 99.1 % is below the target 99.9 %") : number % 3 == 1 ? Judgement.Pass : Judgement.Inconclusive("no data"),
            Envelope = isSigned ? blobs[2] : null,
            Renderings = [new Rendering("json", "kpi.json", blobs[0], blobs[0].Digest), new Rendering("markdown", "kpi.md", blobs[1], blobs[1].Digest)],
            Figures = [new StoredFigure("availability", "%", new Measurement.Measured(99.1, 1)) { Service = "checkout" }, new StoredFigure("p99_latency_ms", "ms", new Measurement.NoData("no requests")) { Service = "checkout" }],
            Findings =
            [
                new NewFinding("objective_missed", "checkout", "availability", FindingSeverity.Critical, DateOnly.FromDateTime(from.UtcDateTime), from, "checkout/availability was missed"),
                new NewFinding("not_measured", "checkout", "latency", FindingSeverity.Medium, DateOnly.FromDateTime(from.UtcDateTime), from, "checkout/latency: no data"),
            ],
        };
        StoredReport kept = Assert.Single(await store.Rows.Reports.StoreAsync(runId, [report], cancellationToken));
        long outcome = await EndAsync(audit);
        await store.Rows.Runs.CompleteAsync(runId, outcome, [], cancellationToken);
        return kept;
    }

    /// <summary>Adds a user whose subject id is that of a person in the log.</summary>
    public async Task<string> AddUserAsync(OpenedStore store, string name)
    {
        using SubjectKeys subjects = SubjectKeys.Open(Audit.Subjects, TimeProvider.System, Audit.Erasures);
        string id = subjects.Find(name)!;
        Assert.True(await store.Rows.Users.AddAsync(new NewUser(Guid.CreateVersion7(), id, name, "viewer", "hash"), TestContext.Current.CancellationToken));
        return id;
    }

    public void Dispose() => _folder.Dispose();

    private async Task<Report> SealAsync(Report plain, RunAudit audit, AuditIntent intent, StoredWindow window, CancellationToken cancellationToken)
    {
        using ReportSealing sealing = ReportSealing.Open(SealingSettings.Of(Loaded) with { Signs = true }, TimeProvider.System)!;
        RunFacts facts = new(
            "tars kpi", "0.1.0", audit.RunId, new string('0', 64), window.From, window.To, new RunSource("Prometheus", "3.1", null), null, intent, TimeProvider.System.GetUtcNow());
        return (await sealing.SealAsync(plain, facts, cancellationToken)).Report;
    }

    // The outcome's place is told by the log itself: the line after which nothing of the run follows.
    private async Task<long> EndAsync(RunAudit audit)
    {
        string run = audit.RunId;
        await audit.EndAsync(AuditOutcome.Success, null, 0);
        return new AuditQuery(Audit.Log).Find(new AuditFilter { RunId = run, Outcome = AuditOutcome.Success }).Single().Sequence;
    }
}
