using System.Text.Json;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;
using Tars.Reports.Kpis;

namespace Tars.Reports.Tests.Kpis;

public sealed class KpiReportTests
{
    private static KpiSnapshot[] Snapshots()
    {
        KpiSummary kpis = Samples.Kpis();
        return [new KpiSnapshot(1, new TimeWindow(Samples.Start, Samples.Start.AddMinutes(5)), kpis.Overall, kpis.Services, kpis.Regions, kpis.Infrastructure, kpis.Alerts)];
    }

    [Fact]
    public async Task Render_AllStates_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync("kpi", () => [.. KpiReport.Render(Samples.Kpis(), Snapshots()).Files, KpiReport.Csv(Samples.Kpis())]);

    [Fact]
    public void Json_MeasuredValue_ReadsBackToTheSameDouble()
    {
        using JsonDocument json = JsonDocument.Parse(KpiReport.Json(Samples.Kpis(), 0).Content);
        Assert.Equal(99.9499999999, json.RootElement.GetProperty("overall_availability").GetDouble());
        JsonElement shop = json.RootElement.GetProperty("services")[0];
        Assert.Equal(0.1 + 0.2, shop.GetProperty("indicators")[0].GetProperty("value").GetDouble());
    }

    [Fact]
    public void Json_InfiniteFigure_IsNullWithReason()
    {
        using JsonDocument json = JsonDocument.Parse(KpiReport.Json(Samples.Kpis(), 0).Content);
        JsonElement peak = json.RootElement.GetProperty("services")[0].GetProperty("indicators")[1];
        Assert.Equal(JsonValueKind.Null, peak.GetProperty("value").ValueKind);
        Assert.Equal("no_data", peak.GetProperty("measurement").GetProperty("value").GetProperty("state").GetString());
        Assert.Equal("the number is not finite", peak.GetProperty("measurement").GetProperty("value").GetProperty("reason").GetString());
    }

    [Theory]
    [InlineData("PASS", JsonValueKind.True)]
    [InlineData("FAIL", JsonValueKind.False)]
    [InlineData("INCONCLUSIVE", JsonValueKind.Null)]
    public void Json_Verdict_ComplianceAgrees(string name, JsonValueKind expected)
    {
        KpiSummary kpis = Samples.Kpis();
        Verdict verdict = name switch
        {
            "PASS" => new Verdict.Pass(),
            "FAIL" => new Verdict.Fail("x"),
            _ => new Verdict.Inconclusive("x"),
        };
        using JsonDocument json = JsonDocument.Parse(KpiReport.Json(kpis with { Certification = kpis.Certification with { Verdict = verdict } }, 0).Content);
        Assert.Equal(name, json.RootElement.GetProperty("certification_status").GetString());
        Assert.Equal(expected, json.RootElement.GetProperty("slo_compliance").ValueKind);
    }

    [Fact]
    public void Markdown_HostileName_StaysInItsCell()
    {
        string[] lines = ReportAssert.TextOf(KpiReport.Markdown(Samples.Kpis())).Split('\n');
        Assert.DoesNotContain(lines, line => line.Contains("<script", StringComparison.Ordinal));
        int header = Array.FindIndex(lines, line => line.StartsWith("| service", StringComparison.Ordinal));
        int columns = UnescapedPipes(lines[header]);
        Assert.All(lines.Skip(header).TakeWhile(line => line.Length > 0), line => Assert.Equal(columns, UnescapedPipes(line)));
    }

    private static int UnescapedPipes(string line) => line.Where((c, i) => c == '|' && (i == 0 || line[i - 1] != '\\')).Count();
}
