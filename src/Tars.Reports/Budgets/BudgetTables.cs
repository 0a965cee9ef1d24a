using Tars.Observability.Budgets;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Budgets;

/// <summary>Error budgets as tables.</summary>
internal static class BudgetTables
{
    /// <summary>A row per objective.</summary>
    public static ReportTable Budgets(IEnumerable<ErrorBudget> budgets) => new(
        "Error budgets",
        ["objective", Number("target"), Number("bad"), Number("allowed"), Number("burn rate"), Number("consumed"), Number("remaining"), "lasts", Number("coverage")],
        [
            .. budgets.Select(string[] (budget) =>
            [
                budget.Objective.Name, Display.Number(budget.Objective.Target.Value, "ratio"), Count(budget.BadEvents), Count(budget.AllowedEvents),
                Times(budget.BurnRate), Display.Share(budget.ConsumedShare) + (budget.IsProjection && budget.ConsumedShare is Figure.Measured ? " (projected)" : string.Empty),
                Display.Share(budget.RemainingShare), Lasts(budget), Display.Coverage(budget.BurnRate),
            ]),
        ],
        "No objective is configured, so there is no budget.");

    /// <summary>How fast a budget burns: <c>1.4×</c>.</summary>
    public static string Times(Figure burnRate) => burnRate.Value is { } rate ? Display.Against(rate, 1, string.Empty) + "×" : Display.Of(burnRate, string.Empty);

    /// <summary>How long a budget lasts at the current rate.</summary>
    public static string Lasts(ErrorBudget budget) => budget.HoursToExhaustion switch
    {
        Figure.Measured { Number: <= 0 } => "exhausted",
        Figure.Measured { Number: > 24 * 365 } => "over a year",
        Figure.Measured hours => $"{Display.Duration(TimeSpan.FromHours(hours.Number))} at the current rate",
        Figure.NoData none => none.Reason,
        _ => "query failed",
    };

    private static string Count(Figure figure) => Display.Of(figure.Select(Math.Round), string.Empty);
}
