using Tars.Observability.Budgets;
using Tars.Observability.Objectives;
using Tars.Reports.Formats;

namespace Tars.Reports.Budgets;

/// <summary>The JSON of error budgets.</summary>
internal static class BudgetJson
{
    /// <summary>The fields of one budget.</summary>
    public static void Budget(JsonText json, ErrorBudget budget)
    {
        Objective objective = budget.Objective;
        json.Text("slo_name", objective.Name);
        json.Text("service", objective.Service);
        json.Text("indicator", objective.Indicator);
        json.Number("target", objective.Target.Value);
        json.Number("objective_window_hours", objective.Window.TotalHours);
        json.Window("window", budget.Window);
        json.Flag("is_projection", budget.IsProjection);
        json.Measurements(
        [
            new Measurement("total_events", string.Empty, budget.TotalEvents, budget.Queries),
            new Measurement("bad_events", string.Empty, budget.BadEvents, budget.Queries, budget.Note),
            new Measurement("allowed_events", string.Empty, budget.AllowedEvents, budget.Queries),
            new Measurement("burn_rate", string.Empty, budget.BurnRate, budget.Queries),
            new Measurement("budget_consumed_percent", "%", budget.ConsumedShare.Select(share => share * 100), budget.Queries),
            new Measurement("budget_remaining_percent", "%", budget.RemainingShare.Select(share => share * 100), budget.Queries),
            new Measurement("current_burn_rate", string.Empty, budget.CurrentBurnRate, budget.Queries),
            new Measurement("hours_to_exhaustion", "h", budget.HoursToExhaustion, budget.Queries),
        ]);
        json.Array("days", budget.Days, day =>
        {
            json.Text("date", Display.Date(day.Date));
            json.Time("start_time", day.Window.From);
            json.Time("end_time", day.Window.To);
            json.Flag("is_whole_day", day.IsWhole);
            json.Measurements(
            [
                new Measurement("total_events", string.Empty, day.TotalEvents), new Measurement("bad_events", string.Empty, day.BadEvents),
                new Measurement("burn_rate", string.Empty, day.BurnRate),
                new Measurement("budget_remaining_percent", "%", day.RemainingShare.Select(share => share * 100)),
            ]);
        });
        json.Array("burn_alerts", budget.BurnAlerts, alert =>
        {
            json.Text("rule", alert.Rule.Name);
            json.Text("severity", alert.Rule.Severity);
            json.Number("threshold", alert.Threshold);
            json.Text("not_judged", alert.NotJudged);
            json.Measurements([new Measurement("long_burn_rate", string.Empty, alert.Long), new Measurement("short_burn_rate", string.Empty, alert.Short)]);
            json.Array("episodes", alert.Episodes, episode =>
            {
                json.Time("start", episode.Start);
                json.Time("end", episode.End);
                json.Flag("is_firing_at_end", episode.IsFiringAtEnd);
                json.Number("peak_burn_rate", episode.PeakBurnRate);
            });
        });
    }
}
