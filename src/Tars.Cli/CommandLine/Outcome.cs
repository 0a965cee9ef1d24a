using Tars.Reports;

namespace Tars.Cli.CommandLine;

/// <summary>What a command found, ready for every output.</summary>
/// <param name="Report">The files.</param>
/// <param name="Headline">What a person reads first: one short line or more.</param>
/// <param name="Tables">What a terminal shows below it; made only when it is asked for.</param>
/// <param name="Json">The JSON file.</param>
/// <param name="Markdown">The Markdown file.</param>
/// <param name="Csv">The flat table; made only when it is asked for.</param>
/// <param name="ExitCode">The exit code.</param>
internal sealed record Outcome(
    Report Report,
    IReadOnlyList<string> Headline,
    Func<IReadOnlyList<ReportTable>> Tables,
    Func<ReportFile> Json,
    Func<ReportFile> Markdown,
    Func<ReportFile> Csv,
    int ExitCode)
{
    /// <summary>The file for standard output.</summary>
    public ReportFile FileFor(OutputFormat format) => format switch
    {
        OutputFormat.Json => Json(),
        OutputFormat.Markdown => Markdown(),
        OutputFormat.Csv => Csv(),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Headline and tables.</summary>
    public void WriteTables(TarsConsole console)
    {
        foreach (string line in Headline)
        {
            console.WriteHeadline(line);
        }

        foreach (ReportTable table in Tables())
        {
            console.WriteTable(table);
        }
    }
}
