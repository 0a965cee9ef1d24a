using Tars.Configuration;
using Tars.Configuration.Layers;

namespace Tars.Application.Schedules;

/// <summary>What a schedule runs: the command of that name.</summary>
public enum ScheduledTaskKind
{
    /// <summary><c>tars kpi</c>.</summary>
    Kpi,

    /// <summary><c>tars daily</c>.</summary>
    Daily,

    /// <summary><c>tars anomalies</c>.</summary>
    Anomalies,

    /// <summary><c>tars regressions</c>.</summary>
    Regressions,

    /// <summary><c>tars retro</c>.</summary>
    Retro,

    /// <summary><c>tars audit checkpoint</c>.</summary>
    Checkpoint,

    /// <summary><c>tars audit retain</c>.</summary>
    Retention,
}

/// <summary>What becomes of planned runs whose time passed while nobody ran them.</summary>
public enum MissedPolicy
{
    /// <summary>One run makes up for all of them; the others are written down as missed.</summary>
    RunOnce,

    /// <summary>Each is run, the oldest first.</summary>
    All,

    /// <summary>None is run; all are written down as missed.</summary>
    Report,
}

/// <summary>One schedule of the section <c>schedules</c>.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Task">What it runs.</param>
/// <param name="Cron">When, as in <c>crontab(5)</c>.</param>
/// <param name="TimeZone">The time zone that <paramref name="Cron"/> means.</param>
/// <param name="Missed">What becomes of runs that were missed.</param>
public sealed record ScheduleSettings(string Name, ScheduledTaskKind Task, string Cron, TimeZoneInfo TimeZone, MissedPolicy Missed)
{
    /// <summary>The word of the task in the configuration.</summary>
    public string TaskName => Task.ToString().ToLowerInvariant();

    /// <summary>What makes two schedules plan and do the same: replicas of another one stand back.</summary>
    public string Definition => $"{TaskName} {string.Join(' ', Cron.Split(' ', StringSplitOptions.RemoveEmptyEntries))} {TimeZone.Id}";

    /// <summary>The schedules of a configuration, in the order written; empty when there are none.</summary>
    /// <exception cref="SettingsException">A cron expression has no instant at all, such as a 30th of February.</exception>
    public static IReadOnlyList<ScheduleSettings> Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        string zone = loaded.Section("observability").Text("time_zone");
        List<SettingsProblem> problems = [];
        List<ScheduleSettings> schedules = [];
        foreach ((string name, SettingsSection section) in loaded.Root.NamedSections("schedules"))
        {
            ScheduleSettings schedule = new(
                name,
                Enum.Parse<ScheduledTaskKind>(section.Text("task"), ignoreCase: true),
                section.Text("cron"),
                TimeZoneInfo.FindSystemTimeZoneById(section.TextOrNull("time_zone") ?? zone),
                Enum.Parse<MissedPolicy>(section.Text("missed").Replace("_", string.Empty, StringComparison.Ordinal), ignoreCase: true));
            if (new PlannedTimes(schedule).After(DateTimeOffset.UnixEpoch) is null)
            {
                problems.Add(section.Problem("cron", $"\"{schedule.Cron}\" never comes: no month has that day"));
            }

            schedules.Add(schedule);
        }

        return problems.Count == 0 ? schedules : throw SettingsException.Ordered(loaded.Redact(problems));
    }
}
