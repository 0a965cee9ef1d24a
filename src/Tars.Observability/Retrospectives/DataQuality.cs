using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>How well the period was measured.</summary>
/// <param name="Indicators">Each indicator, in configuration order.</param>
/// <param name="Gaps">Spans without data, with finding ids.</param>
/// <param name="FailedQueries">Queries the backend refused or failed.</param>
/// <param name="EmptyQueries">Queries that brought nothing.</param>
/// <param name="Warnings">Warnings of the backend, each once.</param>
/// <param name="NotJudged">Figures that could not be judged for anomalies, with the reason.</param>
/// <param name="NotCompared">Deployments and figures that could not be compared, with the reason.</param>
/// <param name="IncreasesPushedDown">Whether some increases were computed by the backend, see docs/math.md, "Pushed-down increases".</param>
/// <param name="Notes">What else a reader must know.</param>
public sealed record DataQuality(
    IReadOnlyList<IndicatorQuality> Indicators,
    IReadOnlyList<GapStory> Gaps,
    IReadOnlyList<QueryRecord> FailedQueries,
    IReadOnlyList<QueryRecord> EmptyQueries,
    IReadOnlyList<string> Warnings,
    IReadOnlyList<string> NotJudged,
    IReadOnlyList<string> NotCompared,
    bool IncreasesPushedDown,
    IReadOnlyList<string> Notes);

/// <summary>How well one indicator was measured.</summary>
/// <param name="Id"><c>Q1</c> and so on.</param>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="Coverage">Share of the period's steps with samples; zero without data.</param>
/// <param name="Problem">Why there are no data, or null.</param>
/// <param name="IsSufficient">Whether coverage reaches the configured minimum.</param>
public sealed record IndicatorQuality(string Id, string Service, string Indicator, Ratio Coverage, string? Problem, bool IsSufficient);

/// <summary>A span without data and its finding id.</summary>
/// <param name="Id"><c>Q1</c> and so on.</param>
/// <param name="Gap">The span.</param>
public sealed record GapStory(string Id, DataGap Gap);
