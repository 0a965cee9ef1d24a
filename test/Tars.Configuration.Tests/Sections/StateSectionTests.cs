using Tars.Configuration.Layers;
using Tars.Configuration.Scalars;

namespace Tars.Configuration.Tests.Sections;

public class StateSectionTests
{
    [Fact]
    public void Load_EverySectionOfState_IsRead()
    {
        LoadedSettings loaded = Settings.Of("""
            storage:
              database_url: postgresql://db.example.com:5432/tars
              database_user: tars
              redis_url: rediss://redis.example.com:6379/0
              blobs: { bucket: tars-reports, prefix: prod/eu, region: eu-central-1, endpoint_url: https://minio.example.com }
            notifications:
              smtp: { host: mail.example.com, from: tars@example.com }
              channels:
                oncall: { email: [sre@example.com], on: [failed, inconclusive] }
                chat: { webhook_url: "https://chat.example.com/hooks/x?key=y", webhook_secret: s }
            schedules:
              morning: { task: daily, cron: "0 6 * * MON-FRI", time_zone: Europe/Berlin }
              week: { task: retro, cron: "0 7 * * 1" }
            waivers:
              tls: behind the mesh
            """);

        Assert.Equal("postgresql://db.example.com:5432/tars", loaded.Section("storage").Text("database_url"));
        Assert.Equal("tars-data", loaded.Section("storage").Text("folder"));
        Assert.Equal("tars-reports", loaded.Section("storage").Section("blobs").Text("bucket"));
        Assert.Equal(["oncall", "chat"], loaded.Section("notifications").NamedSections("channels").Select(pair => pair.Key));
        Assert.Equal(["failed", "refused"], loaded.Section("notifications").NamedSections("channels")[1].Value.Texts("on"));
        Assert.Equal(["daily", "retro"], loaded.Root.NamedSections("schedules").Select(pair => pair.Value.Text("task")));
        Assert.Equal("behind the mesh", loaded.Section("waivers").Text("tls"));
    }

    [Theory]
    [InlineData("storage: {database_url: \"mysql://d/t\"}", "1:25: storage.database_url: \"mysql://d/t\" is not a database's address (postgresql, postgres); write for example postgresql://db.example.com:5432/tars")]
    [InlineData("storage: {database_url: \"postgresql://u:pw@d/t\"}", "1:25: storage.database_url: carries a user name or password; write them under keys of their own, so that no address shows them")]
    [InlineData("storage: {database_url: \"postgresql://d/t?password=hunter2\"}", "1:25: storage.database_url: has a query or fragment; write the address without it")]
    [InlineData("storage: {redis_url: \"user:hunter2@redis\"}", "1:22: storage.redis_url: is not a Redis address (redis, rediss); write for example rediss://redis.example.com:6379/0")]
    [InlineData("schedules: {a: {task: kpi, cron: \"0 24 * * *\"}}", "1:34: schedules.a.cron: \"0 24 * * *\" is not a schedule in five fields (minute hour day month weekday): 24 is no hour (0 to 23, a-b, */n); write for example 0 6 * * MON-FRI")]
    [InlineData("schedules: {a: {task: kpi}}", "1:16: schedules.a.cron: is missing; write a schedule in five fields (minute hour day month weekday)")]
    [InlineData("schedules: {a: {task: weekly, cron: \"0 6 * * *\"}}", "1:23: schedules.a.task: weekly is not one of kpi, daily, anomalies, regressions, retro, checkpoint, retention")]
    [InlineData("compliance: {redaction_patterns: [\"api[_-]?key\", \"(\"]}", "1:50: compliance.redaction_patterns[1]: \"(\" is not a regular expression: InsufficientClosingParentheses at character 1")]
    [InlineData("compliance: {redaction_patterns: [\"(?=a)b\"]}", "1:35: compliance.redaction_patterns[0]: \"(?=a)b\" needs backtracking (a look-around, a back-reference or an atomic group), which a text could make slow; write it without")]
    [InlineData("api: {require_mfa: [root]}", "1:21: api.require_mfa[0]: root is not one of readonly, sre, admin")]
    [InlineData("waivers: {tls: \"\"}", "1:16: waivers.tls: \"\" is not a reason; write one, or leave the key out")]
    public void Load_BadValue_IsRefused(string yaml, string refusal) => Assert.Equal(["tars.yaml:" + refusal], Settings.RefusalsOf(yaml));

    // crontab(5), and its tables of names and ranges.
    [Theory]
    [InlineData("* * * * *")]
    [InlineData("*/15 8-18 1,15 JAN-MAR MON-FRI")]
    [InlineData("0-59/2 0 31 12 0")]
    [InlineData("0 0 * * 7")]
    [InlineData("5  4 * * sun")]
    [InlineData("0 0 29 2 *")] // every fourth year
    [InlineData("0 0 30 1,2 *")]
    [InlineData("0 0 28-31 FEB *")]
    [InlineData("0 0 30 2 MON")] // on Mondays of February: a day or a weekday, crontab(5)
    public void Refuse_Schedule_IsTaken(string text) => Assert.Null(CronText.Refuse(text));

    [Theory]
    [InlineData("", "it has 0 fields")]
    [InlineData("* * * *", "it has 4 fields")]
    [InlineData("0 0 6 * * *", "it has 6 fields")]
    [InlineData("@daily", "it has 1 fields")]
    [InlineData("60 * * * *", "60 is no minute (0 to 59, a-b, */n)")]
    [InlineData("* * 0 * *", "0 is no day of month (1 to 31, a-b, */n)")]
    [InlineData("* * * 13 *", "13 is no month (1 to 12, a-b, */n)")]
    [InlineData("* * * * 8", "8 is no day of week (0 to 7, a-b, */n)")]
    [InlineData("5-1 * * * *", "5-1 is no minute (0 to 59, a-b, */n)")]
    [InlineData("*/0 * * * *", "*/0 is no minute (0 to 59, a-b, */n)")]
    [InlineData("5/10 * * * *", "5/10 is no minute (0 to 59, a-b, */n)")]
    [InlineData("1,,2 * * * *", " is no minute (0 to 59, a-b, */n)")]
    [InlineData("* * L * *", "L is no day of month (1 to 31, a-b, */n)")]
    [InlineData("-1 * * * *", "-1 is no minute (0 to 59, a-b, */n)")]
    [InlineData("0 0 30 2 *", "it never comes: no month of 2 has a day 30")]
    [InlineData("0 0 31 4,6,9,11 *", "it never comes: no month of 4,6,9,11 has a day 31")]
    [InlineData("0 0 30-31 feb *", "it never comes: no month of feb has a day 30-31")]
    public void Refuse_NoSchedule_SaysWhichField(string text, string reason) => Assert.Equal(reason, CronText.Refuse(text));
}
