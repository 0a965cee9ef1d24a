using Quartz;

namespace Tars.Application.Schedules;

/// <summary>
/// The instants of a schedule, read from its cron expression in its time zone. A local time that does not exist (clocks go forward) is the instant at which they
/// go forward, once for all that are skipped. A local time that occurs twice (clocks go back) counts once, at its first occurrence, when minute and hour are numbers or lists of
/// them; an expression that says how often (<c>*</c>, a step or a range in minute or hour) goes on through both.
/// </summary>
/// <param name="schedule">The schedule.</param>
public sealed class PlannedTimes(ScheduleSettings schedule)
{
    /// <summary>How many instants that passed are looked at one by one: the newest.</summary>
    public const int MostLookedAt = 1000;

    private readonly CronExpression _cron = CronExpression.Parse(schedule.Cron, CronFormat.Unix).WithTimeZone(schedule.TimeZone);

    /// <summary>The first instant after <paramref name="time"/>, UTC; null when there is none.</summary>
    public DateTimeOffset? After(DateTimeOffset time) => _cron.GetNextValidTimeAfter(time)?.ToUniversalTime();

    /// <summary>The instants after one time and up to another.</summary>
    /// <param name="after">Not itself.</param>
    /// <param name="until">This one too.</param>
    /// <returns>The newest <see cref="MostLookedAt"/> of them in their order, how many there are before these, and the last of those.</returns>
    public (IReadOnlyList<DateTimeOffset> Instants, int Before, DateTimeOffset? LastBefore) Between(DateTimeOffset after, DateTimeOffset until)
    {
        Queue<DateTimeOffset> instants = [];
        int before = 0;
        DateTimeOffset? lastBefore = null;
        for (DateTimeOffset? next = After(after); next is { } instant && instant <= until; next = After(instant))
        {
            instants.Enqueue(instant);
            if (instants.Count > MostLookedAt)
            {
                lastBefore = instants.Dequeue();
                before++;
            }
        }

        return ([.. instants], before, lastBefore);
    }
}
