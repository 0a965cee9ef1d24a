using Tars.Observability.Indicators;
using Tars.Observability.Retrospectives;
using Tars.Reports.Formats;

namespace Tars.Reports.Retrospectives;

/// <summary>The JSON of how well a period was measured and where each figure comes from.</summary>
internal static class RetrospectiveQualityJson
{
    /// <summary>Data quality and origins.</summary>
    public static void Quality(JsonText json, Retrospective retro)
    {
        DataQuality quality = retro.DataQuality;
        json.Object("data_quality", () =>
        {
            json.Array("indicators", quality.Indicators, indicator =>
            {
                json.Text("id", indicator.Id);
                json.Text("service", indicator.Service);
                json.Text("indicator", indicator.Indicator);
                json.Number("coverage", indicator.Coverage.Value);
                json.Text("problem", indicator.Problem);
                json.Flag("is_sufficient", indicator.IsSufficient);
            });
            json.Array("data_gaps", quality.Gaps, story =>
            {
                json.Text("id", story.Id);
                json.Text("service", story.Gap.Service);
                json.Time("start", story.Gap.Start);
                json.Time("end", story.Gap.End);
                json.Number("minutes", story.Gap.Minutes);
            });
            Queries(json, "failed_queries", quality.FailedQueries);
            Queries(json, "empty_queries", quality.EmptyQueries);
            json.Texts("warnings", quality.Warnings);
            json.Texts("not_judged", quality.NotJudged);
            json.Texts("not_compared", quality.NotCompared);
            json.Flag("increases_pushed_down", quality.IncreasesPushedDown);
            json.Texts("notes", quality.Notes);
        });
        json.Array("origins", retro.Origins, origin =>
        {
            json.Text("service", origin.Service);
            json.Text("indicator", origin.Indicator);
            json.Texts("figures", origin.Figures);
            json.Text("method", origin.Method);
            json.Texts("query", origin.Queries);
            json.Number("coverage", origin.Coverage.Value);
        });
    }

    private static void Queries(JsonText json, string name, IEnumerable<QueryRecord> queries) => json.Array(name, queries, query =>
    {
        json.Text("service", query.Service);
        json.Text("indicator", query.Indicator);
        json.Text("query", query.Text);
        json.Text("state", States.Of(query.State));
        json.Text("reason", States.ReasonOf(query.State));
    });
}
