using System.Globalization;
using Tars.Storage.Schedules;

namespace Tars.Application.Schedules;

/// <summary>Decides what becomes of planned instants: what is due runs, and what was missed is made up for or written down.</summary>
public static class MissedRuns
{
    /// <summary>How late a run may begin and still be on time.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromMinutes(1);

    /// <summary>Decides about the instants after one time and up to another.</summary>
    /// <param name="times">The schedule's instants.</param>
    /// <param name="policy">What becomes of those that were missed.</param>
    /// <param name="decided">Up to here all is decided.</param>
    /// <param name="now">The time.</param>
    public static ScheduleDecision Decide(PlannedTimes times, MissedPolicy policy, DateTimeOffset decided, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(times);
        (IReadOnlyList<DateTimeOffset> instants, int before, DateTimeOffset? lastBefore) = times.Between(decided, now);
        if (instants.Count == 0)
        {
            return ScheduleDecision.Nothing;
        }

        DateTimeOffset[] late = [.. instants.Where(instant => now - instant > Grace)];
        DateTimeOffset? due = instants.Count > late.Length ? instants[late.Length] : null;
        (DateTimeOffset? run, int missed) = policy switch
        {
            MissedPolicy.All => (instants[0], 0),
            MissedPolicy.RunOnce => due is null ? (late[^1], late.Length - 1) : (due, late.Length),
            _ => (due, late.Length),
        };
        string reason = policy == MissedPolicy.Report ? "nobody ran it at its time" : "nobody ran it at its time; the run after it makes up for it";
        List<(DateTimeOffset, string)> told = [];
        if (lastBefore is { } last)
        {
            told.Add((last, before == 1 ? "nobody ran it at its time" : string.Create(CultureInfo.InvariantCulture, $"nobody ran it at its time, nor the {before - 1} before it, which have no line of their own")));
        }

        told.AddRange(late.Take(missed).Select(instant => (instant, reason)));
        return new ScheduleDecision(run, run is { } one && now - one > Grace ? ScheduledOrigin.CaughtUp : ScheduledOrigin.Planned, told);
    }
}
