using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.Compliance.Audit;

/// <summary>The time of lines: whole microseconds, and never before the line before.</summary>
internal sealed class LogClock
{
    // A clock that goes back by less is no event: lines keep the last time.
    private static readonly TimeSpan StepTolerance = TimeSpan.FromMilliseconds(100);

    private readonly TimeProvider _time;
    private bool _stepped;

    public LogClock(TimeProvider time) => _time = time;

    /// <summary>The time of the next line.</summary>
    /// <param name="earliest">Before this it is not.</param>
    /// <param name="stepped">The event that says that the clock went back; null when it did not, or when that was said already.</param>
    public DateTimeOffset Next(DateTimeOffset earliest, out AuditEvent? stepped)
    {
        stepped = null;
        DateTimeOffset now = _time.GetUtcNow();
        now = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMicrosecond), TimeSpan.Zero);
        if (now >= earliest)
        {
            _stepped = false;
            return now;
        }

        TimeSpan behind = earliest - now;
        if (!_stepped && behind >= StepTolerance)
        {
            _stepped = true;
            stepped = new AuditEvent
            {
                Type = "clock.stepped",
                Outcome = AuditOutcome.Unknown,
                Actor = LogActor.Self,
                Data = AuditData.Of(new JsonObject
                {
                    ["clock"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture),
                    ["behind_seconds"] = Math.Round(behind.TotalSeconds, 6),
                }),
            };
        }

        return earliest;
    }
}
