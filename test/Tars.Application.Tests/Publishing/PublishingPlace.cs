using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Checkpoints;
using Tars.Application.Publishing;
using Tars.Application.Stores;
using Tars.Compliance.Audit;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.Storage;
using Tars.Storage.Blobs;
using Tars.Storage.Blobs.S3;
using Tars.Storage.Reports;

namespace Tars.Application.Tests.Publishing;

/// <summary>
/// Where reports are published in a test: an audit log and a signing key in a folder, rows in a database, files in a folder or a bucket. Everything that another process needs
/// lies in the folder, so that the same place is opened there by its path.
/// </summary>
/// <param name="folder">The folder.</param>
/// <param name="time">The clock.</param>
internal sealed class PublishingPlace(string folder, TimeProvider time)
{
    /// <summary>What each report has: two files, an envelope, and so three steps of <see cref="PublicationStep.FilePut"/>.</summary>
    public const int Files = 3;

    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public AuditSettings Audit { get; } = new(true, Path.Combine(folder, "audit"), Path.Combine(folder, "audit.subjects"), [], null, CheckpointTargets.None);

    public TrustedKeys Trust => new([new TrustedKey(Signer().PublicKey, "the test", null)]);

    /// <summary>The store of a database, with files in a bucket, or in the folder where there is none.</summary>
    public StorageSettings Storage(string database, Bucket? bucket) => new(
        StoreAddress.Parse(database),
        bucket is null ? Path.Combine(folder, "files") : null,
        bucket is null ? null : new S3BlobStoreOptions
        {
            Bucket = bucket.Name,
            Region = bucket.Region,
            Credentials = S3Credentials.Of(bucket.KeyId, bucket.Secret),
            Endpoint = bucket.Endpoint,
            PathStyle = true,
            AllowHttp = true,
            Attempts = time == TimeProvider.System ? 5 : 1, // between two attempts the clock goes on, which a test moves by hand
            Timeout = TimeSpan.FromSeconds(30),
            MaximumPause = TimeSpan.FromMilliseconds(50),
            SpoolDirectory = folder,
        });

    /// <summary>Makes log, keys and schema.</summary>
    public async Task CreateAsync(StorageSettings storage, CancellationToken cancellationToken)
    {
        AuditLog.Create(Audit.Log, "audit.test/" + Guid.NewGuid().ToString("N"), time);
        SubjectKeys.Create(Audit.Subjects, time).Dispose();
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        await File.WriteAllBytesAsync(Path.Combine(folder, "key"), key.ExportPkcs8PrivateKey(), cancellationToken);
        await OpenedStore.MigrateAsync(storage, time, cancellationToken);
    }

    /// <summary>
    /// Publishes a report as a command does. A <see cref="CrashException"/> out of <paramref name="reached"/> leaves everything as it is, as a crash does.
    /// </summary>
    public async Task<(PublicationEnd End, Exception? Failure)> PublishAsync(
        StorageSettings storage, int number, Func<PublicationStep, Task>? reached, CancellationToken cancellationToken, TimeSpan? patience = null, Action<Guid>? began = null)
    {
        await using RunAudit audit = RunAudit.Open(Audit, AuditedAct.Run, new AuditActor.Person("ada@example.org", "test"), time);
        await using Publication publication = await Publication.BeginAsync(storage, audit, time, cancellationToken);
        publication.Reached = reached ?? publication.Reached;
        publication.Patience = patience ?? publication.Patience;
        try
        {
            await audit.BeginAsync(new JsonObject { ["tool"] = "tars kpi" }, null, []);
            began?.Invoke(Guid.Parse(audit.RunId));
            await publication.NoteAsync("kpi", cancellationToken);
            Report plain = ReportOf(number);
            Report written = await SealAsync(plain, audit, number);
            await publication.PutAsync(ContentOf(number), plain, written, Trust, cancellationToken);
            foreach (ReportFile file in written.Files)
            {
                audit.Wrote(new RunOutput(file.Name, BlobDigest.Of(file.Content.Span).ToString()));
            }

            await publication.KeepAsync(cancellationToken);
            return (await publication.EndAsync(AuditOutcome.Success, null, 0, "it published no report"), null);
        }
        catch (Exception exception) when (exception is StoreException or PublicationException or BlobStoreException)
        {
            return (await publication.EndAsync(AuditOutcome.Failure, exception.GetType().Name, 3, exception.Message), exception);
        }
    }

