using Tars.Storage.Databases;
using Tars.Storage.Identity;
using Tars.Storage.Notifications;

namespace Tars.Storage.Runs;

/// <summary>
/// Runs and how far each has come: <c>intended → sealed → stored → completed</c>, without <c>sealed</c> where nothing is sealed, and
/// <c>abandoned</c> from each of those before <c>stored</c>. Each step may be made twice: the second time it changes nothing.
/// </summary>
public sealed class RunStore
{
    private const string Columns = """
        run_id AS RunId, command AS Command, state AS State, window_from AS WindowFrom, window_to AS WindowTo, intent_sequence AS IntentSequence,
        outcome_sequence AS OutcomeSequence, actor AS Actor, started AS Started, ended AS Ended, reason AS Reason
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal RunStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>A new id: a version 7 UUID, which sorts by time.</summary>
    public Guid NewId() => Guid.CreateVersion7(_time.GetUtcNow());

    /// <summary>Keeps what a run is about to do. The same intent twice is one run.</summary>
    /// <exception cref="StoreException">Another run has that id, or the database failed.</exception>
    public Task<Run> IntendAsync(RunIntent intent, CancellationToken cancellationToken)
    {
        const string What = "keep the intent of a run";
        ArgumentException.ThrowIfNullOrEmpty(intent.Command);
        return _database.WriteAsync(
            What,
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                if (intent.Actor is not null)
                {
                    await SubjectStore.EnsureAsync(work, intent.Actor, now);
                }

                await work.ExecuteAsync(
                    """
                    INSERT INTO runs (run_id, command, state, window_from, window_to, intent_sequence, actor, started)
                    VALUES (@id, @Command, 'intended', @from, @to, @IntentSequence, @Actor, @now)
                    ON CONFLICT (run_id) DO NOTHING
                    """,
                    new { id = intent.RunId.ToString(), intent.Command, from = StoreTime.Of(intent.Window?.From), to = StoreTime.Of(intent.Window?.To), intent.IntentSequence, intent.Actor, now });
                Run kept = await RequireAsync(work, intent.RunId, What);
                RunIntent same = intent with { Window = StoredWindow.At(StoreTime.Of(intent.Window?.From), StoreTime.Of(intent.Window?.To)) };
                bool isSame = kept.Intent with { Window = intent.Window is null ? null : kept.Intent.Window } == same; // the window may have become known since
                return isSame ? kept : throw Refusal(What, $"run {intent.RunId} exists already with another intent", "give each run an id of its own");
            },
            cancellationToken);
    }

    /// <summary>Notes that the reports are sealed.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="window">The window it looks at, where its intent did not know it yet; null leaves it.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="StoreException">The run is not known or has come farther, or the database failed.</exception>
    public Task<Run> SealAsync(Guid runId, StoredWindow? window, CancellationToken cancellationToken) => MoveAsync(
        runId, RunState.Sealed, [RunState.Intended], null, null, [], cancellationToken, window);

    /// <summary>Notes that a run without reports has kept what it made (a capture, for example). Runs with reports: <see cref="Reports.ReportStore.StoreAsync"/>.</summary>
    /// <exception cref="StoreException">The run is not known or has ended, or the database failed.</exception>
    public Task<Run> MarkStoredAsync(Guid runId, CancellationToken cancellationToken) => MoveAsync(
        runId, RunState.Stored, [RunState.Intended, RunState.Sealed], null, null, [], cancellationToken);

    /// <summary>Notes that the outcome is in the audit log, and puts the run's messages into the outbox, in one transaction.</summary>
    /// <param name="runId">The run, whose state is <see cref="RunState.Stored"/>.</param>
    /// <param name="outcomeSequence">The sequence of the outcome in the audit log; null without a log.</param>
    /// <param name="messages">What is to be sent; nothing of it is when the run was completed before.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="StoreException">The run is not known or not stored, or the database failed.</exception>
    public Task<Run> CompleteAsync(Guid runId, long? outcomeSequence, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken) => MoveAsync(
        runId, RunState.Completed, [RunState.Stored], outcomeSequence, null, messages, cancellationToken);

    /// <summary>Gives a run up that has kept nothing. What is given up keeps nothing any more.</summary>
    /// <exception cref="StoreException">The run is not known, or its reports are stored, or the database failed.</exception>
    public Task<Run> AbandonAsync(Guid runId, string reason, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return MoveAsync(runId, RunState.Abandoned, [RunState.Intended, RunState.Sealed], null, reason, [], cancellationToken);
    }

    /// <summary>A run by its id, or null.</summary>
    public Task<Run?> FindAsync(Guid runId, CancellationToken cancellationToken) =>
        _database.ReadAsync("find a run", work => FindAsync(work, runId, string.Empty), cancellationToken);

    /// <summary>Runs, the newest first.</summary>
    /// <param name="state">Only those in this state; null for all.</param>
    /// <param name="before">Only those that started before this run; null for the first page.</param>
    /// <param name="limit">How many at most, 1 to 1000.</param>
    /// <param name="cancellationToken">Stops the query.</param>
    public Task<IReadOnlyList<Run>> ListAsync(RunState? state, Run? before, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, 1000);
        string sql = $"SELECT {Columns} FROM runs WHERE 1 = 1{(state is null ? string.Empty : " AND state = @state")}{(before is null ? string.Empty : " AND (started, run_id) < (@started, @id)")} ORDER BY started DESC, run_id DESC LIMIT @limit";
        return _database.ReadAsync(
            "list runs",
            async work => (IReadOnlyList<Run>)[.. (await work.QueryAsync<Row>(sql, new { state = StoreWords.Of(state), started = StoreTime.Of(before?.Started), id = before?.Intent.RunId.ToString(), limit = (long)limit })).Select(row => row.ToRun())],
            cancellationToken);
    }

    /// <summary>Locks the run's row for the rest of the transaction and returns it.</summary>
    internal static async Task<Run?> LockAsync(SqlWork work, Guid runId) => await FindAsync(work, runId, "{for_update}");

    /// <summary>Notes the window that a run looks at, where it was not known yet.</summary>
    internal static async Task SeeAsync(SqlWork work, Guid runId, StoredWindow? window)
    {
        if (window is { } seen)
        {
            await work.ExecuteAsync(
                "UPDATE runs SET window_from = @from, window_to = @to WHERE run_id = @id AND window_from IS NULL", new { id = runId.ToString(), from = StoreTime.Of(seen.From), to = StoreTime.Of(seen.To) });
        }
    }

    internal StoreException Refusal(string what, string reason, string? hint = null) => new(what, _database.Address.Location, reason, hint);

    private static async Task<Run?> FindAsync(SqlWork work, Guid runId, string ending) =>
        (await work.FirstAsync<Row>($"SELECT {Columns} FROM runs WHERE run_id = @id{ending}", new { id = runId.ToString() }))?.ToRun();

    private async Task<Run> RequireAsync(SqlWork work, Guid runId, string what) =>
        await LockAsync(work, runId) ?? throw Refusal(what, $"there is no run {runId}", "keep its intent first");

    private Task<Run> MoveAsync(Guid runId, RunState to, RunState[] from, long? outcome, string? reason, IReadOnlyList<NewMessage> messages, CancellationToken cancellationToken, StoredWindow? window = null)
    {
        string what = $"move a run to {StoreWords.Of(to)}";
        return _database.WriteAsync(
            what,
            async work =>
            {
                Run run = await RequireAsync(work, runId, what);
                if (run.State == to)
                {
                    return run;
                }

                if (!from.Contains(run.State))
                {
                    throw Refusal(what, $"run {runId} is {StoreWords.Of(run.State)}: only what is {string.Join(" or ", from.Select(state => StoreWords.Of(state)))} can become {StoreWords.Of(to)}");
                }

                long now = StoreTime.Of(_time.GetUtcNow());
                long? ended = to is RunState.Completed or RunState.Abandoned ? now : null;
                await work.ExecuteAsync(
                    "UPDATE runs SET state = @state, outcome_sequence = @outcome, ended = @ended, reason = @reason WHERE run_id = @id",
                    new { id = runId.ToString(), state = StoreWords.Of(to), outcome, ended, reason });
                await SeeAsync(work, runId, window);
                foreach (NewMessage message in messages)
                {
                    await OutboxStore.AddAsync(work, message with { RunId = runId }, now);
                }

                return await RequireAsync(work, runId, what);
            },
            cancellationToken);
    }

    private sealed record Row(string RunId, string Command, string State, long? WindowFrom, long? WindowTo, long? IntentSequence, long? OutcomeSequence, string? Actor, long Started, long? Ended, string? Reason)
    {
        public Run ToRun() => new(
            new RunIntent(Guid.Parse(RunId), Command) { Window = StoredWindow.At(WindowFrom, WindowTo), IntentSequence = IntentSequence, Actor = Actor },
            StoreWords.Parse<RunState>(State),
            OutcomeSequence,
            StoreTime.At(Started),
            StoreTime.At(Ended),
            Reason);
    }
}
