using System.CommandLine;
using Tars.Cli.CommandLine;

namespace Tars.Cli.Commands.Schedules;

/// <summary><c>tars schedules</c>: what runs by itself.</summary>
internal static class SchedulesCommand
{
    public static Command Create()
    {
        TarsCommand schedules = new(
            "schedules", "What runs by itself: the section schedules of the configuration, once for each planned instant among any number of replicas",
            "tars schedules list", "tars schedules start", "tars schedules history --outcome failed");
        schedules.Subcommands.Add(SchedulesListCommand.Create());
        schedules.Subcommands.Add(SchedulesRunCommand.Create());
        schedules.Subcommands.Add(SchedulesHistoryCommand.Create());
        schedules.Subcommands.Add(SchedulesStartCommand.Create());
        return schedules;
    }
}
