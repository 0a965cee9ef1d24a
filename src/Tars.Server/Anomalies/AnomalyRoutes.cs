using Microsoft.AspNetCore.Routing;
using Tars.Application.Publishing.Contents;
using Tars.Server.Documents;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Findings;

namespace Tars.Server.Anomalies;

/// <summary>What was unusual: what <c>tars anomalies --store</c> kept, and <c>tars daily --store</c> where that did not look.</summary>
internal sealed class AnomalyRoutes(Store store, Answers answers)
{
    private static readonly ApiParameter Resolved = FindingParameters.Resolved("resolved");

    public static readonly ApiParameters OfList = new(
        FindingParameters.Limit, Cursor.Parameter, FindingParameters.Severity, FindingParameters.Service, FindingParameters.Metric, Resolved, FindingParameters.From, FindingParameters.To, FindingParameters.Sort);

    public static readonly ApiParameters OfDay = new(
        FindingParameters.Date, FindingParameters.Limit, Cursor.Parameter, FindingParameters.Severity, FindingParameters.Service, FindingParameters.Metric, Resolved, FindingParameters.Sort);

    private static readonly IReadOnlyList<CsvColumn<AnomalyDocument>> Columns =
    [
        new("id", one => one.Id), new("timestamp", one => one.Timestamp), new("service", one => one.Service), new("metric", one => one.Metric), new("severity", one => one.Severity),
        new("classification", one => one.Classification), new("value", one => one.Value), new("expected", one => one.Expected),
        new("expected_low", one => one.ExpectedRange?[0]), new("expected_high", one => one.ExpectedRange?[1]), new("unit", one => one.Unit), new("confidence", one => one.Confidence),
        new("started_at", one => one.StartedAt), new("ended_at", one => one.EndedAt), new("ongoing", one => one.Ongoing), new("resolved", one => one.Resolved), new("resolved_at", one => one.ResolvedAt),
        new("date", one => one.Date), new("report_id", one => one.ReportId), new("description", one => one.Description),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetAnomalies, answers.For(ApiRoutes.GetAnomalies, Representations.OfLists, OfList, (values, form) => AnswerAsync(values, form, OfList)))
            .Answers<AnomalyList>(OfList, isList: true);
        endpoints.Map(ApiRoutes.GetAnomaliesOfDay, answers.For(ApiRoutes.GetAnomaliesOfDay, Representations.OfLists, OfDay, (values, form) => AnswerAsync(values, form, OfDay)))
            .Answers<AnomalyList>(OfDay, isList: true);
    }

    private async Task<ReadyAnswer> AnswerAsync(RequestValues values, Representation form, ApiParameters parameters)
    {
        FindingSelection found = await FindingSelection.OfAsync(store, values, AnomalyContent.Finding, [AnomalyContent.Kind, DailyHealthContent.Kind], Resolved).ConfigureAwait(false);
        AnomalyDocument[] items = [.. found.Findings.Select(AnomalyDocument.Of)];
        AnomalyList document = new()
        {
            GeneratedAt = found.GeneratedAt,
            Anomalies = items,
            Count = items.Length,
            NextCursor = found.NextCursor,
            TotalAnomalies = found.Totals.All,
            ResolvedAnomalies = found.Totals.Resolved,
            ActiveAnomalies = found.Totals.All - found.Totals.Resolved,
            TotalCritical = found.Totals.BySeverity.GetValueOrDefault(FindingSeverity.Critical),
            TotalHigh = found.Totals.BySeverity.GetValueOrDefault(FindingSeverity.High),
            Measurement = new Dictionary<string, MeasurementState> { ["anomalies"] = found.State("anomalies", "tars anomalies") },
            NewestReportId = found.Newest?.Id,
        };
        string path = values.Text(FindingParameters.Date) is { } date ? ApiRoutes.GetAnomaliesOfDay.Template.Replace("{date}", date, StringComparison.Ordinal) : ApiRoutes.GetAnomalies.Template;
        return ListAnswer.Of(
            form, document, ApiJson.Default.AnomalyList, items, ApiJson.Default.AnomalyDocument, Columns, ListAnswer.Next(ApiRoutes.GetAnomalies, values, parameters, Cursor.Parameter, found.NextCursor, path));
    }
}
