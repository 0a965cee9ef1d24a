using System.CommandLine;
using System.Text;
using Tars.Application.Publishing;
using Tars.Cli.CommandLine;
using Tars.Observability.Anomalies;
using Tars.Reports;

namespace Tars.Cli.Commands.Anomalies;

/// <summary><c>tars anomalies detect</c>: scores a series in CSV row by row, without looking ahead.</summary>
internal static class DetectCommand
{
    private static readonly Option<string?> Csv = CommonOptions.Text("--csv", "FILE", "Rows of timestamp,value");

    private static readonly Option<string?> Scores = CommonOptions.Text("--scores", "FILE", "Receives the scores; standard output without it");

    public static Command Create() => TarsCommand.Verb(
        "detect",
        "Scores a series in CSV: anomaly_score in [0, 1] and the expected range, row by row, without looking ahead",
        [Csv, Scores, .. AnomalyFlags.All],
        RunAsync,
        "tars anomalies detect --csv cpu.csv --scores scores.csv");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        AnomalyOptions options = AnomalyFlags.Of(run);
        string path = CsvInput.PathOf(run, Csv);
        using StreamReader rows = CsvInput.Open(path);
        if (run.Value(Scores) is not { } scores)
        {
            Scored(rows, run.Console.Output, path, options);
            return ExitCode.Ok;
        }

        using MemoryStream bytes = new();
        StreamWriter writer = new(bytes, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        (int Rows, int Anomalies) found;
        await using (writer.ConfigureAwait(false))
        {
            found = Scored(rows, writer, path, options);
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            ReportFile file = new(Path.GetFileName(scores), "text/csv", bytes.ToArray());
            string folder = Path.GetDirectoryName(scores) is { Length: > 0 } parent ? parent : ".";
            await new ReportDirectory(folder).WriteAsync(new Report("anomalies", [file]), cancellationToken).ConfigureAwait(false);
        }

        run.Console.Say($"{found.Anomalies} of {found.Rows} rows are anomalies; scores in {scores}");
        return ExitCode.Ok;
    }

    private static (int Rows, int Anomalies) Scored(TextReader rows, TextWriter output, string path, AnomalyOptions options)
    {
        try
        {
            (int Rows, int Anomalies) found = CsvAnomalyDetector.Detect(rows, output, options);
            return found.Rows > 0 ? found : throw new FormatException("it holds no row: nothing was scored");
        }
        catch (FormatException exception)
        {
            throw new UsageException($"{path}: {exception.Message}", "rows are timestamp,value");
        }
    }
}
