using Tars.Sealing.Logs;

namespace Tars.Application.Checkpoints;

/// <summary>How the sending of a checkpoint to one mirror or witness ended: one of the cases nested here.</summary>
/// <param name="Target">The mirror or the witness's address, without credentials.</param>
public abstract record Delivery(string Target)
{
    /// <summary>The mirror holds it now.</summary>
    public sealed record Mirrored(string Target) : Delivery(Target);

    /// <summary>The witness has cosigned it.</summary>
    /// <param name="Target">Its address.</param>
    /// <param name="Witness">Its name.</param>
    /// <param name="Time">By its clock.</param>
    public sealed record Cosigned(string Target, string Witness, DateTimeOffset Time) : Delivery(Target);

    /// <summary>It was not reached, or answered otherwise; the next checkpoint takes this one's place.</summary>
    /// <param name="Target">Which.</param>
    /// <param name="Reason">Why.</param>
    public sealed record Failed(string Target, string Reason) : Delivery(Target);

    /// <summary>It holds another history of the log, or a newer one: the log was tampered with.</summary>
    /// <param name="Target">Which.</param>
    /// <param name="Reason">What it holds.</param>
    public sealed record Refuted(string Target, string Reason) : Delivery(Target);
}

/// <summary>A checkpoint and what became of it.</summary>
/// <param name="Note">The checkpoint, signed.</param>
/// <param name="Checkpoint">What it says.</param>
/// <param name="Deliveries">Mirrors first, then witnesses, in the order in which they are configured.</param>
public sealed record SentCheckpoint(SignedNote Note, Checkpoint Checkpoint, IReadOnlyList<Delivery> Deliveries);
