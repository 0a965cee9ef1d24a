using System.Globalization;
using Tars.Storage.Databases;

namespace Tars.Storage.Jobs;

/// <summary>How far a job has come.</summary>
public enum JobState
{
    /// <summary>Nobody has it.</summary>
    Waiting,

    /// <summary>Somebody has it for a while.</summary>
    Leased,

    /// <summary>It was done.</summary>
    Done,

    /// <summary>It failed as often as it may.</summary>
    Failed,
}

/// <summary>Work to be done by one of several replicas.</summary>
/// <param name="Id">Its id; the same one twice is one job.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Payload">With what, JSON, without secrets.</param>
/// <param name="RunAfter">Not before, UTC.</param>
/// <param name="MaximumAttempts">How often it may be taken, at least 1.</param>
public sealed record NewJob(Guid Id, string Kind, string Payload, DateTimeOffset RunAfter, int MaximumAttempts = 5);

/// <summary>A job that was taken.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="Payload">With what.</param>
/// <param name="Owner">Who took it.</param>
/// <param name="Attempt">How often it was taken, from 1: with the owner it tells this lease from every other.</param>
/// <param name="LeaseUntil">Until when it is the owner's, UTC.</param>
public sealed record TakenJob(Guid Id, string Kind, string Payload, string Owner, int Attempt, DateTimeOffset LeaseUntil);

/// <summary>A job that is neither done nor given up, as somebody else sees it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Payload">With what it is done.</param>
/// <param name="Owner">Who has it; null when nobody has.</param>
/// <param name="Attempts">How often it was taken.</param>
/// <param name="IsDue">Whether anybody may take it now: its lease has run out, or its pause is over.</param>
public sealed record OpenJob(Guid Id, string Payload, string? Owner, int Attempts, bool IsDue);

/// <summary>A job as it is kept.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Kind">What is to be done.</param>
/// <param name="State">How far it has come.</param>
/// <param name="Attempts">How often it was taken.</param>
/// <param name="Owner">Who has it; null when nobody has.</param>
/// <param name="Finished">When it was done or given up, UTC; null before.</param>
/// <param name="Error">Why the last attempt failed; null when none did.</param>
public sealed record Job(Guid Id, string Kind, JobState State, int Attempts, string? Owner, DateTimeOffset? Finished, string? Error)
{
    /// <summary>With what it is done.</summary>
    public string Payload { get; init; } = string.Empty;
}

/// <summary>A job as it is kept, with what it was added with.</summary>
/// <param name="Job">The job.</param>
/// <param name="Payload">With what it is to be done.</param>
/// <param name="Created">When it was added, UTC.</param>
/// <param name="LeaseUntil">Until when it is its owner's, UTC; null when nobody has it.</param>
public sealed record KeptJob(Job Job, string Payload, DateTimeOffset Created, DateTimeOffset? LeaseUntil);

/// <summary>
/// Jobs for several replicas. Each is taken by one owner for the time of a lease; an owner that dies loses it, and another one takes it. The clocks of the
/// replicas must agree to within a fraction of the lease.
/// </summary>
public sealed class JobStore
{
    private const string Taken = "job_id AS Id, kind AS Kind, payload AS Payload, owner AS Owner, attempts AS Attempts, lease_until AS LeaseUntil";

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal JobStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds a job.</summary>
    /// <returns>Whether it is new; false when there was one of that id.</returns>
    public Task<bool> AddAsync(NewJob job, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(job.Kind);
        ArgumentOutOfRangeException.ThrowIfLessThan(job.MaximumAttempts, 1);
        return _database.WriteAsync(
            "add a job",
            async work => await work.ExecuteAsync(
                """
                INSERT INTO jobs (job_id, kind, payload, state, run_after, attempts, max_attempts, created)
                VALUES (@id, @Kind, @Payload, 'waiting', @after, 0, @maximum, @now) ON CONFLICT (job_id) DO NOTHING
                """,
                new { id = job.Id.ToString(), job.Kind, job.Payload, after = StoreTime.Of(job.RunAfter), maximum = (long)job.MaximumAttempts, now = Now }) == 1,
            cancellationToken);
    }

