using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>Freezes a log because somebody else has shown that it was tampered with: a witness that refuses it, a mirror that holds another history.</summary>
public static class LogFreezing
{
    /// <summary>Writes <c>frozen.json</c>: nobody appends any longer, in this process or another one. A log that is frozen already stays as it is.</summary>
    /// <param name="log">The log.</param>
    /// <param name="reason">What was found, and by whom.</param>
    /// <param name="now">When.</param>
    /// <returns>What whoever wanted to go on is to be told.</returns>
    public static AuditLogException Freeze(LogLayout log, string reason, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(log);
        ArgumentException.ThrowIfNullOrEmpty(reason);
        AuditLogException damage = FrozenLog.Damage(log.Checkpoint, reason);
        FrozenLog.Write(log, damage, now);
        return damage;
    }
}
