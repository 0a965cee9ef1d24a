using System.Text.Json.Nodes;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars kpi</c>.</summary>
public static class KpiContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "kpi";

    /// <summary>The name of the figure that says how an objective was judged; its labels name the objective.</summary>
    public const string ObjectiveMetric = "objective";

    /// <summary>The content: every figure of every scope, every objective, and what a reader should know. Without files, envelope and service scope.</summary>
    /// <param name="summary">The figures.</param>
    /// <param name="settings">The time zone of its day.</param>
    public static NewReport Of(KpiSummary summary, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(summary);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(summary.Window), Rows.DayOf(summary.Window, settings.TimeZone))
        {
            Judgement = Rows.Of(summary.Certification.Verdict),
            Figures = Figures(summary),
            Findings = [.. KpiFindings.Of(summary, settings)],
        };
    }

    /// <summary>Figures of all scopes, then objectives.</summary>
    internal static IReadOnlyList<StoredFigure> Figures(KpiSummary summary) =>
    [
        .. summary.Services.Prepend(summary.Overall).Concat(summary.Regions).Concat(summary.ServiceRegions).Concat(summary.Infrastructure)
            .SelectMany(scope => scope.Figures.Concat(scope.Others).Select(figure => FigureOf(scope, figure))),
        .. summary.Certification.Objectives.Select(ObjectiveOf),
    ];

    private static StoredFigure FigureOf(KpiScope scope, KpiFigure figure) => new(figure.Name, figure.Unit, Rows.Of(figure.Figure))
    {
        Service = scope.Service,
        Region = scope.Region,
        Labels = figure.Note is null ? "{}" : Rows.Json(("note", Rows.Word(figure.Note))),
    };

    private static StoredFigure ObjectiveOf(ObjectiveResult result) => new(ObjectiveMetric, result.Unit, Rows.Of(result.Value))
    {
        Service = result.Service,
        Labels = Rows.Json(
            ("objective", Rows.Word(result.Objective)),
            ("indicator", Rows.Word(result.Indicator)),
            ("what", Rows.Word(result.What)),
            ("threshold", Rows.Number(result.Threshold)),
            ("at_least", JsonValue.Create(result.IsAtLeast)),
            ("quantile", Rows.Number(result.Quantile)),
            ("note", Rows.Word(result.Note))),
        Judgement = Rows.Of(result.Verdict),
    };
}
