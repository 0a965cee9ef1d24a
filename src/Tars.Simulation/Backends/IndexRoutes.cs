using Microsoft.AspNetCore.Http;
using Tars.Simulation.Backends.Queries;

namespace Tars.Simulation.Backends;

/// <summary>What the backend knows besides samples: series, labels, metadata, rules, alerts, and what it is.</summary>
internal sealed class IndexRoutes(SeriesStore store)
{
    /// <summary>The version the backend declares; its ranges include both ends, as those of Prometheus 2 do.</summary>
    public const string Version = "2.42.0";

    /// <summary><c>/api/v1/series</c>.</summary>
    public async Task SeriesAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        if (parameters.All("match[]").Count == 0)
        {
            throw ApiException.BadData("no match[] parameter provided");
        }

        StoredSeries[] found = Found(parameters);
        await AnswerWriter.SuccessAsync(context.Response, json =>
        {
            json.WriteStartArray();
            foreach (StoredSeries series in found)
            {
                AnswerWriter.WriteLabels(json, series.Labels);
            }

            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    /// <summary><c>/api/v1/labels</c>.</summary>
    public async Task LabelsAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        await TextsAsync(context, Found(parameters).SelectMany(series => series.Labels.Pairs).Select(label => label.Key)).ConfigureAwait(false);
    }

    /// <summary><c>/api/v1/label/NAME/values</c>.</summary>
    public async Task LabelValuesAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        string name = (string)context.Request.RouteValues["name"]!;
        await TextsAsync(context, Found(parameters).Select(series => series.Labels[name]).Where(value => value.Length > 0)).ConfigureAwait(false);
    }

    /// <summary><c>/api/v1/metadata</c>.</summary>
    public static async Task MetadataAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        string metric = parameters.One("metric");
        await AnswerWriter.SuccessAsync(context.Response, json =>
        {
            json.WriteStartObject();
            foreach ((string name, string type, string help) in MetricCatalog.All.Where(entry => metric.Length == 0 || entry.Metric == metric))
            {
                json.WriteStartArray(name);
                json.WriteStartObject();
                json.WriteString("type", type);
                json.WriteString("help", help);
                json.WriteString("unit", string.Empty);
                json.WriteEndObject();
                json.WriteEndArray();
            }

            json.WriteEndObject();
        }).ConfigureAwait(false);
    }

    /// <summary><c>/api/v1/status/buildinfo</c>.</summary>
    public static Task BuildInformationAsync(HttpContext context) => AnswerWriter.SuccessAsync(context.Response, json =>
    {
        json.WriteStartObject();
        json.WriteString("application", "tars-simulated");
        json.WriteString("version", Version);
        json.WriteString("revision", "simulated");
        json.WriteString("branch", "simulated");
        json.WriteString("buildUser", string.Empty);
        json.WriteString("buildDate", string.Empty);
        json.WriteString("goVersion", string.Empty);
        json.WriteEndObject();
    });

    /// <summary><c>/api/v1/rules</c>.</summary>
    public Task RulesAsync(HttpContext context) => AnswerWriter.SuccessAsync(context.Response, json => AlertRules.WriteRules(json, store));

    /// <summary><c>/api/v1/alerts</c>.</summary>
    public Task AlertsAsync(HttpContext context) => AnswerWriter.SuccessAsync(context.Response, json => AlertRules.WriteFiring(json, store));

    /// <summary>Found before anything is answered, so that a refusal can still be one.</summary>
    private StoredSeries[] Found(RequestParameters parameters) => [.. store.Find(
        [.. parameters.All("match[]").Select<string, IReadOnlyList<Matcher>>(ExpressionParser.ParseSelector)],
        parameters.Time("start", store.StartMs),
        parameters.Time("end", store.EndMs))];

    private static Task TextsAsync(HttpContext context, IEnumerable<string> texts)
    {
        string[] sorted = [.. texts.Distinct().Order(StringComparer.Ordinal)];
        return AnswerWriter.SuccessAsync(context.Response, json =>
        {
            json.WriteStartArray();
            foreach (string text in sorted)
            {
                json.WriteStringValue(text);
            }

            json.WriteEndArray();
        });
    }
}
