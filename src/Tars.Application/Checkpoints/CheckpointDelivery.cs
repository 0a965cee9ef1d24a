using Tars.Application.Collecting;
using Tars.Application.Sealing;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;

namespace Tars.Application.Checkpoints;

/// <summary>Sends the newest checkpoint of a log to each mirror and each witness, at the same time, each for a bounded time.</summary>
public static class CheckpointDelivery
{
    /// <summary>Sends it.</summary>
    /// <param name="log">The log; its file <c>checkpoint</c> is what is sent.</param>
    /// <param name="targets">To whom.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends all waits.</param>
    /// <exception cref="RequestException">The log has no checkpoint.</exception>
    public static async Task<SentCheckpoint> SendAsync(LogLayout log, CheckpointTargets targets, TimeProvider time, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentNullException.ThrowIfNull(targets);
        (SignedNote note, Checkpoint checkpoint) = LogNotes.ReadCheckpoint(log.Checkpoint);
        IEnumerable<Task<Delivery>> mirrors = targets.Mirrors.Select(mirror => BoundedAsync(GitMirror.Shown(mirror), stop => MirrorAsync(log, note, mirror, stop)));
        IEnumerable<Task<Delivery>> witnesses = targets.Witnesses.Select(witness => BoundedAsync(witness.Address.ToString(), stop => AskAsync(witness, log, note, checkpoint, stop)));
        return new SentCheckpoint(note, checkpoint, await Task.WhenAll([.. mirrors, .. witnesses]).ConfigureAwait(false));

        // A mount that hangs does not hear of a cancellation: it is left behind.
        async Task<Delivery> BoundedAsync(string target, Func<CancellationToken, Task<Delivery>> send)
        {
            using CancellationTokenSource late = new(targets.Timeout, time);
            using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
            try
            {
                return await Task.Run(() => send(both.Token), both.Token).WaitAsync(both.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return new Delivery.Failed(target, $"{target}: no answer within {targets.Timeout.TotalSeconds:0.###} s");
            }
            catch (NotProvenException exception)
            {
                return exception.IsRefuted ? new Delivery.Refuted(target, exception.Message) : new Delivery.Failed(target, exception.Message);
            }
            catch (Exception exception) when (exception is SealingException or RequestException or KeyRingException or IOException or UnauthorizedAccessException or ArgumentException)
            {
                return new Delivery.Failed(target, exception.Message);
            }
        }
    }

    private static async Task<Delivery> MirrorAsync(LogLayout log, SignedNote note, string mirror, CancellationToken cancellationToken)
    {
        if (GitMirror.IsRemote(mirror))
        {
            await new GitMirror(log, mirror).SendAsync(note, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            CheckpointMirror.Copy(log, note, mirror);
        }

        return new Delivery.Mirrored(GitMirror.Shown(mirror));
    }

    private static async Task<Delivery> AskAsync(WitnessTarget witness, LogLayout log, SignedNote note, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        NoteKey key = LogWitness.FromFile(witness.Name, witness.KeyFile).Key;
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false };
        using HttpClient http = new(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the caller's token says how long
        (string name, DateTimeOffset time) = await new WitnessClient(http, [key]).AskAsync(witness.Address, log, note, checkpoint, cancellationToken).ConfigureAwait(false);
        return new Delivery.Cosigned(witness.Address.ToString(), name, time);
    }
}
