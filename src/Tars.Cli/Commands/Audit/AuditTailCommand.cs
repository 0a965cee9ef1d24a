using System.CommandLine;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit tail</c>: the newest events, and those that come.</summary>
internal static class AuditTailCommand
{
    private const int DefaultLines = 10;
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    private static readonly Option<int?> Lines = new("--lines", "-n") { HelpName = "N", Description = "How many events are shown first (default 10)" };

    private static readonly Option<bool> Follow = CommonOptions.Flag("--follow", "Goes on with events that come, until it is interrupted", "-f");

    private static readonly Option<string?> Format = EventFormat.Of("table", "json", "csv");

    public static Command Create() => AuditOptions.Verb(
        "tail", "Shows the newest events of an audit log, one a line", [Lines, Follow, AuditOptions.Log, AuditOptions.Subjects, Format], RunAsync,
        "tars audit tail --log audit", "tars audit tail -f -n 50 --log audit");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        AuditQuery query = new(log);
        using SubjectKeys? keys = AuditOptions.OpenSubjects(run, log);
        Persons persons = new(query, keys);
        int count = run.Value(Lines) is { } given ? AuditOptions.Count(Lines.Name, given, 0) : DefaultLines;
        long next = Math.Max(0, query.Tree().Size - count);
        if (run.Value(Format) == "csv")
        {
            run.Console.Write(EventRows.CsvHeader + "\n");
        }

        try
        {
            while (true)
            {
                for (AuditRecord? record = query.At(next); record is not null; record = query.At(++next))
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    persons.See(record);
                    Show(run, record, persons);
                }

                if (!run.Has(Follow))
                {
                    return ExitCode.Ok;
                }

                await Task.Delay(LookInterval, run.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (run.Has(Follow))
        {
            return ExitCode.Ok; // the way in which following ends
        }
    }

    private static void Show(CommandRun run, AuditRecord record, Persons persons) => run.Console.Say(run.Value(Format) switch
    {
        "json" => EventRows.JsonLine(record, persons),
        "csv" => EventRows.Csv(record, persons),
        _ => string.Join("  ", EventRows.Row(record, persons).Where(cell => cell.Length > 0)),
    });
}
