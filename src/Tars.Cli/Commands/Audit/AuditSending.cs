using System.Globalization;
using Tars.Application.Auditing;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary>Hands the newest checkpoint to everybody whom the configuration names.</summary>
internal static class AuditSending
{
    /// <summary>Sends it at the end of a verb that has written the log, so that what was removed, held or erased is known elsewhere at once.</summary>
    /// <param name="run">The verb's run; a log that <c>--log</c> names is not the configuration's, and nobody is sent anything.</param>
    /// <param name="done">What was done, in words that end a sentence.</param>
    /// <param name="cancellationToken">Ends the waits.</param>
    /// <exception cref="IOException">Fewer witnesses have cosigned than the configuration asks for.</exception>
    /// <exception cref="NotProvenException">Somebody shows that the log was tampered with.</exception>
    public static async Task FinishAsync(CommandRun run, string done, CancellationToken cancellationToken)
    {
        if (run.Value(AuditOptions.Log) is not null || AuditSettings.Of(run.Load(run.Search())) is not { } settings || settings.Targets is { IsEmpty: true, Quorum: 0 })
        {
            return;
        }

        SentCheckpoint sent = await SendAsync(run, settings, cancellationToken).ConfigureAwait(false);
        int cosigned = sent.Deliveries.Count(one => one is Delivery.Cosigned);
        if (cosigned < settings.Targets.Quorum)
        {
            throw new IOException(string.Create(
                CultureInfo.InvariantCulture,
                $"{settings.Log}: {done}, but {cosigned} of {settings.Targets.Witnesses.Count} witnesses have cosigned the {sent.Checkpoint.Size} lines, and compliance.audit_witness_quorum asks for {settings.Targets.Quorum}; `tars audit checkpoint` asks them again"));
        }
    }

    /// <summary>Sends it; who cannot be reached is warned of.</summary>
    /// <param name="run">The verb's run.</param>
    /// <param name="settings">To whom.</param>
    /// <param name="cancellationToken">Ends the waits.</param>
    /// <exception cref="NotProvenException">Somebody shows that the log was tampered with; it is frozen.</exception>
    public static async Task<SentCheckpoint> SendAsync(CommandRun run, AuditSettings settings, CancellationToken cancellationToken)
    {
        LogLayout log = new(settings.Log);
        SentCheckpoint sent = await CheckpointDelivery.SendAsync(log, settings.Targets, run.Time, cancellationToken).ConfigureAwait(false);
        foreach (Delivery.Failed failed in sent.Deliveries.OfType<Delivery.Failed>())
        {
            run.Console.Warn(failed.Reason);
        }

        if (sent.Deliveries.OfType<Delivery.Refuted>().FirstOrDefault() is { } refuted)
        {
            LogFreezing.Freeze(log, refuted.Reason, run.Time.GetUtcNow());
            throw new NotProvenException($"{refuted.Reason}; the log is frozen", "`tars audit verify` says what is wrong; keep the folder as it is");
        }

        return sent;
    }
}
