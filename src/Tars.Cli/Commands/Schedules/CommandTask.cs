using System.Globalization;
using Tars.Application.Schedules;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Configuration;
using Tars.Observability.TimeSeries;
using Tars.Storage.Schedules;

namespace Tars.Cli.Commands.Schedules;

/// <summary>
/// What schedules run: the command of that name, inside this process, with the configuration of the host, read anew for each run. Its window depends on the planned
/// instant alone: whoever runs it, and whenever, finds the same. One command at a time: reports of one folder are replaced one after another.
/// </summary>
internal sealed class CommandTask : IScheduledTask, IDisposable
{
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly CommandRun _host;
    private readonly bool _isShown;

    /// <summary>Prepares it.</summary>
    /// <param name="host">The command that runs schedules: the configuration is its own.</param>
    /// <param name="isShown">Whether what commands wrote is shown once they have ended.</param>
    public CommandTask(CommandRun host, bool isShown) => (_host, _isShown) = (host, isShown);

    /// <summary>The exit code of the last command; null before.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>
    /// An analysis keeps its report under the claim's id: one that did not come back is begun again, and whoever was taken for dead keeps nothing any more. What
    /// writes the audit log or removes something is told as lost, and not repeated.
    /// </summary>
    public bool PublishesUnderClaim(ScheduleSettings schedule)
    {
        ArgumentNullException.ThrowIfNull(schedule);
        return schedule.Task is not (ScheduledTaskKind.Checkpoint or ScheduledTaskKind.Retention);
    }

    /// <inheritdoc/>
    public async Task<TaskResult> RunAsync(ScheduleSettings schedule, TakenRun run, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyList<string[]> lines;
            try
            {
                lines = await LinesOfAsync(schedule, run.Planned, cancellationToken).ConfigureAwait(false);
            }
            catch (SettingsException exception)
            {
                return new TaskResult(ScheduledOutcome.Failed, exception.Problems[0].ToString());
            }

            foreach (string[] arguments in lines)
            {
                if (await RunAsync(arguments, run, cancellationToken).ConfigureAwait(false) is { Outcome: not ScheduledOutcome.Passed } result)
                {
                    return result;
                }
            }

            return new TaskResult(ScheduledOutcome.Passed);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<TaskResult> RunAsync(string[] arguments, TakenRun run, CancellationToken cancellationToken)
    {
        (TaskResult result, ExitCode) = await InnerCommand.RunAsync(_host, arguments, run.ClaimId, _isShown, cancellationToken).ConfigureAwait(false);
        return result;
    }

    private async Task<IReadOnlyList<string[]>> LinesOfAsync(ScheduleSettings schedule, DateTimeOffset planned, CancellationToken cancellationToken)
    {
        if (schedule.Task is ScheduledTaskKind.Checkpoint)
        {
            return [["audit", "checkpoint"]];
        }

        if (schedule.Task is ScheduledTaskKind.Retention)
        {
            return [["audit", "retain", "--yes"], ["store", "gc"]];
        }

        cancellationToken.ThrowIfCancellationRequested();
        TarsSettings settings = await _host.LoadAsync(_host.Search(), Application.Settings.Refusals.Requirements.None).ConfigureAwait(false);
        DateTimeOffset end = Instants.AlignDown(planned - settings.Observability.SettleDelay, settings.Observability.Step);
        if (schedule.Task is ScheduledTaskKind.Daily)
        {
            DateOnly day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(end, settings.Observability.TimeZone).DateTime).AddDays(-1);
            return [["daily", "--date", day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), CommonOptions.Store.Name]];
        }

        return [[schedule.TaskName, "--to", Instants.Format(end), CommonOptions.Store.Name]];
    }
}
