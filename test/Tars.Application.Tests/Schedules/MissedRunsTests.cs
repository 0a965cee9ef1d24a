using Tars.Application.Schedules;
using Tars.Storage.Schedules;
using Xunit;

namespace Tars.Application.Tests.Schedules;

public sealed class MissedRunsTests
{
    private static readonly DateTimeOffset Six = new(2026, 2, 1, 6, 0, 0, TimeSpan.Zero);

    // A run each hour; the number is the minutes after 06:00 at which a replica looks, when all up to 06:00 is decided.
    [Theory]
    [InlineData(59, MissedPolicy.RunOnce, null, false, "")]
    [InlineData(60, MissedPolicy.RunOnce, 7, false, "")]
    [InlineData(61, MissedPolicy.Report, 7, false, "")] // a minute late is on time
    [InlineData(62, MissedPolicy.RunOnce, 7, true, "")]
    [InlineData(62, MissedPolicy.Report, null, false, "7")]
    [InlineData(200, MissedPolicy.RunOnce, 9, true, "7 8")]
    [InlineData(240, MissedPolicy.RunOnce, 10, false, "7 8 9")] // what is due makes up for the rest
    [InlineData(240, MissedPolicy.Report, 10, false, "7 8 9")]
    [InlineData(240, MissedPolicy.All, 7, true, "")] // the oldest first; the others are asked for after it
    public void Decide_LateAndDueInstants_FollowsThePolicy(int minutes, MissedPolicy policy, int? run, bool isLate, string missed)
    {
        ScheduleDecision decision = MissedRuns.Decide(new PlannedTimes(PlannedTimesTests.ScheduleAt("0 * * * *", "UTC")), policy, Six, Six.AddMinutes(minutes));
        Assert.Equal(run, decision.Run?.Hour);
        Assert.Equal(isLate ? ScheduledOrigin.CaughtUp : ScheduledOrigin.Planned, decision.Origin);
        Assert.Equal(missed, string.Join(' ', decision.Missed.Select(one => one.Planned.Hour)));
    }

    [Fact]
    public void Decide_MonthsWithoutAnybody_TellsHowManyHaveNoLine()
    {
        PlannedTimes times = new(PlannedTimesTests.ScheduleAt("* * * * *", "UTC"));
        ScheduleDecision decision = MissedRuns.Decide(times, MissedPolicy.RunOnce, Six, Six.AddDays(1));
        Assert.Equal((Six.AddDays(1).AddMinutes(-1), ScheduledOrigin.Planned), (decision.Run, decision.Origin)); // the last two of the 1440 are on time
        Assert.Equal(1 + 998, decision.Missed.Count);
        Assert.Equal((Six.AddMinutes(440), "nobody ran it at its time, nor the 439 before it, which have no line of their own"), decision.Missed[0]);
    }
}
