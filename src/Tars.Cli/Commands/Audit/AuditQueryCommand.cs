using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit query</c>: events of a log. It reads and does not verify; a line whose own hash does not fit ends it.</summary>
internal static class AuditQueryCommand
{
    private static readonly Option<string?> Format = EventFormat.Of("table", "json", "csv");

    public static Command Create() => AuditOptions.Verb(
        "query", "Finds events in an audit log; persons are named where their keys are at hand", [.. EventFilter.Options, AuditOptions.Log, AuditOptions.Subjects, Format], RunAsync,
        "tars audit query --log audit --outcome denied --from 2026-01-01", "tars audit query --log audit --actor ada@example.org -o csv");

    private static Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        AuditQuery query = new(log);
        using SubjectKeys? keys = AuditOptions.OpenSubjects(run, log);
        Persons persons = new(query, keys);
        IEnumerable<AuditRecord> found = query.Find(EventFilter.Of(run, persons)).Select(record =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            return record;
        });
        switch (run.Value(Format))
        {
            case "json":
                WriteJson(run, found, persons);
                break;
            case "csv":
                run.Console.Write(EventRows.CsvHeader + "\n");
                foreach (AuditRecord record in found)
                {
                    run.Console.Write(EventRows.Csv(record, persons) + "\n");
                }

                break;
            default:
                Table(run, [.. found.Select(record => EventRows.Row(record, persons))]);
                break;
        }

        return Task.FromResult(ExitCode.Ok);
    }

    /// <summary>One document, written as the events are read: a log may be larger than the memory.</summary>
    private static void WriteJson(CommandRun run, IEnumerable<AuditRecord> found, Persons persons)
    {
        bool isFirst = true;
        foreach (AuditRecord record in found)
        {
            run.Console.Write(isFirst ? "{\n  \"events\": [\n    " : ",\n    ");
            run.Console.Write(ConfigFormat.Json(EventRows.Json(record, persons)).Replace("\n", "\n    ", StringComparison.Ordinal));
            isFirst = false;
        }

        run.Console.Write(isFirst ? "{\n  \"events\": []\n}\n" : "\n  ]\n}\n");
    }

    private static void Table(CommandRun run, IReadOnlyList<string[]> rows)
    {
        foreach (string line in rows.Count == 0 ? ["no event fits"] : ConfigFormat.Aligned([EventRows.Header, .. rows]))
        {
            run.Console.Say(line);
        }
    }
}

/// <summary>The option <c>-o</c> of commands that write events.</summary>
internal static class EventFormat
{
    /// <summary>The option with these formats, of which the first is the default.</summary>
    public static Option<string?> Of(params string[] formats)
    {
        Option<string?> option = new("--format", "-o") { HelpName = string.Join('|', formats), Description = "What standard output gets" };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && !formats.Contains(result.Tokens[0].Value))
            {
                result.AddError($"'{result.Tokens[0].Value}' is no output format; write {string.Join(" or ", formats)}");
            }
        });
        option.CompletionSources.Add(formats);
        return option;
    }
}
