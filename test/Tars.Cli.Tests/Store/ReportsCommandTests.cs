using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Storage.Reports;
using Xunit;

namespace Tars.Cli.Tests.Store;

/// <summary>Stored reports are found, shown, verified and exported again.</summary>
public sealed class ReportsCommandTests : IAsyncLifetime
{
    private readonly List<StoredReport> _reports = [];
    private FilledStore? _filled;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private FilledStore Filled => _filled!;

    public async ValueTask InitializeAsync()
    {
        _filled = await FilledStore.CreateAsync();
        await using OpenedStore store = await _filled.OpenAsync();
        for (int i = 0; i < 4; i++)
        {
            _reports.Add(await _filled.PublishAsync(store, i, isSigned: i < 3));
        }
    }

    public ValueTask DisposeAsync()
    {
        _filled?.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("", "2026-01-04 2026-01-03 2026-01-02 2026-01-01")]
    [InlineData("--limit 1", "2026-01-04")]
    [InlineData("--verdict fail", "2026-01-04 2026-01-01")]
    [InlineData("--from 2026-01-02 --to 2026-01-04", "2026-01-03 2026-01-02")]
    [InlineData("--date 2026-01-02", "2026-01-02")]
    [InlineData("--kind daily", "")]
    [InlineData("--kind kpi --verdict pass", "2026-01-02")]
    public async Task List_Filters_NewestFirst(string options, string dates)
    {
        JsonNode found = await Filled.JsonAsync(0, ["reports", "list", .. options.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        Assert.Equal(dates, string.Join(' ', found["reports"]!.AsArray().Select(report => (string)report!["date"]!)));
    }

    [Fact]
    public async Task List_TableAndCsv_HaveOneLineForEachReport()
    {
        string[] table = (await Filled.TarsAsync(0, "reports", "list")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(5, table.Length);
        Assert.Matches(@"^4 +2026-01-04 +kpi +\(all\) +fail +no +2 +2026-01-04T00:00:00Z to 2026-01-05T00:00:00Z$", table[1]);
        string[] csv = (await Filled.TarsAsync(0, "reports", "list", "-o", "csv")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.StartsWith("report,date,kind", csv[0], StringComparison.Ordinal);
        Assert.StartsWith("4,2026-01-04,kpi,kpi,,fail,checkout/availability: 99.1 % is below the target 99.9 %,false,2,2,", csv[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_EmptyStore_SaysSoAndWhatFillsIt()
    {
        using FilledStore empty = FilledStore.Empty();
        string said = await empty.TarsAsync(0, "reports", "list");
        Assert.Contains("there is no report in", said, StringComparison.Ordinal);
        Assert.Contains("'tars kpi'", said, StringComparison.Ordinal);
        Assert.Contains("the store is empty", await empty.TarsAsync(2, "reports", "show", "latest"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(empty.Combine("data")));
    }

    [Fact]
    public async Task Show_Latest_TellsFilesFiguresWithTheirStatesAndFindings()
    {
        JsonNode shown = await Filled.JsonAsync(0, "reports", "show", "latest", "--kind", "kpi");
        Assert.Equal(_reports[3].Id, (long)shown["report"]!);
        Assert.Equal(["json", "markdown"], shown["files"]!.AsArray().Select(file => (string)file!["format"]!));
        Assert.Equal(["measured", "no_data"], shown["figures"]!.AsArray().Select(figure => (string)figure!["state"]!));
        Assert.Null(shown["figures"]![1]!["value"]);
        Assert.Equal("no requests", (string)shown["figures"]![1]!["reason"]!);
        Assert.Equal(["objective_missed", "not_measured"], shown["findings"]!.AsArray().Select(finding => (string)finding!["kind"]!));
        string text = await Filled.TarsAsync(0, "reports", "show", "1");
        Assert.Contains("FAIL: checkout/availability", text, StringComparison.Ordinal);
        Assert.Contains("no data", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("99", "there is no report 99")]
    [InlineData("first", "'first' is no report")]
    public async Task Show_NoSuchReport_IsAUsageError(string report, string message) =>
        Assert.Contains(message, await Filled.TarsAsync(2, "reports", "show", report), StringComparison.Ordinal);

    [Fact]
    public async Task Open_Markdown_IsTheFileByteForByte()
    {
        Assert.Equal("# Report 2\n", await Filled.TarsAsync(0, "reports", "open", "3"));
        await Filled.TarsAsync(0, "reports", "open", "3", "--format", "json", "--output", "kpi.json");
        Assert.Equal("{\"number\": 2}\n", await File.ReadAllTextAsync(Filled.Combine("kpi.json"), Cancellation));
        Assert.Contains("no file of the format pdf", await Filled.TarsAsync(2, "reports", "open", "3", "--format", "pdf"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Verify_SignedReport_HoldsUntilOneFileIsChanged()
    {
        Assert.StartsWith("holds: report 1", await Filled.TarsAsync(0, "reports", "verify", "1"), StringComparison.Ordinal);
        Assert.Contains("nothing vouches", await Filled.TarsAsync(1, "reports", "verify", "4"), StringComparison.Ordinal);
        JsonNode shown = await Filled.JsonAsync(0, "reports", "show", "1");
        string digest = (string)shown["files"]![0]!["sha256"]!;
        string path = Filled.Combine("data", "files", "sha256", digest[..2], digest[2..4], digest);
        await File.WriteAllTextAsync(path, "{\"number\": 9}\n", Cancellation);
        Assert.Contains("DOES NOT HOLD", await Filled.TarsAsync(1, "reports", "verify", "1"), StringComparison.Ordinal);
        Assert.Contains("damaged", await Filled.TarsAsync(3, "reports", "export", "1", "--output", "out"), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Filled.Combine("out")) && Directory.EnumerateFiles(Filled.Combine("out")).Any());
    }

    [Fact]
    public async Task Export_SignedReport_IsAcceptedByTarsVerify()
    {
        string written = await Filled.TarsAsync(0, "reports", "export", _reports[1].Id.ToString(CultureInfo.InvariantCulture), "--output", "evidence");
        Assert.Contains("kpi.json.dsse.json", written, StringComparison.Ordinal);
        Assert.Contains("holds", await Filled.TarsAsync(0, "verify", "evidence", "--ring", "ring"), StringComparison.Ordinal);
        await File.AppendAllTextAsync(Filled.Combine("evidence", "kpi.md"), "x", Cancellation);
        await Filled.TarsAsync(1, "verify", "evidence", "--ring", "ring");
    }
}
