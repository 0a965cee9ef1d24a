using System.Text.Json.Nodes;
using Tars.Observability.Budgets;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;
using Tars.Storage.Findings;
using Tars.Storage.Reports;

namespace Tars.Application.Publishing.Contents;

/// <summary>Error budgets: their figures, and when they burned too fast.</summary>
internal static class BudgetRows
{
    public const string Burn = "budget_burn";
    private const string Page = "page";

    public static IEnumerable<StoredFigure> Figures(IEnumerable<ErrorBudget> budgets, AnalysisSettings settings) => budgets.SelectMany(budget => Figures(budget, settings));

    /// <summary>When a burn rate rule would have called somebody: <c>page</c> is critical, <c>ticket</c> medium.</summary>
    public static IEnumerable<NewFinding> Findings(IEnumerable<ErrorBudget> budgets, AnalysisSettings settings) =>
        budgets.SelectMany(budget => budget.BurnAlerts.SelectMany(alert => alert.Episodes.Select(episode => new NewFinding(
            Burn,
            budget.Objective.Service,
            budget.Objective.Indicator,
            episode.Severity == Page ? FindingSeverity.Critical : FindingSeverity.Medium,
            Rows.DayOf(episode.Start, settings.TimeZone),
            episode.Start,
            FormattableString.Invariant($"{budget.Objective.Name}: budget burned {episode.PeakBurnRate:0.#} times too fast ({episode.Rule}) from {Instants.Format(episode.Start)}"))
        {
            Ended = episode.IsFiringAtEnd ? null : episode.End,
            Score = Rows.Finite(episode.PeakBurnRate),
            Details = Rows.Json(
                ("objective", Rows.Word(budget.Objective.Name)), ("rule", Rows.Word(episode.Rule)), ("call", Rows.Word(episode.Severity)), ("threshold", Rows.Number(alert.Threshold))),
        })));

    private static IEnumerable<StoredFigure> Figures(ErrorBudget budget, AnalysisSettings settings)
    {
        string labels = Rows.Json(
            ("objective", Rows.Word(budget.Objective.Name)),
            ("indicator", Rows.Word(budget.Objective.Indicator)),
            ("target", Rows.Number(budget.Objective.Target.Value)),
            ("note", Rows.Word(budget.Note)));
        string projected = Rows.Json(
            ("objective", Rows.Word(budget.Objective.Name)),
            ("indicator", Rows.Word(budget.Objective.Indicator)),
            ("target", Rows.Number(budget.Objective.Target.Value)),
            ("projection", JsonValue.Create(budget.IsProjection)),
            ("note", Rows.Word(budget.Note)));
        yield return Of("budget_total_events", string.Empty, budget.TotalEvents, labels);
        yield return Of("budget_bad_events", string.Empty, budget.BadEvents, labels);
        yield return Of("budget_allowed_events", string.Empty, budget.AllowedEvents, labels);
        yield return Of("budget_burn_rate", string.Empty, budget.BurnRate, labels);
        yield return Of("budget_consumed_share", "ratio", budget.ConsumedShare, projected);
        yield return Of("budget_remaining_share", "ratio", budget.RemainingShare, projected) with { Judgement = Rows.Of(budget.Judge(settings.CoverageMinimum)) };
        yield return Of("budget_current_burn_rate", string.Empty, budget.CurrentBurnRate, labels);
        yield return Of("budget_hours_to_exhaustion", "h", budget.HoursToExhaustion, labels);

        StoredFigure Of(string metric, string unit, Figure figure, string with) => new(metric, unit, Rows.Of(figure)) { Service = budget.Objective.Service, Labels = with };
    }
}
