using Tars.Storage.Databases;

namespace Tars.Storage.Schedules;

/// <summary>How a planned run of a schedule went.</summary>
public enum ScheduledState
{
    /// <summary>Somebody runs it.</summary>
    Running,

    /// <summary>It went well.</summary>
    Succeeded,

    /// <summary>It did not.</summary>
    Failed,
}

/// <summary>One planned run of a schedule.</summary>
/// <param name="Schedule">The schedule's name.</param>
/// <param name="Planned">The instant it was planned for, UTC.</param>
/// <param name="Owner">Which replica runs or ran it.</param>
/// <param name="Started">When it began, UTC.</param>
/// <param name="Ended">When it ended, UTC; null while it runs.</param>
/// <param name="State">How it went.</param>
/// <param name="RunId">The run it made; null when it made none.</param>
/// <param name="Reason">Why it failed; null otherwise.</param>
public sealed record ScheduledRun(string Schedule, DateTimeOffset Planned, string Owner, DateTimeOffset Started, DateTimeOffset? Ended, ScheduledState State, Guid? RunId, string? Reason);

/// <summary>What each schedule did, and the agreement of several replicas on who runs it: one row for each planned instant.</summary>
public sealed class ScheduleHistory
{
    private const string Columns = "schedule AS Schedule, planned AS Planned, owner AS Owner, started AS Started, ended AS Ended, state AS State, run_id AS RunId, reason AS Reason";

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal ScheduleHistory(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Claims a planned instant.</summary>
    /// <param name="schedule">The schedule's name.</param>
    /// <param name="planned">The instant.</param>
    /// <param name="owner">The replica.</param>
    /// <param name="staleAfter">After this a replica that began and did not end is taken for dead.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether this replica is to run it; false when another one runs or ran it.</returns>
    public Task<bool> BeginAsync(string schedule, DateTimeOffset planned, string owner, TimeSpan staleAfter, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(schedule);
        ArgumentException.ThrowIfNullOrEmpty(owner);
        return _database.WriteAsync(
            "claim a planned run",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                var parameters = new { schedule, planned = StoreTime.Of(planned), owner, now, dead = now - (staleAfter.Ticks / TimeSpan.TicksPerMicrosecond) };
                return await work.ExecuteAsync(
                        "INSERT INTO schedules_history (schedule, planned, owner, started, state) VALUES (@schedule, @planned, @owner, @now, 'running') ON CONFLICT (schedule, planned) DO NOTHING", parameters) == 1
                    || await work.ExecuteAsync(
                        "UPDATE schedules_history SET owner = @owner, started = @now WHERE schedule = @schedule AND planned = @planned AND state = 'running' AND started <= @dead", parameters) == 1;
            },
            cancellationToken);
    }

    /// <summary>Notes how a planned run went.</summary>
    /// <param name="schedule">The schedule's name.</param>
    /// <param name="planned">The instant.</param>
    /// <param name="owner">The replica that claimed it.</param>
    /// <param name="runId">The run it made; null when it made none.</param>
    /// <param name="failure">Why it failed; null when it went well.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether the claim still held.</returns>
    public Task<bool> EndAsync(string schedule, DateTimeOffset planned, string owner, Guid? runId, string? failure, CancellationToken cancellationToken) => _database.WriteAsync(
        "end a planned run",
        async work => await work.ExecuteAsync(
            "UPDATE schedules_history SET ended = @now, state = @state, run_id = @run, reason = @failure WHERE schedule = @schedule AND planned = @planned AND owner = @owner AND state = 'running'",
            new
            {
                now = StoreTime.Of(_time.GetUtcNow()),
                state = StoreWords.Of(failure is null ? ScheduledState.Succeeded : ScheduledState.Failed),
                run = runId?.ToString(),
                failure,
                schedule,
                planned = StoreTime.Of(planned),
                owner,
            }) == 1,
        cancellationToken);

    /// <summary>The planned runs of a schedule, the newest first.</summary>
    public Task<IReadOnlyList<ScheduledRun>> ListAsync(string schedule, int limit, CancellationToken cancellationToken) => _database.ReadAsync(
        "list planned runs",
        async work => (IReadOnlyList<ScheduledRun>)
        [
            .. (await work.QueryAsync<Row>($"SELECT {Columns} FROM schedules_history WHERE schedule = @schedule ORDER BY planned DESC LIMIT @limit", new { schedule, limit = (long)limit })).Select(row => row.ToRun()),
        ],
        cancellationToken);

    private sealed record Row(string Schedule, long Planned, string Owner, long Started, long? Ended, string State, string? RunId, string? Reason)
    {
        public ScheduledRun ToRun() => new(
            Schedule, StoreTime.At(Planned), Owner, StoreTime.At(Started), StoreTime.At(Ended), StoreWords.Parse<ScheduledState>(State), RunId is null ? null : Guid.Parse(RunId), Reason);
    }
}
