using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Reports.Formats;

namespace Tars.Reports.Kpis;

/// <summary>The JSON of what surrounds the figures: incidents, alerts, gaps, maintenance, cost.</summary>
internal static class KpiContextJson
{
    /// <summary>Spans in which a service was down.</summary>
    public static void Incidents(JsonText json, IEnumerable<Incident> incidents) => json.Array("incidents", incidents, incident =>
    {
        json.Text("service", incident.Service);
        json.Text("region", incident.Region);
        json.Time("start", incident.Start);
        json.Time("end", incident.End);
        json.Flag("is_open_at_end", incident.IsOpenAtEnd);
        json.Number("down_minutes", incident.DownMinutes);
        json.Number("total_requests", incident.Requests);
        json.Number("total_errors", incident.Errors);
        json.Number("worst_error_rate", incident.WorstErrorRate);
    });

    /// <summary>Alert episodes, and whether alerts were known at all.</summary>
    public static void Alerts(JsonText json, ReadState state, IEnumerable<AlertEpisode> alerts)
    {
        json.Object("alerts", () =>
        {
            json.Text("state", States.Of(state));
            json.Text("reason", States.ReasonOf(state));
            json.Array("episodes", alerts, alert =>
            {
                json.Text("name", alert.Name);
                json.Text("severity", alert.Severity);
                json.Text("labels", alert.Labels.ToString());
                json.Time("start", alert.Start);
                json.Time("end", alert.End);
                json.Number("duration_minutes", alert.Minutes);
                json.Flag("is_firing_at_end", alert.IsFiringAtEnd);
                json.Flag("began_before", alert.BeganBefore);
                json.Number("bridged_minutes", alert.BridgedMinutes);
                json.Flag("bridges_data_gap", alert.BridgesDataGap);
            });
        });
    }

    /// <summary>Spans without data.</summary>
    public static void Gaps(JsonText json, IEnumerable<DataGap> gaps) => json.Array("data_gaps", gaps, gap =>
    {
        json.Text("service", gap.Service);
        json.Time("start", gap.Start);
        json.Time("end", gap.End);
        json.Number("minutes", gap.Minutes);
    });

    /// <summary>Announced maintenance.</summary>
    public static void Maintenance(JsonText json, IEnumerable<MaintenanceReport> windows) => json.Array("maintenance", windows, maintenance =>
    {
        json.Time("start", maintenance.Window.From);
        json.Time("end", maintenance.Window.To);
        json.Text("reason", maintenance.Reason);
        json.Texts("services", maintenance.Services);
        json.Number("excluded_minutes", maintenance.ExcludedMinutes);
        json.Array("traffic", maintenance.Traffic, traffic =>
        {
            json.Text("service", traffic.Service);
            json.Measurements([new Measurement("total_requests", string.Empty, traffic.Requests), new Measurement("total_errors", string.Empty, traffic.Errors)]);
        });
    });

    /// <summary>Cost, or null without prices.</summary>
    public static void Cost(JsonText json, CostSummary? cost) => json.Object("cost", cost, summary =>
    {
        json.Text("currency", summary.Currency);
        json.Measurements([new Measurement("total", summary.Currency, summary.Total)]);
        json.Array("lines", summary.Lines, line =>
        {
            json.Text("service", line.Service);
            json.Text("item", line.Item);
            json.Number("unit_price", line.UnitPrice);
            json.Measurements([new Measurement("quantity", line.QuantityUnit, line.Quantity), new Measurement("amount", summary.Currency, line.Amount)]);
        });
        json.Texts("not_priced", summary.NotPriced);
    });
}
