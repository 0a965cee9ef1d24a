using System.Globalization;
using Tars.Application.Schedules;
using Tars.Storage.Schedules;

namespace Tars.Cli.CommandLine;

/// <summary>A command that another one runs inside this process, with the configuration of its host: what a schedule runs, and what the server is asked for.</summary>
internal static class InnerCommand
{
    private const string ErrorMark = "tars: error: ";

    /// <summary>Runs it.</summary>
    /// <param name="host">The command whose configuration it takes.</param>
    /// <param name="arguments">Its own arguments; what they say counts before the host's.</param>
    /// <param name="runId">The id of its run.</param>
    /// <param name="isShown">Whether what it wrote is shown once it has ended.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What became of it, and its exit code.</returns>
    public static async Task<(TaskResult Result, int ExitCode)> RunAsync(CommandRun host, IReadOnlyList<string> arguments, Guid runId, bool isShown, CancellationToken cancellationToken)
    {
        using ScheduledInvocation invocation = new(runId);
        int exitCode = await TarsCommandLine.RunAsync([.. arguments, .. host.ConfiguringArguments(), .. isShown && !host.Console.Quiet ? [] : (string[])[CommonOptions.Quiet.Name]], invocation, cancellationToken).ConfigureAwait(false);
        if (isShown)
        {
            host.Console.Write(invocation.Written);
            await host.Console.Error.WriteAsync(invocation.Said).ConfigureAwait(false);
        }

        cancellationToken.ThrowIfCancellationRequested();
        TaskResult result = exitCode switch
        {
            ExitCode.Ok => new TaskResult(ScheduledOutcome.Passed),
            ExitCode.Negative => new TaskResult(ScheduledOutcome.Negative),
            ExitCode.Inconclusive => new TaskResult(ScheduledOutcome.Inconclusive),
            _ => new TaskResult(ScheduledOutcome.Failed, ReasonOf(invocation.Said, exitCode)),
        };
        return (result, exitCode);
    }

    private static string ReasonOf(string said, int exitCode) =>
        said.Split('\n').FirstOrDefault(line => line.StartsWith(ErrorMark, StringComparison.Ordinal)) is { } line
            ? line[ErrorMark.Length..]
            : string.Create(CultureInfo.InvariantCulture, $"the command ended with {exitCode}");
}
