using Tars.Storage.Databases;

namespace Tars.Storage.Notifications;

/// <summary>A message to be sent once its run is completed.</summary>
/// <param name="Channel">The name of the channel, from the configuration.</param>
/// <param name="Payload">What is sent, JSON, without secrets.</param>
public sealed record NewMessage(string Channel, string Payload)
{
    /// <summary>The run it tells of; null for none.</summary>
    public Guid? RunId { get; init; }
}

/// <summary>A message that was taken to be sent.</summary>
/// <param name="Id">Its number: the same message sent twice has the same one, so a receiver can tell.</param>
/// <param name="Message">What is to be sent.</param>
/// <param name="Owner">Who took it.</param>
/// <param name="Attempt">How often it was taken, from 1.</param>
/// <param name="LeaseUntil">Until when it is the owner's, UTC.</param>
public sealed record TakenMessage(long Id, NewMessage Message, string Owner, int Attempt, DateTimeOffset LeaseUntil);

/// <summary>
/// Messages that are sent at least once: a message is put here in the transaction that completes its run, and leaves when a sender says it was
/// delivered. A sender that died loses its lease, and another one sends again.
/// </summary>
public sealed class OutboxStore
{
    private readonly Database _database;
    private readonly TimeProvider _time;

    internal OutboxStore(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Adds a message that belongs to no completion of a run.</summary>
    /// <returns>Its number.</returns>
    public Task<long> AddAsync(NewMessage message, CancellationToken cancellationToken) =>
        _database.WriteAsync("add a message", work => AddAsync(work, message, StoreTime.Of(_time.GetUtcNow())), cancellationToken);

    /// <summary>Takes the oldest message that is due, for a while.</summary>
    /// <returns>The message; null when none is due.</returns>
    public Task<TakenMessage?> TakeAsync(string owner, TimeSpan lease, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(owner);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(lease, TimeSpan.Zero);
        return _database.WriteAsync(
            "take a message",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                Row? row = await work.FirstAsync<Row>(
                    """
                    UPDATE outbox SET state = 'leased', owner = @owner, lease_until = @until, attempts = attempts + 1
                    WHERE message_id = (
                        SELECT message_id FROM outbox
                        WHERE state IN ('waiting', 'leased') AND ((state = 'waiting' AND COALESCE(not_before, 0) <= @now) OR (state = 'leased' AND lease_until <= @now))
                        ORDER BY message_id LIMIT 1{skip_locked})
                    RETURNING message_id AS Id, run_id AS RunId, channel AS Channel, payload AS Payload, owner AS Owner, attempts AS Attempts, lease_until AS LeaseUntil
                    """,
                    new { owner, now, until = now + (lease.Ticks / TimeSpan.TicksPerMicrosecond) });
                return row?.ToMessage();
            },
            cancellationToken);
    }

    /// <summary>Notes that a message was delivered.</summary>
    /// <returns>Whether the lease still held; otherwise another sender has it, and it is sent again.</returns>
    public Task<bool> DeliveredAsync(TakenMessage message, CancellationToken cancellationToken) => FinishAsync(
        "UPDATE outbox SET state = 'delivered', owner = NULL, lease_until = NULL, finished = @now, error = NULL", message, null, 0, cancellationToken);

    /// <summary>Notes that a message could not be delivered.</summary>
    /// <param name="message">The message.</param>
    /// <param name="error">What the receiver said, without secrets.</param>
    /// <param name="retryAfter">When it is tried again; null gives it up.</param>
    /// <param name="cancellationToken">Stops waiting for the database.</param>
    /// <returns>Whether the lease still held.</returns>
    public Task<bool> FailedAsync(TakenMessage message, string error, TimeSpan? retryAfter, CancellationToken cancellationToken) => FinishAsync(
        retryAfter is null
            ? "UPDATE outbox SET state = 'failed', owner = NULL, lease_until = NULL, finished = @now, error = @error"
            : "UPDATE outbox SET state = 'waiting', owner = NULL, lease_until = NULL, not_before = @now + @pause, error = @error",
        message,
        error,
        (retryAfter ?? TimeSpan.Zero).Ticks / TimeSpan.TicksPerMicrosecond,
        cancellationToken);

    internal static Task<long> AddAsync(SqlWork work, NewMessage message, long now)
    {
        ArgumentException.ThrowIfNullOrEmpty(message.Channel);
        return work.ScalarAsync<long>(
            "INSERT INTO outbox (run_id, channel, payload, state, attempts, created) VALUES (@run, @Channel, @Payload, 'waiting', 0, @now) RETURNING message_id",
            new { run = message.RunId?.ToString(), message.Channel, message.Payload, now });
    }

    private Task<bool> FinishAsync(string update, TakenMessage message, string? error, long pause, CancellationToken cancellationToken) => _database.WriteAsync(
        "finish a message",
        async work => await work.ExecuteAsync(
            update + " WHERE message_id = @Id AND state = 'leased' AND owner = @Owner AND attempts = @attempt",
            new { now = StoreTime.Of(_time.GetUtcNow()), pause, error, message.Id, message.Owner, attempt = (long)message.Attempt }) == 1,
        cancellationToken);

    private sealed record Row(long Id, string? RunId, string Channel, string Payload, string Owner, long Attempts, long LeaseUntil)
    {
        public TakenMessage ToMessage() => new(
            Id, new NewMessage(Channel, Payload) { RunId = RunId is null ? null : Guid.Parse(RunId) }, Owner, (int)Attempts, StoreTime.At(LeaseUntil));
    }
}
