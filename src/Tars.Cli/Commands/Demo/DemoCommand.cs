using System.CommandLine;
using System.Globalization;
using Tars.Application.Collecting;
using Tars.Application.Publishing;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Capture;
using Tars.Configuration.Layers;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;

namespace Tars.Cli.Commands.Demo;

/// <summary>
/// <c>tars demo</c>: a simulated fleet served on loopback, captured from there over HTTP, and the whole chain run on the capture. The
/// analyses see what a backend answers, never the generator.
/// </summary>
internal static class DemoCommand
{
    private const string DefaultFolder = "tars-demo";

    private static readonly Option<string?> Seed = CommonOptions.Text("--seed", "N", "Another fleet; the same seed gives the same bytes");

    private static readonly Option<string?> Folder = CommonOptions.Text("--output", "DIR", $"Where the demo is put (default {DefaultFolder})");

    public static Command Create() => TarsCommand.Verb(
        "demo", "Shows the whole chain on a simulated fleet; nothing has to be installed", [Seed, Folder], RunAsync, "tars demo", "tars demo --seed 7 --output other-demo");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        ulong seed = SeedOf(run);
        DemoFolder folder = new(run.Value(Folder) ?? DefaultFolder);
        await folder.PrepareAsync(cancellationToken).ConfigureAwait(false);
        DemoTale tale = new(run.Console.Output, folder);
        TimeWindow all = await CaptureAsync(run, folder, tale, seed, cancellationToken).ConfigureAwait(false);

        TimeWindow week = new(all.From + (all.Duration / 2), all.To);
        using SeriesReading reading = await SeriesReading.OpenAsync(
            SettingsOf(folder, null), new ReadingRequest(folder.Capture, [], null), run.Time, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<BackendPlan> plans = reading.Plan(week, all.Duration - week.Duration);
        SeriesSet set = await reading.CollectAsync(plans, run.Progress("reading the capture"), cancellationToken).ConfigureAwait(false);
        DemoAnalyses found = await DemoAnalyses.RunAsync(new Collected(set, reading.Analysis, week), run.Console.Progress).ConfigureAwait(false);
        run.Console.Progress("writing reports");
        foreach ((string place, Tars.Reports.Report report) in found.Reports(set))
        {
            await new ReportDirectory(Path.Combine(folder.Path, place)).WriteAsync(report, cancellationToken).ConfigureAwait(false);
        }

        run.Console.ClearProgress();
        tale.Found(found);
        tale.Next();
        return ExitCode.Ok;
    }

    private static async Task<TimeWindow> CaptureAsync(CommandRun run, DemoFolder folder, DemoTale tale, ulong seed, CancellationToken cancellationToken)
    {
        run.Console.Progress("drawing a fleet");
        SimulatedFleet fleet = FleetGenerator.Generate(seed);
        await folder.WritePlantedAsync(fleet, cancellationToken).ConfigureAwait(false);
        SimulatedBackend backend = await SimulatedBackend.StartAsync(fleet, run.Time, cancellationToken).ConfigureAwait(false);
        await using (backend.ConfigureAwait(false))
        {
            using SeriesReading reading = await SeriesReading.OpenAsync(
                SettingsOf(folder, backend.Address), new ReadingRequest(null, [], null), run.Time, cancellationToken).ConfigureAwait(false);
            TimeWindow all = new(fleet.Start, fleet.End);
            (_, CaptureManifest manifest) = (await Capturing.CaptureAsync(
                reading, reading.Plan(all, TimeSpan.Zero), folder.Capture, CaptureCreateCommand.CreatedBy, run.Progress("capturing"), cancellationToken)
                .ConfigureAwait(false))[0];
            run.Console.ClearProgress();
            tale.Captured(fleet, manifest, all);
            return all;
        }
    }

    // The demo depends on nothing around it: no variables, no file of the user.
    private static TarsSettings SettingsOf(DemoFolder folder, Uri? backend) => TarsSettings.Load(new SettingsSearch
    {
        WorkingFolder = Directory.GetCurrentDirectory(),
        ConfigPath = folder.Configuration,
        CommandLine = backend is null ? [] : [new CommandLineSetting("demo", "observability.prometheus_url", backend.ToString())],
    });

    private static ulong SeedOf(CommandRun run) => run.Value(Seed) switch
    {
        null => DemoFleet.Seed,
        { } text when ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) => seed,
        { } text => throw new UsageException($"--seed: '{text}' is no seed; write a whole number from 0 on"),
    };
}
