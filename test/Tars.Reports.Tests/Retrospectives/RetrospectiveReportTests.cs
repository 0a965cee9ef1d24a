using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using Tars.Observability.Indicators;
using Tars.Observability.Retrospectives;
using Tars.Reports.Retrospectives;

namespace Tars.Reports.Tests.Retrospectives;

public sealed class RetrospectiveReportTests
{
    private static string Page() => ReportAssert.TextOf(RetrospectiveReport.Page(SampleRetrospective.Week(), SampleSeries.Set()));

    [Fact]
    public async Task Render_AllFindings_MatchesGoldenAndSchema() =>
        await ReportAssert.IsGoldenAsync(
            "retro", () => [.. RetrospectiveReport.Render(SampleRetrospective.Week(), SampleSeries.Set()).Files, RetrospectiveReport.Csv(SampleRetrospective.Week())]);

    [Fact]
    public void Page_HostileNames_AreTextOnly()
    {
        string page = Page();
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("=pay|ments&lt;/td&gt;&lt;script&gt;alert(1)&lt;/script&gt;`*&quot;&#39; &amp;", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Page_Whole_FetchesAndRunsNothing()
    {
        string page = Page();
        Assert.Contains(
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">", page, StringComparison.Ordinal);
        Assert.DoesNotMatch(new Regex(@"<(link|img|iframe|object|embed|base|form|script)\b", RegexOptions.IgnoreCase), page);
        Assert.DoesNotMatch(new Regex(@"\b(src|srcset|action|on[a-z]+)\s*=", RegexOptions.IgnoreCase), Tags(page));
        Assert.All(Regex.Matches(page, "href=\"([^\"]*)\"").Select(match => match.Groups[1].Value), target => Assert.StartsWith("#", target, StringComparison.Ordinal));
        Assert.DoesNotContain("@import", page, StringComparison.Ordinal);
        Assert.All(Regex.Matches(page, @"url\(([^)]*)\)").Select(match => match.Groups[1].Value), target => Assert.StartsWith("#", target, StringComparison.Ordinal));
    }

    [Fact]
    public void Page_Structure_IsWellFormedAndLabelled()
    {
        XElement body = Body(Page());
        string[] ids = [.. body.Descendants().Attributes("id").Select(id => id.Value)];
        Assert.Equal(ids.Length, ids.Distinct().Count());
        Assert.All(References(body), reference => Assert.Contains(reference, ids));
        Assert.Single(body.Descendants("h1"));
        Assert.Single(body.Elements("main"));
        Assert.All(body.Descendants("section"), section => Assert.NotNull(section.Element("h2")));
        Assert.All(body.Descendants("svg").Where(svg => svg.Attribute("role")?.Value == "img"), svg => Assert.True(svg.Element("title")?.Value.Length > 0 && svg.Element("desc")?.Value.Length > 0));
        Assert.All(body.Descendants("th"), header => Assert.Contains(header.Attribute("scope")?.Value, new[] { "col", "row" }));
        Assert.All(body.Descendants("table"), table => Assert.Equal("scroll", table.Parent!.Attribute("class")?.Value));
    }

    [Fact]
    public void Page_NoFindings_SaysWhatThatMeans()
    {
        Retrospective quiet = SampleRetrospective.Week() with { Incidents = [], Degradations = [], Regressions = [], Recommendations = [], WentWell = [], Improvements = [] };
        string page = ReportAssert.TextOf(RetrospectiveReport.Page(quiet, SampleSeries.Set()));
        Assert.Contains("No incident in what was measured.", page, StringComparison.Ordinal);
        Assert.Contains("Nothing was measured well enough to be called good.", page, StringComparison.Ordinal);
        Assert.Contains("No regression in what could be compared.", page, StringComparison.Ordinal);
    }

    // The promise: a week of six services in two regions, read every minute, fits 1 MiB.
    [Fact]
    public void Page_SixServicesAtOneMinute_IsAtMostOneMebibyte()
    {
        string[] names = ["frontend", "checkout", "payment", "catalog", "inventory", "search"];
        Retrospective week = SampleRetrospective.Week();
        Retrospective six = week with
        {
            Kpis = week.Kpis with
            {
                Services = [.. names.Select(name => week.Kpis.Services[0] with { Service = name })],
                ServiceRegions = [.. names.SelectMany(name => new[] { "eu", "us" }.Select(region => week.Kpis.Services[0] with { Service = name, Region = region }))],
            },
        };
        SeriesSet set = SampleSeries.Set(names, TimeSpan.FromMinutes(1), _ => true);
        ReportFile page = RetrospectiveReport.Page(six, set);
        Assert.InRange(page.Content.Length, 200_000, 1 << 20);
    }

    [Fact]
    public void Markdown_UnknownRecovery_IsNotCalledRecovered()
    {
        string text = ReportAssert.TextOf(RetrospectiveReport.Markdown(SampleRetrospective.Week()));
        string degradation = text.Split('\n').Single(line => line.StartsWith("| D2", StringComparison.Ordinal));
        Assert.DoesNotContain("recovered", degradation, StringComparison.Ordinal);
        Assert.Contains("unknown", degradation, StringComparison.Ordinal);
    }

    private static string Tags(string page) => string.Concat(Regex.Matches(page, "<[a-z][^>]*>", RegexOptions.IgnoreCase).Select(match => Regex.Replace(match.Value, "\"[^\"]*\"", "\"\"")));

    private static IEnumerable<string> References(XElement body) =>
        body.Descendants().Attributes().SelectMany(attribute => attribute.Name.LocalName switch
        {
            "aria-labelledby" => attribute.Value.Split(' '),
            "href" => [attribute.Value[1..]],
            _ => (string[])[],
        });

    private static XElement Body(string page)
    {
        string body = page[page.IndexOf("<body>", StringComparison.Ordinal)..(page.IndexOf("</body>", StringComparison.Ordinal) + "</body>".Length)];
        using XmlReader reader = XmlReader.Create(new StringReader(body), new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit });
        return XElement.Load(reader);
    }
}
