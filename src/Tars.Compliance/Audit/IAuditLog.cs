using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>What is known of an event once it is in the log for good.</summary>
/// <param name="Sequence">The line's place in the log, from 0.</param>
/// <param name="EventId">UUID of version 7; ids ascend with the lines.</param>
/// <param name="Hash">The line's hash, a leaf of the log's tree.</param>
public readonly record struct AuditReceipt(long Sequence, Guid EventId, TreeHash Hash);

/// <summary>Where the one event of its type and run stands.</summary>
/// <param name="Sequence">The line's place in the log, from 0.</param>
/// <param name="IsNew">Whether it was appended by this call; else it was there.</param>
/// <param name="Outcome">Its outcome.</param>
public readonly record struct OnceAppended(long Sequence, bool IsNew, AuditOutcome Outcome);

/// <summary>Where events are written that must not be lost or changed.</summary>
public interface IAuditLog
{
    /// <summary>Appends an event.</summary>
    /// <param name="auditEvent">What happened.</param>
    /// <param name="cancellationToken">Looked at before the event is accepted. An accepted event is written.</param>
    /// <returns>Completes once the line, and every line before it, has been flushed to the disk.</returns>
    /// <exception cref="ArgumentException">A member of the event has no form that a line can hold.</exception>
    /// <exception cref="AuditLogException">The event is not in the log, or nobody knows: see the message. What depends on it must not be done.</exception>
    ValueTask<AuditReceipt> AppendAsync(AuditEvent auditEvent, CancellationToken cancellationToken = default);
}