    /// <summary>Adds a job that its owner has begun already: whoever finds the lease run out does the rest.</summary>
    /// <param name="job">The job, whose id must be new.</param>
    /// <param name="owner">Who does it.</param>
    /// <param name="lease">For how long it is the owner's.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="StoreException">There is a job of that id, or the database failed.</exception>
    public Task<TakenJob> AddTakenAsync(NewJob job, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        const string What = "add a job";
        ArgumentException.ThrowIfNullOrEmpty(job.Kind);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync(
            What,
            async work =>
            {
                long now = Now;
                long until = now + (lease.Ticks / TimeSpan.TicksPerMicrosecond);
                int added = await work.ExecuteAsync(
                    """
                    INSERT INTO jobs (job_id, kind, payload, state, run_after, attempts, max_attempts, created, owner, lease_until)
                    VALUES (@id, @Kind, @Payload, 'leased', @after, 1, @maximum, @now, @owner, @until) ON CONFLICT (job_id) DO NOTHING
                    """,
                    new { id = job.Id.ToString(), job.Kind, job.Payload, after = StoreTime.Of(job.RunAfter), maximum = (long)job.MaximumAttempts, now, owner, until });
                return added == 1
                    ? new TakenJob(job.Id, job.Kind, job.Payload, owner, 1, StoreTime.At(until))
                    : throw new StoreException(What, _database.Address.Location, $"there is a job {job.Id} already", "give each job an id of its own");
            },
            cancellationToken);
    }

    /// <summary>Takes a job of one kind whose owner did not come back in time, or that is due again. One that was taken as often as it may be, and whose owner did not come back, is given up.</summary>
    /// <returns>The job; null when there is none.</returns>
    public Task<TakenJob?> TakeLapsedAsync(string kind, string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync(
            "take a job",
            async work =>
            {
                long now = Now;
                await work.ExecuteAsync(
                    """
                    UPDATE jobs SET state = 'failed', owner = NULL, lease_until = NULL, finished = @now, error = 'its last owner did not come back'
                    WHERE job_id IN (SELECT job_id FROM jobs WHERE kind = @kind AND state = 'leased' AND lease_until <= @now AND attempts >= max_attempts ORDER BY job_id{skip_locked})
                    """,
                    new { kind, now });
                return (await work.FirstAsync<Row>(
                    $"""
                    UPDATE jobs SET state = 'leased', owner = @owner, lease_until = @until, attempts = attempts + 1 WHERE job_id = (
                        SELECT job_id FROM jobs WHERE kind = @kind AND ((state = 'leased' AND lease_until <= @now) OR (state = 'waiting' AND run_after <= @now)) AND attempts < max_attempts
                        ORDER BY created, job_id LIMIT 1{"{skip_locked}"}) RETURNING {Taken}
                    """,
                    new { kind, owner, now, until = now + (lease.Ticks / TimeSpan.TicksPerMicrosecond) }))?.ToJob();
            },
            cancellationToken);
    }

    /// <summary>The jobs of one kind that are neither done nor given up, the oldest first; at most a thousand.</summary>
    public Task<IReadOnlyList<OpenJob>> ListOpenAsync(string kind, CancellationToken cancellationToken)
    {
        const string Which = "SELECT job_id AS Id, payload AS Payload, owner AS Owner, attempts AS Attempts, created AS Created, {0} <= @now AS IsDue FROM jobs WHERE kind = @kind AND state = '{1}'";
        ArgumentException.ThrowIfNullOrEmpty(kind);
        string sql = $"{string.Format(CultureInfo.InvariantCulture, Which, "lease_until", "leased")} UNION ALL {string.Format(CultureInfo.InvariantCulture, Which, "run_after", "waiting")} ORDER BY 5, 1 LIMIT 1000";
        return _database.ReadAsync(
            "list jobs",
            async work => (IReadOnlyList<OpenJob>)[.. (await work.QueryAsync<OpenRow>(sql, new { kind, now = Now })).Select(row => row.ToJob())],
            cancellationToken);
    }

