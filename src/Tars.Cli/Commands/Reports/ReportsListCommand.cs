using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Audit;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports list</c>: which reports there are, the newest first.</summary>
internal static class ReportsListCommand
{
    private const int DefaultLimit = 50;
    private const int LargestPage = 1000;

    private static readonly Option<string?> Date = CommonOptions.Text("--date", "DATE", "Filed under this day");
    private static readonly Option<string?> From = CommonOptions.Text("--from", "DATE", "Filed under this day or a later one");
    private static readonly Option<string?> To = CommonOptions.Text("--to", "DATE", "Filed under an earlier day than this");
    private static readonly Option<int?> Limit = new("--limit") { HelpName = "N", Description = "At most so many; default 50" };
    private static readonly Option<string?> Format = EventFormat.Of("table", "json", "csv");

    public static Command Create() => StoreCommand.Verb(
        "list", "Lists reports of the store, the newest first", [.. ReportChoice.Options, Date, From, To, Limit, Format], RunAsync,
        "tars reports list", "tars reports list --kind daily --verdict fail --from 2026-01-01 -o csv");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        int limit = run.Value(Limit) ?? DefaultLimit;
        if (limit < 1)
        {
            throw new UsageException($"{Limit.Name}: {limit} is too small; at least 1 is expected");
        }

        DateOnly? date = DayOf(run, Date);
        if (date is not null && (run.Value(From) ?? run.Value(To)) is not null)
        {
            throw new UsageException($"{Date.Name} means one day; {From.Name} and {To.Name} do not go with it");
        }

        ReportFilter filter = ReportChoice.FilterOf(run) with { DateFrom = date ?? DayOf(run, From), DateTo = date?.AddDays(1) ?? DayOf(run, To) };
        StoreAccess access = StoreAccess.Of(run);
        IReadOnlyList<StoredReport> reports = access.IsThere ? await ReadAsync(run, access, filter, limit, cancellationToken).ConfigureAwait(false) : [];
        switch (run.Value(Format))
        {
            case "json":
                ConfigFormat.WriteJson(run.Console, new JsonObject { ["reports"] = new JsonArray([.. reports.Select(report => (JsonNode)ReportJson.Of(report))]) });
                break;
            case "csv":
                WriteCsv(run, reports);
                break;
            default:
                WriteTable(run, access, reports, limit, filter == new ReportFilter());
                break;
        }

        return ExitCode.Ok;
    }

    private static async Task<IReadOnlyList<StoredReport>> ReadAsync(CommandRun run, StoreAccess access, ReportFilter filter, int limit, CancellationToken cancellationToken)
    {
        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            List<StoredReport> reports = [];
            while (reports.Count < limit)
            {
                int size = Math.Min(LargestPage, limit - reports.Count);
                IReadOnlyList<StoredReport> page = await opened.Rows.Reports.ListAsync(filter with { PageSize = size }, cancellationToken).ConfigureAwait(false);
                reports.AddRange(page);
                if (page.Count < size)
                {
                    break;
                }

                filter = filter with { After = (page[^1].Date, page[^1].Id) };
            }

            return reports;
        }
    }

    private static void WriteTable(CommandRun run, StoreAccess access, IReadOnlyList<StoredReport> reports, int limit, bool isEverything)
    {
        if (reports.Count == 0)
        {
            run.Console.Say(isEverything ? $"there is no report in {access.Storage.Address.Location}" : "no report fits");
            if (isEverything)
            {
                run.Console.Note(ReportChoice.Hint);
            }

            return;
        }

        List<string[]> rows = [["report", "date", "kind", "service", "verdict", "signed", "findings", "window"]];
        rows.AddRange(reports.Select(report => new[]
        {
            report.Id.ToString(CultureInfo.InvariantCulture), ReportJson.Day(report.Date), report.Kind, report.Service ?? "(all)", ReportJson.VerdictOf(report.Judgement) ?? "-",
            report.EnvelopeDigest is null ? "no" : "yes", report.FindingCount.ToString(CultureInfo.InvariantCulture), $"{ReportJson.Instant(report.Window.From)} to {ReportJson.Instant(report.Window.To)}",
        }));
        foreach (string line in ConfigFormat.Aligned(rows))
        {
            run.Console.Say(line);
        }

        if (reports.Count == limit)
        {
            run.Console.Note($"the newest {limit}; more with {Limit.Name}");
        }
    }

    private static void WriteCsv(CommandRun run, IReadOnlyList<StoredReport> reports)
    {
        Row("report", "date", "kind", "name", "service", "verdict", "verdict_reason", "signed", "figures", "findings", "window_from", "window_to", "run_id", "created");
        foreach (StoredReport report in reports)
        {
            Row(
                report.Id.ToString(CultureInfo.InvariantCulture), ReportJson.Day(report.Date), report.Kind, report.Name, report.Service, ReportJson.VerdictOf(report.Judgement), report.Judgement?.Reason,
                report.EnvelopeDigest is null ? "false" : "true", report.FigureCount.ToString(CultureInfo.InvariantCulture), report.FindingCount.ToString(CultureInfo.InvariantCulture),
                ReportJson.Instant(report.Window.From), ReportJson.Instant(report.Window.To), report.RunId.ToString(), ReportJson.Instant(report.Created));
        }

        void Row(params string?[] cells) => run.Console.Write(string.Join(',', cells.Select(Cell)) + "\n");
    }

    private static string Cell(string? text) => text is null ? string.Empty
        : text.AsSpan().ContainsAny(",\"\r\n") ? $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
        : text;

    private static DateOnly? DayOf(CommandRun run, Option<string?> option) => run.Value(option) is not { } text ? null
        : DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day) ? day
        : throw new UsageException($"{option.Name}: '{text}' is no day; write for example 2026-01-13");
}
