using System.CommandLine;
using Tars.Application.Collecting;
using Tars.Cli.CommandLine;
using Tars.Observability.Captures;
using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Cli.Commands.Capture;

/// <summary><c>tars capture import</c>: a capture from files, without a backend.</summary>
internal static class CaptureImportCommand
{
    private static readonly Option<string?> Csv = CommonOptions.Text("--csv", "FILE", "CSV: timestamp,value with --series; with columns metric and labels; or a column per series");

    private static readonly Option<string?> OpenMetrics = CommonOptions.Text("--openmetrics", "FILE", "OpenMetrics or Prometheus text whose samples carry timestamps");

    private static readonly Option<string?> Series = CommonOptions.Text("--series", "SELECTOR", "The series in the column value, for example 'requests_total{service=\"cart\"}'");

    public static Command Create() => TarsCommand.Verb(
        "import",
        "Makes a capture from files: the queries of the configuration are answered from their samples",
        [Csv, OpenMetrics, Series, CommonOptions.From, CommonOptions.To, CommonOptions.Window, CommonOptions.TimeZone, CommonOptions.Services, CommonOptions.Output],
        RunAsync,
        "tars capture import --openmetrics metrics.txt --output captures/imported");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string folder = CaptureCreateCommand.FolderOf(run);
        SampleSet samples = await ReadAsync(run, cancellationToken).ConfigureAwait(false);
        if (samples.Extent is not { } extent)
        {
            throw new UsageException("the file holds no sample");
        }

        IReadOnlyList<ServiceDefinition> services = SeriesReading.Choose(run.Settings, run.ServiceNames);
        TimeSpan step = run.Settings.Observability.Step;
        DateTimeOffset first = Instants.AlignDown(extent.First, step);
        DateTimeOffset end = Instants.AlignDown(extent.Last, step) + step;
        WindowRequest request = run.Window();
        TimeWindow window = request == WindowRequest.Unspecified ? new TimeWindow(first, end) : request.Resolve(step, end, null, end - first);
        QueryPlan plan = QueryPlan.Of(run.Settings.ToCollection(services), TimeGrid.Of(window, step));
        CaptureManifest manifest = await Capturing.CaptureAsync(
            samples, plan, folder, CaptureCreateCommand.CreatedBy, run.Settings.Observability.Concurrency, run.Progress("importing"), cancellationToken).ConfigureAwait(false);
        CaptureCreateCommand.Told(run, window, [(folder, manifest)]);
        return ExitCode.Ok;
    }

    private static async Task<SampleSet> ReadAsync(CommandRun run, CancellationToken cancellationToken)
    {
        (string? csv, string? openMetrics) = (run.Value(Csv), run.Value(OpenMetrics));
        if (csv is null == openMetrics is null)
        {
            throw new UsageException("one of --csv and --openmetrics is needed", "write for example --openmetrics metrics.txt");
        }

        if (!File.Exists(csv ?? openMetrics))
        {
            throw new UsageException($"{csv ?? openMetrics}: there is no such file");
        }

        try
        {
            return csv is not null
                ? await CaptureImport.FromCsvAsync(csv, new CsvImport(SeriesOf(run)), cancellationToken).ConfigureAwait(false)
                : await CaptureImport.FromOpenMetricsAsync(openMetrics!, cancellationToken).ConfigureAwait(false);
        }
        catch (FormatException exception)
        {
            throw new UsageException(exception.Message);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"{csv ?? openMetrics}: {exception.Message}");
        }
    }

    private static Selector? SeriesOf(CommandRun run) => run.Value(Series) switch
    {
        null => null,
        { } text when SelectorParser.TryParse(text, out Selector? selector, out string? problem) => selector ?? throw new UsageException($"--series: {problem}"),
        { } text => throw new UsageException($"--series: '{text}' is no series", "write for example 'requests_total{service=\"cart\"}'"),
    };
}
