using Tars.Storage.BlobIndex;
using Tars.Storage.Databases;
using Tars.Storage.Identity;
using Tars.Storage.Reports;

namespace Tars.Storage.Attestations;

/// <summary>That a control was judged for a period, with the statement that says so.</summary>
/// <param name="Id">Its id, a version 7 UUID.</param>
/// <param name="Standard">The standard, for example <c>soc2</c>.</param>
/// <param name="Control">The control in it, for example <c>CC7.2</c>.</param>
/// <param name="Period">The period it holds for.</param>
/// <param name="Judgement">The verdict; a control that was not checked is inconclusive, never absent and never passed.</param>
/// <param name="StatementDigest">SHA-256 of the statement, 64 lower-case hexadecimal digits.</param>
public sealed record Attestation(Guid Id, string Standard, string Control, StoredWindow Period, Judgement Judgement, string StatementDigest)
{
    /// <summary>The run that made it; null for none.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The signed envelope in the blob store; null when it is not signed.</summary>
    public BlobReference? Envelope { get; init; }

    /// <summary>The subject id of who gave it; null for a program.</summary>
    public string? Actor { get; init; }
}

/// <summary>Attestations, found by control and period.</summary>
public sealed class AttestationStore
{
    private const string Columns = """
        attestation_id AS Id, run_id AS RunId, standard AS Standard, control AS Control, period_from AS PeriodFrom, period_to AS PeriodTo, verdict AS Verdict, verdict_reason AS Reason,
        statement_digest AS StatementDigest, blob_digest AS BlobDigest, (SELECT size FROM blobs WHERE digest = blob_digest) AS Size, actor AS Actor
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal AttestationStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Keeps an attestation. The same id twice is one row.</summary>
    /// <returns>Whether it is new.</returns>
    public Task<bool> AddAsync(Attestation attestation, CancellationToken cancellationToken)
    {
        StoreDigest.Require(attestation.StatementDigest, nameof(attestation));
        return _database.WriteAsync(
            "keep an attestation",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                await BlobRecords.RegisterAsync(work, attestation.Envelope is null ? [] : [attestation.Envelope], now);
                if (attestation.Actor is not null)
                {
                    await SubjectStore.EnsureAsync(work, attestation.Actor, now);
                }

                return await work.ExecuteAsync(
                    """
                    INSERT INTO attestations (attestation_id, run_id, standard, control, period_from, period_to, verdict, verdict_reason, statement_digest, blob_digest, actor, created)
                    VALUES (@id, @run, @Standard, @Control, @from, @to, @verdict, @reason, @StatementDigest, @blob, @Actor, @now) ON CONFLICT (attestation_id) DO NOTHING
                    """,
                    new
                    {
                        id = attestation.Id.ToString(),
                        run = attestation.RunId?.ToString(),
                        attestation.Standard,
                        attestation.Control,
                        from = StoreTime.Of(attestation.Period.From),
                        to = StoreTime.Of(attestation.Period.To),
                        verdict = StoreWords.Of(attestation.Judgement.Outcome),
                        reason = attestation.Judgement.Reason,
                        attestation.StatementDigest,
                        blob = attestation.Envelope?.Digest,
                        attestation.Actor,
                        now,
                    }) == 1;
            },
            cancellationToken);
    }

    /// <summary>The attestations of a control whose periods touch a period, the newest period first.</summary>
    public Task<IReadOnlyList<Attestation>> ListAsync(string standard, string control, StoredWindow period, CancellationToken cancellationToken) => _database.ReadAsync(
        "find attestations",
        async work => (IReadOnlyList<Attestation>)
        [
            .. (await work.QueryAsync<Row>(
                $"SELECT {Columns} FROM attestations WHERE standard = @standard AND control = @control AND period_from < @to AND period_to > @from ORDER BY period_from DESC, attestation_id DESC",
                new { standard, control, from = StoreTime.Of(period.From), to = StoreTime.Of(period.To) })).Select(row => row.ToAttestation()),
        ],
        cancellationToken);

    private sealed record Row(
        string Id, string? RunId, string Standard, string Control, long PeriodFrom, long PeriodTo, string Verdict, string? Reason, string StatementDigest, string? BlobDigest, long? Size, string? Actor)
    {
        public Attestation ToAttestation() => new(Guid.Parse(Id), Standard, Control, StoredWindow.At(PeriodFrom, PeriodTo), Judgement.At(Verdict, Reason)!, StatementDigest)
        {
            RunId = RunId is null ? null : Guid.Parse(RunId),
            Envelope = BlobDigest is null ? null : new BlobReference(BlobDigest, Size ?? 0),
            Actor = Actor,
        };
    }
}
