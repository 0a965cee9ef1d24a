using System.Globalization;
using Tars.Application.Schedules;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Schedules;

public sealed class PlannedTimesTests
{
    // Europe/Berlin goes from 02:00 to 03:00 on 2026-03-29 at 01:00Z, and from 03:00 back to 02:00 on 2026-10-25 at 01:00Z.
    [Theory]
    [InlineData("30 2 * * *", "2026-03-28T00:00Z", "2026-03-28T01:30Z 2026-03-29T01:00Z 2026-03-30T00:30Z")] // does not exist on the 29th
    [InlineData("0,30 2 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T00:00Z")] // both of them do not exist: one instant
    [InlineData("0 3 * * *", "2026-03-28T12:00Z", "2026-03-29T01:00Z 2026-03-30T01:00Z")]
    [InlineData("30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:30Z 2026-10-26T01:30Z")] // comes twice on the 25th: the first
    [InlineData("0 * * * *", "2026-10-24T23:30Z", "2026-10-25T00:00Z 2026-10-25T01:00Z 2026-10-25T02:00Z")] // every hour, whatever the clocks do
    [InlineData("*/30 2 * * *", "2026-10-24T12:00Z", "2026-10-25T00:00Z 2026-10-25T00:30Z 2026-10-25T01:00Z 2026-10-25T01:30Z 2026-10-26T01:00Z")]
    [InlineData("0 6 13 * FRI", "2026-02-12T00:00Z", "2026-02-13T05:00Z 2026-02-20T05:00Z")] // a 13th, or a Friday
    [InlineData("0 0 29 2 *", "2026-01-01T00:00Z", "2028-02-28T23:00Z 2032-02-28T23:00Z")]
    [InlineData("0 0 * * 7", "2026-01-01T00:00Z", "2026-01-03T23:00Z 2026-01-10T23:00Z")] // 7 is Sunday too
    public void After_ClockChangesInBerlin_AreThoseOfTheGuide(string cron, string after, string expected)
    {
        PlannedTimes times = new(ScheduleAt(cron, "Europe/Berlin"));
        List<string> found = [];
        DateTimeOffset? at = DateTimeOffset.Parse(after, CultureInfo.InvariantCulture);
        foreach (string one in expected.Split(' '))
        {
            at = times.After(at.Value);
            found.Add(at!.Value.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture));
        }

        Assert.Equal(expected.Split(' '), found);
    }

    [Fact]
    public void Between_RandomExpressionsAroundClockChanges_AgreesWithTheSlowReference()
    {
        Random random = new(Seeds.Draw());
        (string Zone, string Day)[] changes =
        [
            ("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("America/New_York", "2026-03-08"), ("America/New_York", "2026-11-01"), ("Australia/Lord_Howe", "2026-04-04"),
            ("Australia/Lord_Howe", "2026-10-03"), ("Asia/Kolkata", "2026-05-01"), ("UTC", "2026-02-28"), ("America/Santiago", "2026-04-04"), ("America/Santiago", "2026-09-05"),
        ];
        for (int i = 0; i < 150; i++)
        {
            (string zone, string day) = changes[random.Next(changes.Length)];
            string cron = string.Join(' ', Field(random, 60), random.Next(3) == 0 ? Field(random, 24) : $"{random.Next(4)}", random.Next(3) == 0 ? Field(random, 28) : "*", "*", random.Next(3) == 0 ? Field(random, 7) : "*");
            DateTimeOffset from = DateTimeOffset.Parse(day, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).AddHours(-20);
            DateTimeOffset until = from.AddDays(2.5);
            List<DateTimeOffset> expected = new SlowCron(cron, TimeZoneInfo.FindSystemTimeZoneById(zone)).Between(from, until);
            (IReadOnlyList<DateTimeOffset> instants, int before, _) = new PlannedTimes(ScheduleAt(cron, zone)).Between(from, until);
            Assert.True(expected.TakeLast(PlannedTimes.MostLookedAt).SequenceEqual(instants), $"{cron} in {zone} from {from:O}: expected {Text(expected)}, was {Text(instants)}");
            Assert.Equal(Math.Max(0, expected.Count - PlannedTimes.MostLookedAt), before);
        }
    }

    internal static ScheduleSettings ScheduleAt(string cron, string zone, MissedPolicy missed = MissedPolicy.RunOnce) =>
        new("test", ScheduledTaskKind.Kpi, cron, TimeZoneInfo.FindSystemTimeZoneById(zone), missed);

    private static string Text(IEnumerable<DateTimeOffset> instants) => string.Join(' ', instants.Take(60).Select(one => one.UtcDateTime.ToString("dd'T'HH:mm", CultureInfo.InvariantCulture)));

    private static string Field(Random random, int most) => random.Next(4) switch
    {
        0 => "*",
        1 => $"*/{random.Next(2, most)}",
        2 => $"{random.Next(1, most / 2)}-{random.Next(most / 2, most)}",
        _ => string.Join(',', Enumerable.Range(0, 3).Select(_ => random.Next(1, most)).Distinct()),
    };
}
