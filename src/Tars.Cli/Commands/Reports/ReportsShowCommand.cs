using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Store;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Cli.Commands.Reports;

/// <summary><c>tars reports show REPORT</c>: a report with its files, figures and findings.</summary>
internal static class ReportsShowCommand
{
    private const int ShownFigures = 20;
    private const int Page = 1000;

    private static readonly Option<bool> All = CommonOptions.Flag("--all", "Every figure, not the first twenty");

    public static Command Create()
    {
        TarsCommand show = StoreCommand.Verb(
            "show", "Shows a report of the store: its verdict, files, findings and figures", [.. ReportChoice.Options, All, ConfigFormat.TableOrJson], RunAsync,
            "tars reports show 17", "tars reports show latest --kind daily -o json");
        show.Arguments.Add(ReportChoice.Report);
        return show;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        OpenedStore opened = await ReportChoice.OpenAsync(run, StoreAccess.Of(run), cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            StoredReport report = await ReportChoice.FindAsync(run, opened, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<Rendering> files = await opened.Rows.Reports.RenderingsAsync(report.Id, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<StoredFigure> figures = await opened.Rows.Reports.FiguresAsync(report.Id, cancellationToken).ConfigureAwait(false);
            List<Finding> findings = await FindingsAsync(opened, report, cancellationToken).ConfigureAwait(false);
            if (ConfigFormat.IsJson(run))
            {
                JsonObject all = ReportJson.Of(report);
                all["files"] = new JsonArray([.. files.Select(file => (JsonNode)ReportJson.Of(file))]);
                all["figures"] = new JsonArray([.. figures.Select(figure => (JsonNode)ReportJson.Of(figure))]);
                all["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)ReportJson.Of(finding))]);
                ConfigFormat.WriteJson(run.Console, all);
                return ExitCode.Ok;
            }

            Write(run, report, files, figures, findings);
            return ExitCode.Ok;
        }
    }

    private static async Task<List<Finding>> FindingsAsync(OpenedStore opened, StoredReport report, CancellationToken cancellationToken)
    {
        List<Finding> findings = [];
        FindingCursor? after = null;
        do
        {
            FindingPage page = await opened.Rows.Findings.QueryAsync(new FindingFilter { ReportId = report.Id }, FindingOrder.OldestFirst, Page, after, cancellationToken).ConfigureAwait(false);
            findings.AddRange(page.Findings);
            after = page.Next;
        }
        while (after is not null);
        return [.. findings.OrderBy(finding => finding.Ordinal)];
    }

    private static void Write(CommandRun run, StoredReport report, IReadOnlyList<Rendering> files, IReadOnlyList<StoredFigure> figures, List<Finding> findings)
    {
        string verdict = report.Judgement is { } judgement ? $"{ReportJson.VerdictOf(judgement)!.ToUpperInvariant()}{(judgement.Reason is null ? string.Empty : $": {judgement.Reason}")}" : "none was asked for";
        Say(ConfigFormat.Aligned(
        [
            ["report", report.Id.ToString(CultureInfo.InvariantCulture)],
            ["kind", report.Kind],
            ["service", report.Service ?? "(all)"],
            ["date", ReportJson.Day(report.Date)],
            ["window", $"{ReportJson.Instant(report.Window.From)} to {ReportJson.Instant(report.Window.To)}"],
            ["verdict", verdict],
            ["run", report.RunId.ToString()],
            ["kept", ReportJson.Instant(report.Created)],
            ["envelope", report.EnvelopeDigest is { } digest ? $"sha256 {digest}" : "none: the report is not signed"],
        ]));
        Section("files", [.. files.Select(file => new[] { file.Format, file.FileName, StoreAccess.Bytes(file.Blob.Size), file.SealedDigest is null ? string.Empty : "sealed" })], "it has none");
        Section(
            "findings",
            [.. findings.Select(finding => new[] { ReportJson.Lower(finding.Found.Severity), finding.Found.Kind, finding.Found.Service, finding.Found.Metric, finding.Found.Summary })],
            "there are none");
        IReadOnlyList<StoredFigure> shown = run.Has(All) ? figures : [.. figures.Take(ShownFigures)];
        Section("figures", [.. shown.Select(RowOf)], "it has none");
        if (shown.Count < figures.Count)
        {
            run.Console.Say($"  and {figures.Count - shown.Count} more; --all shows them");
        }

        void Section(string title, IReadOnlyList<string[]> rows, string empty)
        {
            run.Console.Say(string.Empty);
            run.Console.Say(rows.Count == 0 ? $"{title}: {empty}" : title);
            Say(ConfigFormat.Aligned(rows, "  "));
        }

        void Say(IEnumerable<string> lines)
        {
            foreach (string line in lines)
            {
                run.Console.Say(line);
            }
        }
    }

    private static string[] RowOf(StoredFigure figure)
    {
        (string state, double? value, double? coverage, string? reason) = ReportJson.Parts(figure.Measurement);
        return
        [
            figure.Service ?? "(all)",
            figure.Region ?? string.Empty,
            figure.Metric,
            value is { } number ? $"{number.ToString("0.######", CultureInfo.InvariantCulture)} {figure.Unit}".TrimEnd() : state.Replace('_', ' '),
            coverage is { } share ? $"coverage {(share * 100).ToString("0.##", CultureInfo.InvariantCulture)} %" : reason ?? string.Empty,
            ReportJson.VerdictOf(figure.Judgement) ?? string.Empty,
        ];
    }
}
