using Dapper;
using Tars.Storage.Databases;
using Tars.Storage.Runs;

namespace Tars.Storage.Schedules;

/// <content>Who runs what: every decision about a schedule is made in a transaction that has locked the schedule's row.</content>
public sealed partial class ScheduleHistory
{
    private const string Claimed = "schedule = @schedule AND planned = @planned AND owner = @owner AND attempt = @attempt AND state = 'running'";

    private const string Ending = """
        ended = @now, state = @state, outcome = @outcome, reason = @reason, lease_until = NULL,
        run_id = (SELECT run_id FROM runs WHERE runs.run_id = schedules_history.claim_id AND runs.state IN ('stored', 'completed'))
        """;

    /// <summary>Asks for the next run of a schedule. What was begun and not ended comes first, then the instants that are not decided yet.</summary>
    /// <param name="claimant">Who asks.</param>
    /// <param name="decide">
    /// Decides about the instants after the first argument and up to the second. It may be called several times for one answer and must depend on its arguments alone.
    /// </param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="InvalidOperationException">The schedule was never observed.</exception>
    public Task<ScheduleClaim> ClaimAsync(ScheduleClaimant claimant, Func<DateTimeOffset, DateTimeOffset, ScheduleDecision> decide, CancellationToken cancellationToken) => _database.WriteAsync(
        "claim a run of a schedule",
        async work =>
        {
            Planning planning = await LockAsync(work, claimant.Schedule);
            if (planning.Definition != claimant.Definition)
            {
                return new ScheduleClaim.OtherDefinition(StoreTime.At(planning.Since));
            }

            return await ContinueAsync(work, claimant) ?? await DecideAsync(work, claimant, decide(StoreTime.At(planning.Decided), StoreTime.At(Now)));
        },
        cancellationToken);

    /// <summary>Asks to run a schedule now, whatever is planned.</summary>
    /// <param name="claimant">Who asks.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <exception cref="InvalidOperationException">The schedule was never observed.</exception>
    public Task<ScheduleClaim> ClaimNowAsync(ScheduleClaimant claimant, CancellationToken cancellationToken) => _database.WriteAsync(
        "claim a run of a schedule",
        async work =>
        {
            await LockAsync(work, claimant.Schedule);
            return await ContinueAsync(work, claimant with { MayRepeat = false }) ?? await TakeAsync(work, claimant, Now, ScheduledOrigin.Manual, []);
        },
        cancellationToken);

    private static DynamicParameters Keys(TakenRun run, object others)
    {
        DynamicParameters keys = new(others);
        keys.Add("schedule", run.Schedule);
        keys.Add("planned", StoreTime.Of(run.Planned));
        keys.Add("owner", run.Owner);
        keys.Add("attempt", (long)run.Attempt);
        return keys;
    }

    private static async Task<Planning> LockAsync(SqlWork work, string schedule) =>
        await work.FirstAsync<Planning>("SELECT definition AS Definition, since AS Since, decided AS Decided FROM schedules WHERE schedule = @schedule{for_update}", new { schedule })
        ?? throw new InvalidOperationException($"the schedule {schedule} was not observed");

    /// <summary>What becomes of a run that began and has not ended; null when there is none.</summary>
    private async Task<ScheduleClaim?> ContinueAsync(SqlWork work, ScheduleClaimant claimant)
    {
        Row? running = await work.FirstAsync<Row>(
            $"SELECT {Columns} FROM schedules_history WHERE schedule = @schedule AND state = 'running' ORDER BY planned LIMIT 1", new { schedule = claimant.Schedule });
        if (running is null)
        {
            return null;
        }

        if (running.Owner == claimant.Owner && running.ClaimId is not null)
        {
            return await ResumeAsync(work, claimant, running);
        }

        if (running.LeaseUntil > Now)
        {
            return new ScheduleClaim.Busy(running.ToRun());
        }

        if (await IsPublishedAsync(work, running))
        {
            return await SettleAsync(work, running, ScheduledOutcome.Published, null);
        }

        long attempt = running.Attempt ?? 1;
        return claimant.MayRepeat && running.ClaimId is not null && attempt < MaximumAttempts
            ? await RepeatAsync(work, claimant, running, (int)attempt + 1)
            : await SettleAsync(work, running, ScheduledOutcome.Lost, $"{running.Owner} did not come back");
    }

    /// <summary>The same replica asks although it has a claim: the answer to it was lost with the connection. It has not begun.</summary>
    private async Task<ScheduleClaim> ResumeAsync(SqlWork work, ScheduleClaimant claimant, Row running)
    {
        ScheduledRun row = running.ToRun();
        TakenRun run = NewRun(claimant, running.Planned, row.Attempt, row.Origin) with { ClaimId = Guid.Parse(running.ClaimId!) };
        await work.ExecuteAsync($"UPDATE schedules_history SET lease_until = @until WHERE {Claimed}", Keys(run, new { until = StoreTime.Of(run.LeaseUntil) }));
        return new ScheduleClaim.Taken(run, []);
    }

