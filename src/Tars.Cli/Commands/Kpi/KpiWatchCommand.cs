using System.CommandLine;
using System.Globalization;
using Tars.Application.Collecting;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Configuration;
using Tars.Configuration.Scalars;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.Commands.Kpi;

/// <summary>
/// <c>tars kpi watch</c>: follows a window live. After every interval the summary so far is written whole, over the one before. A watch
/// that was killed goes on from the window in <see cref="WatchFile"/>: what happened meanwhile is read from the backend, which kept it.
/// </summary>
internal static class KpiWatchCommand
{
    private static readonly Option<string?> Interval = CommonOptions.Text("--interval", "DURATION", "How often to look (default 5m)");

    public static Command Create() => TarsCommand.LongVerb(
        "watch",
        "Follows a window live; resumes after a kill, and an interruption keeps the summary so far",
        [Interval, FailOn.Kpi.Option, .. CommonOptions.Reading, .. CommonOptions.Writing],
        RunAsync,
        "tars kpi watch --interval 5m --window 24h");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        TimeSpan interval = CommonOptions.Duration(Interval, run.Value(Interval)) ?? TimeSpan.FromMinutes(5);
        string folder = run.OutputFolder ?? throw new UsageException("--output: a watch keeps its window in a file; 'none' keeps nothing", "choose a folder");
        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (run.Value(CommonOptions.Capture) is not null || interval < reading.Step)
        {
            throw run.Value(CommonOptions.Capture) is not null
                ? new UsageException("--capture: a capture does not grow, so there is nothing to watch", "'tars kpi --capture DIR' looks back at once")
                : new UsageException($"--interval: {DurationText.Format(interval)} is shorter than the step of {DurationText.Format(reading.Step)}");
        }

        WatchFile file = new(folder);
        TimeWindow window = await WindowAsync(run, reading, file, cancellationToken).ConfigureAwait(false);
        bool looked = false;
        while (true)
        {
            DateTimeOffset settled = Instants.AlignDown(run.Time.GetUtcNow() - run.Settings.Observability.SettleDelay, reading.Step);
            DateTimeOffset end = settled < window.To ? settled : window.To;
            if (end > window.From)
            {
                if (await TryLookAsync(run, new TimeWindow(window.From, end), window, interval, looked, cancellationToken).ConfigureAwait(false) is { } code)
                {
                    file.Remove();
                    return code;
                }

                looked = true;
            }

            await Task.Delay(interval, run.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// One look. When the backend fails, perhaps because a credential was rotated, the secret backend is asked anew, and with another credential
    /// there is another look at once. Once a look has succeeded, a watch outlives a restart of its backend.
    /// </summary>
    private static async Task<int?> TryLookAsync(
        CommandRun run, TimeWindow soFar, TimeWindow window, TimeSpan interval, bool looked, CancellationToken cancellationToken)
    {
        await run.TakeUpCredentialsAsync(asksAnew: false, cancellationToken).ConfigureAwait(false);
        for (bool isFirst = true; ; isFirst = false)
        {
            try
            {
                return await LookAsync(run, soFar, window, interval, cancellationToken).ConfigureAwait(false);
            }
            catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.Backend && (looked || isFirst))
            {
                if (isFirst && await run.TakeUpCredentialsAsync(asksAnew: true, cancellationToken).ConfigureAwait(false))
                {
                    run.Console.Note("the backend's credentials have new values: looking again");
                    continue;
                }

                if (!looked)
                {
                    throw;
                }

                run.Console.Warn($"{exception.Message}; the next look is in {DurationText.Format(interval)}");
                return null;
            }
            catch (SettingsException exception) when (looked)
            {
                // A credential's file that is being replaced.
                run.Console.Warn($"{string.Join("; ", exception.Problems)}; the next look is in {DurationText.Format(interval)}");
                return null;
            }
        }
    }

    /// <summary>One look; the exit code when the window is over, else null.</summary>
    private static async Task<int?> LookAsync(
        CommandRun run, TimeWindow soFar, TimeWindow window, TimeSpan interval, CancellationToken cancellationToken)
    {
        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        if (await run.CollectAsync(reading, soFar, TimeSpan.Zero, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        KpiSummary summary = KpiSummary.Of(collected.Set, collected.Analysis, soFar);
        KpiSnapshot[] snapshots = [.. KpiSnapshots.Of(collected.Set, collected.Analysis, soFar, interval)];
        Outcome outcome = KpiReportCommand.Outcome(summary, snapshots, FailOn.Kpi.Of(run));
        if (soFar.To >= window.To)
        {
            return await run.PublishAsync(outcome, () => KpiContent.Of(summary, collected.Analysis), cancellationToken).ConfigureAwait(false);
        }

        await run.WriteInterimAsync(run.OutputFolder!, outcome.Report, cancellationToken).ConfigureAwait(false);
        double share = soFar.Duration / window.Duration;
        run.Console.Note(string.Create(
            CultureInfo.InvariantCulture,
            $"{Instants.Format(soFar.To)}  {share,4:0 %} of the window  {summary.Certification.Verdict.Name} so far  availability {Shown(summary, KpiNames.Availability)} %  p99 {Shown(summary, KpiNames.P99Latency)} ms"));
        return null;
    }

    private static string Shown(KpiSummary summary, string name) =>
        summary.Overall.Find(name)?.Value is { } value ? value.ToString("0.###", CultureInfo.InvariantCulture) : "no data";

    private static async Task<TimeWindow> WindowAsync(CommandRun run, SeriesReading reading, WatchFile file, CancellationToken cancellationToken)
    {
        WindowRequest request = run.Window();
        if (file.Read() is { } earlier && (request.From is null || Instants.AlignDown(request.From.Value, reading.Step) == earlier.From))
        {
            run.Console.Note($"going on with the window {earlier} of {file.Path}");
            return earlier;
        }

        DateTimeOffset from = Instants.AlignDown(request.From ?? run.Time.GetUtcNow(), reading.Step);
        DateTimeOffset to = Instants.AlignDown(request.To ?? from + (request.Length ?? TimeSpan.FromHours(24)), reading.Step);
        if (to <= from || (request.To is not null && request.Length is not null))
        {
            throw new UsageException($"the window from {Instants.Format(from)} to {Instants.Format(to)} cannot be watched", "give --window, or --to after --from");
        }

        TimeWindow window = new(from, to);
        if (!run.Has(CommonOptions.Plan))
        {
            await file.WriteAsync(window, cancellationToken).ConfigureAwait(false);
            run.Console.Note($"watching {window}; the summary so far is in {System.IO.Path.GetDirectoryName(file.Path)}");
        }

        return window;
    }
}