    /// <summary>Takes a job over whose owner did not come back in time, or that is due again.</summary>
    /// <param name="seen">The job as it was listed.</param>
    /// <param name="owner">Who takes it.</param>
    /// <param name="lease">For how long.</param>
    /// <param name="isOwnerDead">Whether its owner is known to have died: then its lease does not matter.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>The job; null when it is no longer what it was: its owner is alive, or somebody else has taken it.</returns>
    public Task<TakenJob?> TakeOverAsync(OpenJob seen, string owner, TimeSpan lease, bool isOwnerDead, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(seen);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        string lapsed = isOwnerDead ? string.Empty : " AND lease_until <= @now";
        return _database.WriteAsync(
            "take a job",
            async work =>
            {
                long now = Now;
                return (await work.FirstAsync<Row>(
                    $"""
                    UPDATE jobs SET state = 'leased', owner = @owner, lease_until = @until, attempts = attempts + 1
                    WHERE job_id = @id AND attempts = @attempts AND attempts < max_attempts AND ((state = 'leased'{lapsed}) OR (state = 'waiting' AND run_after <= @now)) RETURNING {Taken}
                    """,
                    new { id = seen.Id.ToString(), attempts = (long)seen.Attempts, owner, now, until = now + (lease.Ticks / TimeSpan.TicksPerMicrosecond) }))?.ToJob();
            },
            cancellationToken);
    }

    /// <summary>Takes the job that has been due for longest, or one whose lease has run out.</summary>
    /// <returns>The job; null when none is due.</returns>
    public Task<TakenJob?> TakeAsync(string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync(
            "take a job",
            async work =>
            {
                long now = Now;
                var parameters = new { owner, now, until = now + (lease.Ticks / TimeSpan.TicksPerMicrosecond) };
                await work.ExecuteAsync(
                    """
                    UPDATE jobs SET state = 'failed', owner = NULL, lease_until = NULL, finished = @now, error = 'its last owner did not come back'
                    WHERE job_id IN (SELECT job_id FROM jobs WHERE state = 'leased' AND lease_until <= @now AND attempts >= max_attempts ORDER BY job_id{skip_locked})
                    """,
                    parameters);
                Row? row = await work.FirstAsync<Row>(Update("state = 'leased' AND lease_until <= @now AND attempts < max_attempts ORDER BY lease_until, job_id"), parameters)
                    ?? await work.FirstAsync<Row>(Update("state = 'waiting' AND run_after <= @now ORDER BY run_after, job_id"), parameters);
                return row?.ToJob();
            },
            cancellationToken);

        static string Update(string which) =>
            $"UPDATE jobs SET state = 'leased', owner = @owner, lease_until = @until, attempts = attempts + 1 WHERE job_id = (SELECT job_id FROM jobs WHERE {which} LIMIT 1{{skip_locked}}) RETURNING {Taken}";
    }

    /// <summary>Holds a job for longer, from now on.</summary>
    /// <returns>Whether the lease still held; otherwise stop: another owner has the job.</returns>
    public Task<bool> ExtendAsync(TakenJob job, TimeSpan lease, CancellationToken cancellationToken) => ChangeAsync(
        "UPDATE jobs SET lease_until = @now + @span", job, lease, null, cancellationToken);

    /// <summary>Notes that a job was done.</summary>
    /// <returns>Whether the lease still held; otherwise another owner has the job and does it again.</returns>
    public Task<bool> CompleteAsync(TakenJob job, CancellationToken cancellationToken) => ChangeAsync(
        "UPDATE jobs SET state = 'done', owner = NULL, lease_until = NULL, finished = @now, error = NULL", job, TimeSpan.Zero, null, cancellationToken);

