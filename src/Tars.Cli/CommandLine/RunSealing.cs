using System.Reflection;
using Tars.Application.Auditing;
using Tars.Application.Collecting;
using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Application.Settings;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Sealing.Envelopes;

namespace Tars.Cli.CommandLine;

/// <summary>What of one run is sealed: keys are opened before anything is read, and every report is written through here.</summary>
internal sealed class RunSealing : IDisposable
{
    private readonly string _tool;
    private readonly TarsSettings _settings;
    private readonly TimeProvider _time;
    private ReportSealing? _sealing;
    private readonly RunAudit _audit;

    private RunSealing(string tool, TarsSettings settings, RunAudit audit, TimeProvider time) => (_tool, _settings, _audit, _time) = (tool, settings, audit, time);

    /// <summary>The version of this program.</summary>
    public static string Version => typeof(RunSealing).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "unknown";

    /// <summary>Who signs, as this machine says.</summary>
    public static string Signer => $"{Environment.UserName}@{Environment.MachineName}";

    /// <summary>Opens the keys that a run needs.</summary>
    /// <exception cref="UsageException">Sealing was asked for, and no files.</exception>
    public static RunSealing Open(CommandRun run, string tool)
    {
        bool asked = run.Has(CommonOptions.Sign) || run.Has(CommonOptions.Encrypt);
        if (asked && run.Value(CommonOptions.Output) == "none" && !run.Has(CommonOptions.Store))
        {
            throw new UsageException(
                $"{(run.Has(CommonOptions.Sign) ? CommonOptions.Sign : CommonOptions.Encrypt).Name}: files are sealed, and --output none writes none", "choose a folder for --output");
        }

        TarsSettings settings = run.Settings;
        SealingSettings sealingSettings = SealingSettings.Of(settings.Loaded);
        if (run.Value(CommonOptions.Timestamp) is not null && !sealingSettings.Signs)
        {
            throw new UsageException($"{CommonOptions.Timestamp.Name}: a timestamp is over what is signed, and nothing is", "write --sign as well");
        }

        ReportSealing? sealing = ReportSealing.Open(sealingSettings, run.Time);
        foreach (string warning in sealing?.Warnings ?? [])
        {
            run.Console.Warn(warning);
        }

        return new RunSealing(tool, settings, run.Audit, run.Time) { _sealing = sealing };
    }

    /// <summary>Writes a report's files to a folder, sealed as asked, and keeps it in the store where that is asked.</summary>
    /// <param name="folder">The folder; null for none.</param>
    /// <param name="report">The report.</param>
    /// <param name="kept">Keeps it; null when it is not kept.</param>
    /// <param name="window">What the run was about.</param>
    /// <param name="source">What was read.</param>
    /// <param name="captureSha256">Digest of the capture that was read; null for a backend.</param>
    /// <param name="cancellationToken">Ends it, up to the moment in which the report is kept, or the files in the folder get their names.</param>
    public async Task<IReadOnlyList<string>> WriteAsync(
        string? folder, Report report, RunKeeping? kept, TimeWindow window, RunSource source, string? captureSha256, CancellationToken cancellationToken)
    {
        SealedReport made = await SealAsync(report, window, source, captureSha256, cancellationToken).ConfigureAwait(false);
        if (kept is not null)
        {
            await kept.PutAsync(report, made.Report, _sealing?.Signers, cancellationToken).ConfigureAwait(false);
        }

        // The folder takes the files before the report is kept, and names them after: what is not kept is not in the folder.
        using StagedReport? staged = folder is null ? null : await new ReportDirectory(folder).StageAsync(made.Report, made.Replaced, cancellationToken).ConfigureAwait(false);
        if (kept is not null)
        {
            AuditedRun.Wrote(_audit, report, made.Report); // forgotten where the report turns out not to be kept
            await kept.KeepAsync(cancellationToken).ConfigureAwait(false);
        }

        IReadOnlyList<string> written = staged?.Place() ?? [];
        AuditedRun.Wrote(_audit, report, made.Report);
        return written;
    }

    private async Task<SealedReport> SealAsync(Report report, TimeWindow window, RunSource source, string? captureSha256, CancellationToken cancellationToken)
    {
        if (_sealing is null)
        {
            return new SealedReport(report, []);
        }

        AuditIntent? intent = await _audit.ProveIntentAsync().ConfigureAwait(false);
        RunFacts facts = new(
            _tool, Version, _audit.RunId, AuditedRun.ConfigurationSha256(_settings), window.From, window.To, source, captureSha256, intent, _time.GetUtcNow(), Signer);
        return await _sealing.SealAsync(report, facts, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where a reading's series come from.</summary>
    public static RunSource SourceOf(SeriesReading reading, SourceDescription source, string? captureFolder) => captureFolder is null
        ? new RunSource(source.Application, source.Version, reading.Addresses())
        : new RunSource("capture", null, Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(captureFolder))));

    /// <summary>Clears the keys.</summary>
    public void Dispose() => _sealing?.Dispose();
}
