using Tars.Observability.Anomalies;
using Tars.Observability.Health;
using Tars.Observability.Objectives;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>What is kept of <c>tars daily</c>.</summary>
public static class DailyHealthContent
{
    /// <summary>The kind of the report.</summary>
    public const string Kind = "daily";

    /// <summary>The figure of how well objectives were kept, 0 to 100.</summary>
    public const string Score = "score";

    /// <summary>The content: the score, the key figures, the error budgets, and the findings of the day with the severities the report gives them.</summary>
    /// <param name="health">The day.</param>
    /// <param name="settings">Its time zone, and the coverage below which nothing is judged.</param>
    public static NewReport Of(DailyHealth health, AnalysisSettings settings)
    {
        ArgumentNullException.ThrowIfNull(health);
        ArgumentNullException.ThrowIfNull(settings);
        return new NewReport(Kind, Kind, Rows.Of(health.Window), health.Date)
        {
            Judgement = Rows.Of(health.Kpis.Certification.Verdict),
            Figures =
            [
                new StoredFigure(Score, string.Empty, Rows.Of(health.Score)) { Labels = Rows.Json(("status", Rows.Word(Rows.Word(health.Status)))) },
                .. KpiContent.Figures(health.Kpis),
                .. BudgetRows.Figures(health.Budgets, settings),
            ],
            Findings =
            [
                .. KpiFindings.Of(health.Kpis, settings),
                .. BudgetRows.Findings(health.Budgets, settings),
                .. health.Anomalies.Select(found => AnomalyContent.Of(found, AnomalyContent.Finding, settings) with { Severity = SeverityOf(found) }),
                .. health.AnomaliesLookedFor ? (NewFinding[])[] : [NotLookedFor(health)],
            ],
        };
    }

    // As the daily report ranks them: what does no harm is told, a low one too.
    private static FindingSeverity SeverityOf(AnomalyEvent found) =>
        !found.IsHarmful || found.InMaintenance || found.Severity == AnomalySeverity.Low ? FindingSeverity.Info
        : found.Severity == AnomalySeverity.Medium ? FindingSeverity.Medium
        : FindingSeverity.Critical;

    private static NewFinding NotLookedFor(DailyHealth health) => new(
        KpiFindings.NotMeasured, Rows.All, Rows.All, FindingSeverity.Info, health.Date, health.Window.From, "nobody looked for anomalies")
    {
        Ended = health.Window.To,
    };
}
