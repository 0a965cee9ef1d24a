using System.CommandLine;
using System.Globalization;
using Tars.Application.Collecting;
using Tars.Cli.CommandLine;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.Commands.Capture;

/// <summary><c>tars capture</c>: keeps a backend's answers, so that every analysis can be repeated on them.</summary>
internal static class CaptureCreateCommand
{
    public static Command Create()
    {
        Option[] options = [.. CommonOptions.Reading.Where(option => option != CommonOptions.Capture), CommonOptions.Output, CommonOptions.Sign, CommonOptions.Timestamp];
        string[] examples =
        [
            "tars capture --window 14d --output captures/fortnight", "tars capture --window 14d --output captures/fortnight --sign", "tars capture import --csv cpu.csv --output captures/cpu --config tars.yaml",
            "tars capture show captures/fortnight",
        ];
        TarsCommand capture = TarsCommand.Verb("capture", "Keeps a backend's answers; every command reads them with --capture", options, RunAsync, examples);
        capture.Subcommands.Add(CaptureImportCommand.Create());
        capture.Subcommands.Add(CaptureShowCommand.Create());
        return capture;
    }

    /// <summary>What made a capture.</summary>
    public static string CreatedBy => $"tars {typeof(CaptureCreateCommand).Assembly.GetName().Version?.ToString(3)}";

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string folder = FolderOf(run);
        using CaptureSigning signing = CaptureSigning.Open(run); // before the backend is asked: what cannot be signed is not captured
        using SeriesReading reading = await run.OpenAsync(cancellationToken).ConfigureAwait(false);
        TimeWindow window = reading.Resolve(run.Window(), TimeSpan.FromDays(7));
        IReadOnlyList<BackendPlan> plans = reading.Plan(window, TimeSpan.Zero);
        if (run.Has(CommonOptions.Plan))
        {
            PlanText.Write(run.Console, window, plans, await reading.EstimateAsync(plans, cancellationToken).ConfigureAwait(false));
            return ExitCode.Ok;
        }

        IReadOnlyList<(string Folder, CaptureManifest Manifest)> made = await Capturing.CaptureAsync(reading, plans, folder, CreatedBy, run.Progress("capturing"), cancellationToken).ConfigureAwait(false);
        Told(run, window, made);
        foreach ((string captured, CaptureManifest manifest) in made)
        {
            await signing.SignAsync(run, captured, manifest, cancellationToken).ConfigureAwait(false);
        }

        return ExitCode.Ok;
    }

    /// <summary>The folder that becomes the capture.</summary>
    public static string FolderOf(CommandRun run) => run.Value(CommonOptions.Output) switch
    {
        null => "capture",
        "none" => throw new UsageException("--output: a capture is files; 'none' makes none", "write --output captures/NAME"),
        { } folder => folder,
    };

    /// <summary>Says what was captured, and what could not be.</summary>
    public static void Told(CommandRun run, TimeWindow window, IReadOnlyList<(string Folder, CaptureManifest Manifest)> made)
    {
        run.Console.ClearProgress();
        foreach ((string folder, CaptureManifest manifest) in made)
        {
            AuditedRun.WroteCapture(run.Audit, folder);
            run.Console.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"captured {window} from {manifest.Source.Application} {manifest.Source.Version} in {folder}: {manifest.Queries.Count} queries, {manifest.Queries.Sum(query => query.SeriesCount)} series, {manifest.Queries.Sum(query => query.PointCount)} points, {manifest.Queries.Sum(query => query.Bytes) / 1e6:0.0} MB"));
            foreach (CapturedQuery query in manifest.Queries.Where(query => query.Failure is not null))
            {
                run.Console.Warn($"{query.Text}: {query.Failure}");
            }

            int empty = manifest.Queries.Count(query => query.Failure is null && query.SeriesCount == 0);
            if (empty > 0)
            {
                run.Console.Warn($"{empty} queries matched no series; 'tars capture show {folder}' lists them");
            }
        }
    }
}
