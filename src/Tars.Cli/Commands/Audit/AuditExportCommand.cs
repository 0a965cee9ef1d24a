using System.CommandLine;
using System.Text;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit export</c>: events as lines of JSON or CSV, for other programs.</summary>
internal static class AuditExportCommand
{
    private static readonly Option<bool> Reveal = CommonOptions.Flag("--reveal", "Names persons whose keys are at hand; without it JSON is the log's own lines, byte for byte, and CSV says (sealed)");

    private static readonly Option<string?> Output = CommonOptions.Text("--output", "FILE", "Where the events go; standard output without it");

    private static readonly Option<string?> Format = EventFormat.Of("json", "csv");

    public static Command Create() => AuditOptions.Verb(
        "export", "Writes events of an audit log as lines of JSON or as CSV", [.. EventFilter.Options, Reveal, Output, AuditOptions.Log, AuditOptions.Subjects, Format], RunAsync,
        "tars audit export --log audit --from 2026-01-01 --to 2026-02-01 --output january.jsonl", "tars audit export --log audit --reveal -o csv");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        AuditQuery query = new(log);
        using SubjectKeys? keys = AuditOptions.OpenSubjects(run, log);
        bool isRevealed = run.Has(Reveal);
        if (isRevealed && keys is null)
        {
            throw new UsageException($"{Reveal.Name}: {AuditOptions.SubjectsOf(run, log)}: there is no folder of persons' keys", "name it with --subjects DIR, or leave --reveal out");
        }

        Persons persons = new(query, keys);
        Persons shown = isRevealed ? persons : new Persons(query, null);
        bool isCsv = run.Value(Format) == "csv";
        IEnumerable<string> lines = query.Find(EventFilter.Of(run, persons)).Select(record =>
            isCsv ? EventRows.Csv(record, shown) : isRevealed ? EventRows.JsonLine(record, shown) : EventRows.AsWritten(record));
        lines = isCsv ? lines.Prepend(EventRows.CsvHeader) : lines;
        if (run.Value(Output) is not { } path)
        {
            foreach (string line in lines)
            {
                cancellationToken.ThrowIfCancellationRequested();
                run.Console.Write(line + "\n");
            }

            return ExitCode.Ok;
        }

        using ReplacementFile file = new(path, ReplacementFile.OwnerOnly);
        StreamWriter writer = new(file.Stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        long count = 0;
        await using (writer.ConfigureAwait(false))
        {
            foreach (string line in lines)
            {
                cancellationToken.ThrowIfCancellationRequested();
                await writer.WriteLineAsync(line.AsMemory(), cancellationToken).ConfigureAwait(false);
                count++;
            }
        }

        file.Commit();
        run.Console.Note(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"wrote {(isCsv ? count - 1 : count)} events to {path}"));
        return ExitCode.Ok;
    }
}
