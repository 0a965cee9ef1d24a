using System.CommandLine;
using System.Globalization;
using System.Text;
using Tars.Application.Discovery;
using Tars.Application.Publishing;
using Tars.Application.Settings;
using Tars.Cli.CommandLine;
using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;
using Tars.Reports;

namespace Tars.Cli.Commands.Discover;

/// <summary><c>tars discover</c>: writes a configuration for what a backend has.</summary>
internal static class DiscoverCommand
{
    private const string StandardOutput = "-";
    private const string DefaultOutput = "tars.yaml";
    private const int MostGroups = 8;

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "The file to write; '-' prints it. Default tars.yaml");

    private static readonly Option<bool> Force = CommonOptions.Flag("--force", "Replaces the file when it exists");

    private static readonly Option<string?> Window = CommonOptions.Text("--window", "DURATION", "How far back series are looked for. Default 1h");

    public static Command Create() => TarsCommand.Verb(
        "discover",
        "Looks at what a backend has and writes a commented tars.yaml for it",
        [Output, Force, Window, CommonOptions.PrometheusUrl, CommonOptions.Backend],
        RunAsync,
        "tars discover --prometheus-url http://localhost:9090",
        "tars discover --output - --window 24h");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string output = run.Value(Output) ?? DefaultOutput;
        RefuseExisting(output, run.Has(Force));
        TimeSpan length = CommonOptions.Duration(Window, run.Value(Window)) ?? TimeSpan.FromHours(1);
        ObservabilitySettings settings = run.Settings.Observability;
        DateTimeOffset now = Instants.AlignDown(run.Time.GetUtcNow(), TimeSpan.FromSeconds(1));
        DiscoverySource source = DiscoverySource.Of(settings.Backend, new TimeWindow(now - length, now));
        DiscoveryResult found = await DiscoverAsync(settings, source.Window, run.Time, cancellationToken).ConfigureAwait(false);
        foreach (string note in found.Notes)
        {
            run.Console.Warn(note);
        }

        if (found.Services.Count == 0)
        {
            return NothingRecognised(run.Console, found, length);
        }

        string text = DiscoveryYaml.Of(found, source);
        if (output == StandardOutput)
        {
            await run.Console.Output.WriteAsync(text).ConfigureAwait(false);
            Tell(run.Console.Error, found, run.Console.Quiet);
            return ExitCode.Ok;
        }

        RefuseExisting(output, run.Has(Force)); // it may have come into being meanwhile
        await WriteAsync(output, text, cancellationToken).ConfigureAwait(false);
        Tell(run.Console.Output, found, run.Console.Quiet);
        run.Console.Note($"wrote {output}; next: tars kpi --config {output}");
        return ExitCode.Ok;
    }

    private static int NothingRecognised(TarsConsole console, DiscoveryResult found, TimeSpan length)
    {
        int families = found.NotUsed.Sum(group => group.Families.Count);
        if (families == 0)
        {
            console.Fail($"the backend has had no series in the last {PromQl.Duration(length)}; no file was written", "does it scrape anything? a longer --window looks further back");
        }
        else
        {
            console.Fail(
                string.Create(CultureInfo.InvariantCulture, $"none of the backend's {families} metric families gives an indicator ({Groups(found)}); no file was written"),
                "docs/guides/configuration.md says how indicators are written by hand");
        }

        return ExitCode.Inconclusive;
    }

    private static async Task<DiscoveryResult> DiscoverAsync(ObservabilitySettings settings, TimeWindow window, TimeProvider time, CancellationToken cancellationToken)
    {
        using PrometheusClient client = new(settings.ToPrometheusOptions(settings.Backend), time);
        return Recognition.Of(await new InventoryReader(client, settings.Concurrency).ReadAsync(window, cancellationToken).ConfigureAwait(false));
    }

    private static void RefuseExisting(string output, bool force)
    {
        if (output != StandardOutput && !force && Path.Exists(output))
        {
            throw new UsageException($"{output} exists", "choose another --output, print with --output -, or replace it with --force");
        }
    }

    private static async Task WriteAsync(string output, string text, CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(output);
        Report report = new("discover", [new ReportFile(Path.GetFileName(path), "application/yaml", Encoding.UTF8.GetBytes(text))]);
        await new ReportDirectory(Path.GetDirectoryName(path)!).WriteAsync(report, cancellationToken).ConfigureAwait(false);
    }

    private static void Tell(TextWriter writer, DiscoveryResult found, bool quiet)
    {
        if (quiet)
        {
            return;
        }

        foreach (DiscoveredService service in found.Services)
        {
            string kind = service.Kind == ServiceKind.Service ? "service" : "infrastructure";
            writer.WriteLine($"recognised {kind} {service.Name}: {string.Join(", ", service.Indicators.Select(indicator => indicator.Definition.Name))}");
        }

        foreach (MissedIndicator missed in found.Missed)
        {
            writer.WriteLine($"in part {missed.Target}: {missed.Indicator} of preset {missed.Preset}: {missed.Reason}");
        }

        int families = found.NotUsed.Sum(group => group.Families.Count);
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"not used: {families} metric families{(families > 0 ? $" ({Groups(found)})" : string.Empty)}"));
    }

    private static string Groups(DiscoveryResult found) =>
        string.Join(", ", found.NotUsed.Take(MostGroups).Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Prefix} {group.Families.Count}")))
        + (found.NotUsed.Count > MostGroups ? ", …" : string.Empty);
}
