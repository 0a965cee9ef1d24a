using Dapper;
using Tars.Storage.Databases;

namespace Tars.Storage.Schedules;

/// <summary>
/// What each schedule did, and the agreement of several replicas on who runs it: one row for each planned instant, decided under a lock of the schedule. A claim holds for the time
/// of a lease. The clocks of the replicas must agree to within a fraction of the lease.
/// </summary>
public sealed partial class ScheduleHistory
{
    /// <summary>How often a run is begun at most.</summary>
    public const int MaximumAttempts = 2;

    private const string Columns = """
        schedule AS Schedule, planned AS Planned, owner AS Owner, started AS Started, ended AS Ended, state AS State, run_id AS RunId, reason AS Reason, origin AS Origin,
        outcome AS Outcome, attempt AS Attempt, lease_until AS LeaseUntil, claim_id AS ClaimId
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal ScheduleHistory(Database database, TimeProvider time) => (_database, _time) = (database, time);

    private long Now => StoreTime.Of(_time.GetUtcNow());

    /// <summary>Says what a schedule is. Planning begins at the first time, and anew when the definition is another one than before: what was not decided by then never is.</summary>
    /// <param name="schedule">The schedule's name.</param>
    /// <param name="definition">What it is: whatever makes other instants or another task of it.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Up to which instant all is decided, UTC.</returns>
    public Task<DateTimeOffset> ObserveAsync(string schedule, string definition, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(schedule);
        return _database.WriteAsync(
            "note a schedule",
            async work => StoreTime.At(await work.ScalarAsync<long>(
                """
                INSERT INTO schedules (schedule, definition, since, decided) VALUES (@schedule, @definition, @now, @now)
                ON CONFLICT (schedule) DO UPDATE SET
                    since = CASE WHEN schedules.definition = excluded.definition THEN schedules.since ELSE excluded.since END,
                    decided = CASE WHEN schedules.definition = excluded.definition OR schedules.decided > excluded.decided THEN schedules.decided ELSE excluded.decided END,
                    definition = excluded.definition
                RETURNING decided
                """,
                new { schedule, definition, now = Now })),
            cancellationToken);
    }

    /// <summary>Makes sure that a schedule is known, whatever its definition is in the store.</summary>
    /// <param name="schedule">The schedule's name.</param>
    /// <param name="definition">What it is, when it is not known yet.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    public Task EnsureAsync(string schedule, string definition, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(schedule);
        return _database.WriteAsync(
            "note a schedule",
            work => work.ExecuteAsync(
                "INSERT INTO schedules (schedule, definition, since, decided) VALUES (@schedule, @definition, @now, @now) ON CONFLICT (schedule) DO NOTHING", new { schedule, definition, now = Now }),
            cancellationToken);
    }

    /// <summary>Holds a run for longer, from now on.</summary>
    /// <returns>Until when; null when the claim does not hold any more: stop, it is another's or was written down as lost.</returns>
    public Task<DateTimeOffset?> HoldAsync(TakenRun run, TimeSpan lease, CancellationToken cancellationToken) => _database.WriteAsync(
        "hold a run of a schedule",
        async work =>
        {
            long until = Now + Span(lease);
            return await work.ExecuteAsync($"UPDATE schedules_history SET lease_until = @until WHERE {Claimed}", Keys(run, new { until })) == 1 ? StoreTime.At(until) : (DateTimeOffset?)null;
        },
        cancellationToken);

    /// <summary>Notes what became of a run.</summary>
    /// <param name="run">The run.</param>
    /// <param name="outcome">What became of it.</param>
    /// <param name="reason">Why it failed; null unless it did.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether the claim still held, or this was noted before; otherwise nothing was changed.</returns>
    public Task<bool> EndAsync(TakenRun run, ScheduledOutcome outcome, string? reason, CancellationToken cancellationToken)
    {
        ScheduledState state = StateOf(outcome);
        if ((state == ScheduledState.Failed) != reason is not null)
        {
            throw new ArgumentException("a run that failed has a reason, and no other has", nameof(reason));
        }

        return _database.WriteAsync(
            "end a run of a schedule",
            async work =>
            {
                DynamicParameters keys = Keys(run, new { now = Now, state = StoreWords.Of(state), outcome = StoreWords.Of(outcome), reason });
                return await work.ExecuteAsync($"UPDATE schedules_history SET {Ending} WHERE {Claimed}", keys) == 1
                    || await work.ScalarAsync<long>(
                        "SELECT count(*) FROM schedules_history WHERE schedule = @schedule AND planned = @planned AND owner = @owner AND attempt = @attempt AND outcome = @outcome", keys) == 1;
            },
            cancellationToken);
    }

    /// <summary>Runs of schedules, the one planned last first.</summary>
    public Task<IReadOnlyList<ScheduledRun>> ListAsync(ScheduleFilter filter, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(filter.Limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(filter.Limit, 10_000);
        string[] conditions =
        [
            .. filter.Schedule is null ? [] : (string[])["schedule = @schedule"],
            .. filter.Outcome is null ? [] : (string[])["outcome = @outcome"],
            .. filter.Owner is null ? [] : (string[])["owner = @owner"],
            .. filter.From is null ? [] : (string[])["planned >= @from"],
            .. filter.To is null ? [] : (string[])["planned < @to"],
        ];
        string where = conditions.Length == 0 ? string.Empty : $"WHERE {string.Join(" AND ", conditions)} ";
        return _database.ReadAsync(
            "list runs of schedules",
            async work => (IReadOnlyList<ScheduledRun>)
            [
                .. (await work.QueryAsync<Row>(
                    $"SELECT {Columns} FROM schedules_history {where}ORDER BY planned DESC, schedule LIMIT @limit",
                    new
                    {
                        schedule = filter.Schedule,
                        outcome = StoreWords.Of(filter.Outcome),
                        owner = filter.Owner,
                        from = StoreTime.Of(filter.From),
                        to = StoreTime.Of(filter.To),
                        limit = (long)filter.Limit,
                    })).Select(row => row.ToRun()),
            ],
            cancellationToken);
    }

    private static long Span(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    private static ScheduledState StateOf(ScheduledOutcome outcome) =>
        outcome is ScheduledOutcome.Failed or ScheduledOutcome.Missed or ScheduledOutcome.Lost ? ScheduledState.Failed : ScheduledState.Succeeded;

    private sealed record Row(
        string Schedule, long Planned, string Owner, long Started, long? Ended, string State, string? RunId, string? Reason, string? Origin, string? Outcome, long? Attempt, long? LeaseUntil, string? ClaimId)
    {
        public ScheduledRun ToRun()
        {
            ScheduledState state = StoreWords.Parse<ScheduledState>(State);
            return new ScheduledRun(Schedule, StoreTime.At(Planned), Owner, StoreTime.At(Started), StoreTime.At(Ended), state, RunId is null ? null : Guid.Parse(RunId), Reason)
            {
                Origin = Origin is null ? ScheduledOrigin.Planned : StoreWords.Parse<ScheduledOrigin>(Origin),
                Outcome = Outcome is not null ? StoreWords.Parse<ScheduledOutcome>(Outcome)
                    : state == ScheduledState.Running ? null
                    : state == ScheduledState.Failed ? ScheduledOutcome.Failed : ScheduledOutcome.Passed,
                Attempt = (int)(Attempt ?? 1),
                LeaseUntil = state == ScheduledState.Running ? StoreTime.At(LeaseUntil) : null,
            };
        }
    }
}
