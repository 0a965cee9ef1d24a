using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Observability.Regressions;
using Tars.Reports.Regressions;

namespace Tars.Cli.Commands.Regressions;

/// <summary><c>tars regressions changepoints</c>: where a series in CSV changed its level.</summary>
internal static class ChangePointsCommand
{
    private static readonly Option<string?> Csv = CommonOptions.Text("--csv", "FILE", "Rows of timestamp,value");

    public static Command Create() => TarsCommand.Verb(
        "changepoints",
        "Where a series in CSV changed its level",
        [Csv, CommonOptions.Format],
        (run, _) => Task.FromResult(Run(run)),
        "tars regressions changepoints --csv cpu.csv -o json");

    private static int Run(CommandRun run)
    {
        string path = CsvInput.PathOf(run, Csv);
        using StreamReader rows = CsvInput.Open(path);
        ChangePointReport report = ChangePointReport.OfCsv(rows, path);
        switch (run.Format)
        {
            case OutputFormat.Json:
                run.Console.WriteFile(ChangePointFile.Json(report));
                break;
            case OutputFormat.Csv:
                run.Console.WriteFile(ChangePointFile.Csv(report));
                break;
            case OutputFormat.Markdown:
                run.Console.WriteFile(ChangePointFile.Markdown(report));
                break;
            default:
                run.Console.WriteTable(ChangePointFile.Table(report));
                break;
        }

        return ExitCode.Ok;
    }
}
