using Microsoft.AspNetCore.Routing;
using Tars.Application.Publishing.Contents;
using Tars.Server.Documents;
using Tars.Server.Routes;
using Tars.Storage;
using Tars.Storage.Findings;

namespace Tars.Server.Regressions;

/// <summary>What became worse: what <c>tars regressions --store</c> kept, and <c>tars retro --store</c> where that did not look.</summary>
internal sealed class RegressionRoutes(Store store, Answers answers)
{
    private const string Finding = "regression";
    private static readonly ApiParameter Mitigated = FindingParameters.Resolved("mitigated");

    public static readonly ApiParameters OfList = new(
        FindingParameters.Limit, Cursor.Parameter, FindingParameters.Metric, FindingParameters.Severity, FindingParameters.Service, Mitigated, FindingParameters.From, FindingParameters.To, FindingParameters.Sort);

    public static readonly ApiParameters OfDay = new(
        FindingParameters.Date, FindingParameters.Limit, Cursor.Parameter, FindingParameters.Metric, FindingParameters.Severity, FindingParameters.Service, Mitigated, FindingParameters.Sort);

    private static readonly IReadOnlyList<CsvColumn<RegressionDocument>> Columns =
    [
        new("id", one => one.Id), new("detected_at", one => one.DetectedAt), new("service", one => one.Service), new("region", one => one.Region), new("metric", one => one.Metric),
        new("severity", one => one.Severity), new("baseline_value", one => one.BaselineValue), new("current_value", one => one.CurrentValue), new("degradation_percent", one => one.DegradationPercent),
        new("change", one => one.Change), new("change_low", one => one.ChangeLow), new("change_high", one => one.ChangeHigh), new("unit", one => one.Unit),
        new("p_value", one => one.PValue), new("adjusted_p_value", one => one.AdjustedPValue), new("version", one => one.Version), new("previous_version", one => one.PreviousVersion),
        new("mitigated", one => one.Mitigated), new("mitigated_at", one => one.MitigatedAt), new("date", one => one.Date), new("report_id", one => one.ReportId), new("description", one => one.Description),
    ];

    /// <summary>Maps them.</summary>
    public void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.Map(ApiRoutes.GetRegressions, answers.For(ApiRoutes.GetRegressions, Representations.OfLists, OfList, (values, form) => AnswerAsync(values, form, OfList)))
            .Answers<RegressionList>(OfList, isList: true);
        endpoints.Map(ApiRoutes.GetRegressionsOfDay, answers.For(ApiRoutes.GetRegressionsOfDay, Representations.OfLists, OfDay, (values, form) => AnswerAsync(values, form, OfDay)))
            .Answers<RegressionList>(OfDay, isList: true);
    }

    private async Task<ReadyAnswer> AnswerAsync(RequestValues values, Representation form, ApiParameters parameters)
    {
        FindingSelection found = await FindingSelection.OfAsync(store, values, Finding, [RegressionContent.Kind, RetrospectiveContent.Kind], Mitigated).ConfigureAwait(false);
        RegressionDocument[] items = [.. found.Findings.Select(RegressionDocument.Of)];
        long Of(FindingSeverity severity) => found.Totals.BySeverity.GetValueOrDefault(severity);
        RegressionList document = new()
        {
            GeneratedAt = found.GeneratedAt,
            Regressions = items,
            Count = items.Length,
            NextCursor = found.NextCursor,
            TotalRegressions = found.Totals.All,
            MitigatedRegressions = found.Totals.Resolved,
            ActiveRegressions = found.Totals.All - found.Totals.Resolved,
            CriticalRegressions = Of(FindingSeverity.Critical),
            HighRegressions = Of(FindingSeverity.High),
            MediumRegressions = Of(FindingSeverity.Medium),
            Measurement = new Dictionary<string, MeasurementState> { ["regressions"] = found.State("regressions", "tars regressions") },
            NewestReportId = found.Newest?.Id,
        };
        string path = values.Text(FindingParameters.Date) is { } date ? ApiRoutes.GetRegressionsOfDay.Template.Replace("{date}", date, StringComparison.Ordinal) : ApiRoutes.GetRegressions.Template;
        return ListAnswer.Of(
            form, document, ApiJson.Default.RegressionList, items, ApiJson.Default.RegressionDocument, Columns, ListAnswer.Next(ApiRoutes.GetRegressions, values, parameters, Cursor.Parameter, found.NextCursor, path));
    }
}