    /// <summary>
    /// Whether the run published what it made. When it did not, it cannot any more: its id is an abandoned run from now on, and the store refuses reports of such a run. Whoever was
    /// taken for dead and is alive learns it there.
    /// </summary>
    private async Task<bool> IsPublishedAsync(SqlWork work, Row running)
    {
        if (running.ClaimId is null)
        {
            return false;
        }

        var keys = new { id = running.ClaimId, command = $"schedule {running.Schedule}", started = running.Started, now = Now, reason = $"{running.Owner} did not come back" };
        await work.ExecuteAsync(
            "INSERT INTO runs (run_id, command, state, started, ended, reason) VALUES (@id, @command, 'abandoned', @started, @now, @reason) ON CONFLICT (run_id) DO NOTHING", keys);
        Run run = (await RunStore.LockAsync(work, Guid.Parse(running.ClaimId)))!;
        if (run.State is RunState.Stored or RunState.Completed)
        {
            return true;
        }

        await work.ExecuteAsync("UPDATE runs SET state = 'abandoned', ended = @now, reason = @reason WHERE run_id = @id AND state <> 'abandoned'", keys);
        return false;
    }

    private async Task<ScheduleClaim> SettleAsync(SqlWork work, Row running, ScheduledOutcome outcome, string? reason)
    {
        var keys = new { schedule = running.Schedule, planned = running.Planned, now = Now, state = StoreWords.Of(StateOf(outcome)), outcome = StoreWords.Of(outcome), reason };
        await work.ExecuteAsync($"UPDATE schedules_history SET {Ending} WHERE schedule = @schedule AND planned = @planned", keys);
        Row settled = (await work.FirstAsync<Row>($"SELECT {Columns} FROM schedules_history WHERE schedule = @schedule AND planned = @planned", keys))!;
        return new ScheduleClaim.Settled(settled.ToRun());
    }

    private async Task<ScheduleClaim> RepeatAsync(SqlWork work, ScheduleClaimant claimant, Row running, int attempt)
    {
        ScheduledOrigin origin = running.ToRun().Origin;
        TakenRun run = NewRun(claimant, running.Planned, attempt, origin) with { TakenFrom = running.Owner };
        await work.ExecuteAsync(
            "UPDATE schedules_history SET owner = @owner, attempt = @attempt, started = @now, lease_until = @until, claim_id = @claim WHERE schedule = @schedule AND planned = @planned",
            Keys(run, new { now = Now, until = StoreTime.Of(run.LeaseUntil), claim = run.ClaimId.ToString() }));
        return new ScheduleClaim.Taken(run, []);
    }

    private async Task<ScheduleClaim> DecideAsync(SqlWork work, ScheduleClaimant claimant, ScheduleDecision decision)
    {
        foreach ((DateTimeOffset planned, string reason) in decision.Missed)
        {
            await work.ExecuteAsync(
                """
                INSERT INTO schedules_history (schedule, planned, owner, started, ended, state, reason, origin, outcome, attempt)
                VALUES (@schedule, @planned, @owner, @now, @now, 'failed', @reason, 'planned', 'missed', 0) ON CONFLICT (schedule, planned) DO NOTHING
                """,
                new { schedule = claimant.Schedule, planned = StoreTime.Of(planned), owner = claimant.Owner, now = Now, reason });
        }

        DateTimeOffset[] missed = [.. decision.Missed.Select(one => one.Planned)];
        if ((decision.Run ?? (missed.Length == 0 ? null : missed[^1])) is { } decided)
        {
            await work.ExecuteAsync("UPDATE schedules SET decided = @decided WHERE schedule = @schedule AND decided < @decided", new { schedule = claimant.Schedule, decided = StoreTime.Of(decided) });
        }

        return decision.Run is { } run ? await TakeAsync(work, claimant, StoreTime.Of(run), decision.Origin, missed) : new ScheduleClaim.Idle(missed);
    }

    private async Task<ScheduleClaim> TakeAsync(SqlWork work, ScheduleClaimant claimant, long planned, ScheduledOrigin origin, IReadOnlyList<DateTimeOffset> missed)
    {
        TakenRun run = NewRun(claimant, planned, 1, origin);
        int inserted = await work.ExecuteAsync(
            """
            INSERT INTO schedules_history (schedule, planned, owner, started, state, origin, attempt, lease_until, claim_id)
            VALUES (@schedule, @planned, @owner, @now, 'running', @origin, @attempt, @until, @claim) ON CONFLICT (schedule, planned) DO NOTHING
            """,
            Keys(run, new { now = Now, origin = StoreWords.Of(origin), until = StoreTime.Of(run.LeaseUntil), claim = run.ClaimId.ToString() }));
        return inserted == 1 ? new ScheduleClaim.Taken(run, missed) : new ScheduleClaim.Idle(missed); // whose row that is has run it
    }

    private TakenRun NewRun(ScheduleClaimant claimant, long planned, int attempt, ScheduledOrigin origin) => new(
        claimant.Schedule, StoreTime.At(planned), claimant.Owner, attempt, Guid.CreateVersion7(_time.GetUtcNow()), StoreTime.At(Now + Span(claimant.Lease)), origin);

    private sealed record Planning(string Definition, long Since, long Decided);
}