    /// <summary>Notes that a job failed. It is due again after a pause, until it was taken as often as it may.</summary>
    /// <returns>Whether the lease still held.</returns>
    public Task<bool> FailAsync(TakenJob job, string error, TimeSpan retryAfter, CancellationToken cancellationToken) => ChangeAsync(
        """
        UPDATE jobs SET state = CASE WHEN attempts >= max_attempts THEN 'failed' ELSE 'waiting' END, owner = NULL, lease_until = NULL, error = @error,
            finished = CASE WHEN attempts >= max_attempts THEN CAST(@now AS BIGINT) END, run_after = @now + @span
        """,
        job,
        retryAfter,
        error,
        cancellationToken);

    /// <summary>A job by its id, or null.</summary>
    public Task<Job?> FindAsync(Guid id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a job",
        async work => (await work.FirstAsync<KeptRow>(
            "SELECT job_id AS Id, kind AS Kind, state AS State, attempts AS Attempts, owner AS Owner, finished AS Finished, error AS Error, payload AS Payload FROM jobs WHERE job_id = @id", new { id = id.ToString() }))?.ToJob(),
        cancellationToken);

    /// <summary>A job with what it was added with, or null.</summary>
    public Task<KeptJob?> DescribeAsync(Guid id, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a job",
        async work => (await work.FirstAsync<DescribedRow>(
            """
            SELECT job_id AS Id, kind AS Kind, state AS State, attempts AS Attempts, owner AS Owner, finished AS Finished, error AS Error, payload AS Payload, created AS Created, lease_until AS LeaseUntil
            FROM jobs WHERE job_id = @id
            """,
            new { id = id.ToString() }))?.ToJob(),
        cancellationToken);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    private Task<bool> ChangeAsync(string update, TakenJob job, TimeSpan span, string? error, CancellationToken cancellationToken) => _database.WriteAsync(
        "change a job",
        async work => await work.ExecuteAsync(
            update + " WHERE job_id = @id AND state = 'leased' AND owner = @Owner AND attempts = @attempt",
            new { now = Now, span = span.Ticks / TimeSpan.TicksPerMicrosecond, error, id = job.Id.ToString(), job.Owner, attempt = (long)job.Attempt }) == 1,
        cancellationToken);

    private sealed record Row(string Id, string Kind, string Payload, string Owner, long Attempts, long LeaseUntil)
    {
        public TakenJob ToJob() => new(Guid.Parse(Id), Kind, Payload, Owner, (int)Attempts, StoreTime.At(LeaseUntil));
    }

    private sealed record DescribedRow(
        string Id, string Kind, string State, long Attempts, string? Owner, long? Finished, string? Error, string Payload, long Created, long? LeaseUntil)
    {
        public KeptJob ToJob() => new(new KeptRow(Id, Kind, State, Attempts, Owner, Finished, Error, Payload).ToJob(), Payload, StoreTime.At(Created), StoreTime.At(LeaseUntil));
    }

    // Whether something is due is a number on SQLite and a truth value on PostgreSQL.
    private sealed class OpenRow
    {
        public string Id { get; set; } = string.Empty;

        public string Payload { get; set; } = string.Empty;

        public string? Owner { get; set; }

        public long Attempts { get; set; }

        public bool IsDue { get; set; }

        public OpenJob ToJob() => new(Guid.Parse(Id), Payload, Owner, (int)Attempts, IsDue);
    }

    private sealed record KeptRow(string Id, string Kind, string State, long Attempts, string? Owner, long? Finished, string? Error, string Payload)
    {
        public Job ToJob() => new(Guid.Parse(Id), Kind, StoreWords.Parse<JobState>(State), (int)Attempts, Owner, StoreTime.At(Finished), Error) { Payload = Payload };
    }
}
