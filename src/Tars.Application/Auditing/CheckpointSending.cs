using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Checkpoints;
using Tars.Application.Collecting;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Application.Auditing;

/// <summary>
/// Sends the newest checkpoint while a run goes on and at its end. Who cannot be reached is warned of each time and written to the log when it begins and when it
/// ends; who shows that the log was tampered with freezes it.
/// </summary>
internal sealed class CheckpointSending : IAsyncDisposable
{
    private const string EventType = "checkpoint.delivery";
    private const string Quorum = "quorum";

    private readonly AuditLog _log;
    private readonly LogLayout _layout;
    private readonly CheckpointTargets _targets;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _timer;
    private long _sent;

    /// <summary>Begins the timer.</summary>
    /// <param name="log">The log, open.</param>
    /// <param name="targets">To whom.</param>
    /// <param name="time">The clock.</param>
    public CheckpointSending(AuditLog log, CheckpointTargets targets, TimeProvider time)
    {
        (_log, _layout, _targets, _time) = (log, new LogLayout(log.Folder), targets, time);
        _timer = targets.IsEmpty ? Task.CompletedTask : Task.Run(RunAsync);
    }

    /// <summary>Takes warnings.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Sends a checkpoint over everything that is acknowledged by now.</summary>
    /// <exception cref="AuditLogException">The log was tampered with, or a checkpoint cannot be signed.</exception>
    /// <exception cref="IOException">Fewer witnesses have cosigned than were asked for.</exception>
    public async Task FinishAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_targets is { IsEmpty: true, Quorum: 0 })
        {
            return;
        }

        await _log.CheckpointAsync().ConfigureAwait(false);
        SentCheckpoint sent = await SendAsync(CancellationToken.None).ConfigureAwait(false);
        int cosigned = sent.Deliveries.Count(one => one is Delivery.Cosigned);
        bool isEnough = cosigned >= _targets.Quorum;
        await TellAsync(sent.Checkpoint, [(Quorum, isEnough)]).ConfigureAwait(false);
        if (!isEnough)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture, $"{_log.Folder}: {cosigned} of {_targets.Witnesses.Count} witnesses have cosigned the {sent.Checkpoint.Size} lines, and compliance.audit_witness_quorum asks for {_targets.Quorum}"));
        }
    }

    /// <summary>Ends the timer.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _timer.ConfigureAwait(false);
    }

    private async Task RunAsync()
    {
        using PeriodicTimer timer = new(_targets.Interval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (LogNotes.ReadCheckpoint(_layout.Checkpoint).Checkpoint.Size > Interlocked.Read(ref _sent))
                {
                    await SendAsync(_stop.Token).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run ends, and sends what is newest then.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or RequestException)
        {
            Warn?.Invoke($"checkpoints are no longer sent while this command runs: {exception.Message}"); // a log that is frozen tells whoever appends next
        }
    }

    private async Task<SentCheckpoint> SendAsync(CancellationToken cancellationToken)
    {
        SentCheckpoint sent = await CheckpointDelivery.SendAsync(_layout, _targets, _time, cancellationToken).ConfigureAwait(false);
        Interlocked.Exchange(ref _sent, sent.Checkpoint.Size);
        foreach (Delivery.Failed failed in sent.Deliveries.OfType<Delivery.Failed>())
        {
            Warn?.Invoke($"the checkpoint was not taken, and the next one takes its place: {failed.Reason}");
        }

        await TellAsync(sent.Checkpoint, sent.Deliveries.Select(one => (one.Target, one is Delivery.Mirrored or Delivery.Cosigned))).ConfigureAwait(false);
        if (sent.Deliveries.OfType<Delivery.Refuted>().FirstOrDefault() is { } refuted)
        {
            throw LogFreezing.Freeze(_layout, refuted.Reason, _time.GetUtcNow());
        }

        return sent;
    }

    private async Task TellAsync(Checkpoint checkpoint, IEnumerable<(string Name, bool IsWell)> results)
    {
        foreach ((string name, bool isWell) in DeliveryStates.Changed(_layout, results))
        {
            await _log.AppendAsync(new AuditEvent
            {
                Type = EventType,
                Outcome = isWell ? AuditOutcome.Success : AuditOutcome.Failure,
                Actor = new AuditActor.Program("audit-log"),
                Resource = name,
                Data = AuditData.Of(new JsonObject { ["size"] = checkpoint.Size }),
            }).ConfigureAwait(false);
        }
    }
}