    /// <summary>Brings to its end what broke off.</summary>
    public async Task<RecoveredRuns> RecoverAsync(StorageSettings storage, CancellationToken cancellationToken, Func<PublicationStep, Task>? reached = null)
    {
        await using RunAudit audit = RunAudit.Open(Audit, AuditedAct.Run, new AuditActor.Program("tars"), time);
        await using OpenedStore store = await OpenedStore.OpenAsync(storage, time, creates: false, cancellationToken);
        return await PublicationRecovery.RunAsync(store, audit, time, reached ?? (_ => Task.CompletedTask), cancellationToken);
    }

    /// <summary>Compares rows, files, seals and log.</summary>
    public async Task<StoreCheckResult> CheckAsync(StorageSettings storage, CancellationToken cancellationToken)
    {
        await using OpenedStore store = await OpenedStore.OpenAsync(storage, time, creates: false, cancellationToken);
        return await new StoreChecking(store.Rows, store.Files, Audit, time) { Trust = Trust }.RunAsync(null, cancellationToken);
    }

    /// <summary>The events of a type.</summary>
    public IReadOnlyList<AuditRecord> Events(string type, Guid? run = null) => [.. new AuditQuery(Audit.Log).Find(new AuditFilter { Type = type, RunId = run?.ToString() })];

    /// <summary>Everything agrees, nothing is open, and each intent has one outcome.</summary>
    public async Task AssertSettledAsync(StorageSettings storage, CancellationToken cancellationToken)
    {
        StoreCheckResult check = await CheckAsync(storage, cancellationToken);
        Assert.Equal([], check.Differences);
        Assert.Equal((0, 0), (check.Counts.BrokenOff, check.Counts.UnderWay));
        Assert.Equal(
            Events(AuditedAct.RunIntent).Select(record => record.RunId).Order(StringComparer.Ordinal),
            Events(AuditedAct.Run.Outcome).Select(record => record.RunId).Order(StringComparer.Ordinal));
    }

    private static Report ReportOf(int number) => new("kpi",
    [
        new ReportFile("kpi.json", "application/json", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{{\"number\": {number}}}\n"))),
        new ReportFile("kpi.md", "text/markdown", Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"# Report {number}\n"))),
    ]);

    private static StoredWindow WindowOf(int number) => new(Start.AddDays(number), Start.AddDays(number + 1));

    private static NewReport ContentOf(int number) => new("kpi", "kpi", WindowOf(number), DateOnly.FromDateTime(WindowOf(number).From.UtcDateTime))
    {
        Judgement = Judgement.Pass,
        Figures = [new StoredFigure("availability", "%", new Measurement.Measured(99.1, 1)) { Service = "checkout" }],
    };

    private async Task<Report> SealAsync(Report plain, RunAudit audit, int number)
    {
        AuditIntent? intent = await audit.ProveIntentAsync();
        StoredWindow window = WindowOf(number);
        RunFacts facts = new("tars kpi", "0.1.0", audit.RunId, new string('0', 64), window.From, window.To, new RunSource("Prometheus", "3.1", null), null, intent, time.GetUtcNow());
        RunOutput[] outputs = [.. plain.Files.Select(file => new RunOutput(file.Name, BlobDigest.Of(file.Content.Span).ToString()))];
        using ISigner signer = Signer();
        Envelope envelope = Envelope.Sign(Envelope.StatementType, RunStatement.Of(outputs, facts).ToUtf8(), [signer]);
        return plain with { Files = [.. plain.Files, new ReportFile("kpi.json" + Envelope.FileSuffix, "application/json", envelope.ToUtf8())] };
    }

    private P256Signer Signer()
    {
        ECDsa key = ECDsa.Create();
        key.ImportPkcs8PrivateKey(File.ReadAllBytes(Path.Combine(folder, "key")), out _);
        return new P256Signer(key);
    }

    private sealed class P256Signer(ECDsa key) : ISigner
    {
        public PublicKey PublicKey => PublicKey.TryRead(key.ExportSubjectPublicKeyInfo(), out PublicKey? found, out string? refusal) ? found : throw new InvalidOperationException(refusal);

        public byte[] SignDigest(ReadOnlySpan<byte> sha256) => key.SignHash(sha256.ToArray(), DSASignatureFormat.Rfc3279DerSequence);

        public void Dispose() => key.Dispose();
    }
}

/// <summary>A bucket and who may use it.</summary>
internal sealed record Bucket(Uri Endpoint, string Region, string Name, string KeyId, string Secret);

/// <summary>Stands for a process that ends here.</summary>
internal sealed class CrashException : Exception;
