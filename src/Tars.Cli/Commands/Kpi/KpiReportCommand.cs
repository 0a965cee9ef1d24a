using System.CommandLine;
using Tars.Application.Publishing.Contents;
using Tars.Cli.CommandLine;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;
using Tars.Reports.Kpis;

namespace Tars.Cli.Commands.Kpi;

/// <summary><c>tars kpi</c>: the key figures of a window and whether it kept its objectives.</summary>
internal static class KpiReportCommand
{
    private static readonly Option<string?> Interval = CommonOptions.Text("--interval", "DURATION", "Also writes the figures interval by interval, for example 1h");

    public static Command Create() => TarsCommand.Noun(
        "kpi",
        "Key figures of a window and whether it kept its objectives",
        [Interval, FailOn.Kpi.Option],
        RunAsync,
        ["tars kpi --window 24h", "tars kpi --from 2026-01-12 --to 2026-01-19 -o json", "tars kpi --capture captures/week --interval 1h"],
        KpiWatchCommand.Create());

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        TimeSpan? interval = CommonOptions.Duration(Interval, run.Value(Interval));
        if (await run.CollectAsync(TimeSpan.FromHours(24), TimeSpan.Zero, cancellationToken).ConfigureAwait(false) is not { } collected)
        {
            return ExitCode.Ok;
        }

        if (interval < collected.Set.Grid.Step)
        {
            throw new UsageException($"{Interval.Name}: {interval} is shorter than the step of {collected.Set.Grid.Step}");
        }

        KpiSummary summary = KpiSummary.Of(collected.Set, collected.Analysis, collected.Window);
        KpiSnapshot[] snapshots = interval is { } length ? [.. KpiSnapshots.Of(collected.Set, collected.Analysis, collected.Window, length)] : [];
        return await run.PublishAsync(Outcome(summary, snapshots, FailOn.Kpi.Of(run)), () => KpiContent.Of(summary, collected.Analysis), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What a summary says, for every output.</summary>
    public static Outcome Outcome(KpiSummary summary, IReadOnlyCollection<KpiSnapshot> snapshots, string failOn) => new(
        KpiReport.Render(summary, snapshots),
        [$"{summary.Certification.Verdict.Name}: {summary.Window}", .. Reasons(summary.Certification)],
        () => KpiReport.Tables(summary),
        () => KpiReport.Json(summary, snapshots.Count),
        () => KpiReport.Markdown(summary),
        () => KpiReport.Csv(summary),
        CodeOf(summary.Certification.Verdict, failOn));

    /// <summary>The exit code of a verdict.</summary>
    public static int CodeOf(Verdict verdict, string failOn) => (verdict, failOn) switch
    {
        (Verdict.Fail, "fail" or "inconclusive") => ExitCode.Negative,
        (Verdict.Inconclusive, "inconclusive") => ExitCode.Inconclusive,
        _ => ExitCode.Ok,
    };

    /// <summary>Why it is not a pass; for a pass nothing, the table says it.</summary>
    private static IEnumerable<string> Reasons(Certification certification)
    {
        int kept = certification.Objectives.Count(result => result.Verdict is Verdict.Pass);
        string[] reasons = [.. certification.Reasons.SkipLast(kept)];
        return [.. reasons.Take(5).Select(reason => $"  {reason}"), .. reasons.Length > 5 ? (string[])[$"  and {reasons.Length - 5} more reasons, in the report"] : []];
    }
}
