using Tars.Observability.Kpis;
using Tars.Observability.Retrospectives;
using Tars.Observability.Stability;
using Tars.Reports.Anomalies;
using Tars.Reports.Budgets;
using Tars.Reports.Formats;
using Tars.Reports.Kpis;
using Tars.Reports.Regressions;

namespace Tars.Reports.Retrospectives;

/// <summary>The JSON of a retrospective.</summary>
internal static class RetrospectiveJson
{
    /// <summary>The whole file.</summary>
    public static ReportFile File(Retrospective retro) => JsonText.File(RetrospectiveReport.Name + ".json", json =>
    {
        json.Versions(retro.MethodVersion);
        json.Time("start_time", retro.Window.From);
        json.Time("end_time", retro.Window.To);
        json.Time("history_from", retro.HistoryFrom);
        json.Number("step_seconds", retro.Step.TotalSeconds);
        Summary(json, retro.Summary);
        json.Texts("certification_notes", retro.Kpis.Certification.Reasons);
        json.Array("successes", retro.WentWell, success => Success(json, success));
        json.Array("incidents", retro.Incidents, incident => Incident(json, incident));
        json.Array("degradations", retro.Degradations, degradation => Degraded(json, degradation));
        json.Array("regressions", retro.Regressions, story =>
        {
            json.Text("id", story.Id);
            RegressionJson.Comparison(json, story.Comparison);
            Causes(json, story.Causes);
        });
        json.Array("improvements", retro.Improvements, comparison => RegressionJson.Comparison(json, comparison));
        json.Array("slo_burn_downs", retro.Budgets, story =>
        {
            json.Text("id", story.Id);
            BudgetJson.Budget(json, story.Budget);
        });
        json.Array("recommendations", retro.Recommendations, followUp =>
        {
            json.Text("priority", followUp.Priority);
            json.Text("service", followUp.Service);
            json.Text("text", followUp.Text);
            json.Text("because", followUp.Because);
            json.Texts("findings", followUp.Findings);
        });
        json.Array("deployments", retro.Changes.Deployments, comparison => RegressionJson.DeploymentFields(json, comparison.Deployment));
        KpiContextJson.Cost(json, retro.Cost);
        KpiContextJson.Maintenance(json, retro.Maintenance);
        json.Array("days", retro.Stability.Days, day => Day(json, day));
        Scopes(json, retro.Kpis);
        json.Object("previous_period", retro.PreviousKpis, previous =>
        {
            json.Window("window", previous.Window);
            json.Measurements([.. previous.Overall.Figures.Select(figure => KpiJson.Field(KpiJson.OverallName(figure.Name), figure))]);
        });
        KpiJson.Objectives(json, "objectives", retro.Kpis.Certification.Objectives);
        KpiContextJson.Alerts(json, retro.Kpis.AlertState, retro.Kpis.Alerts);
        AnomalyJson.Events(json, "anomalies", retro.Anomalies.Events);
        RetrospectiveQualityJson.Quality(json, retro);
    });

    private static void Summary(JsonText json, RetrospectiveSummary summary)
    {
        json.Text("status", States.Of(summary.Status));
        json.Text("certification_status", summary.Verdict.Name);
        json.Flag("slo_compliance", KpiJson.Kept(summary.Verdict));
        json.Texts("summary", summary.Sentences);
        json.Count("incident_count", summary.IncidentCount);
        json.Count("degradation_count", summary.DegradationCount);
        json.Count("open_count", summary.OpenCount);
        json.Count("regression_count", summary.RegressionCount);
        json.Count("deployment_count", summary.DeploymentCount);
        json.Measurements(
        [
            new Measurement("overall_availability", "%", summary.Availability),
            new Measurement("total_requests", string.Empty, summary.Requests),
            new Measurement("total_errors", string.Empty, summary.Errors),
            new Measurement("downtime_minutes", "min", summary.DowntimeMinutes),
            new Measurement("unmeasured_minutes", "min", summary.UnmeasuredMinutes),
        ]);
    }

    private static void Success(JsonText json, Success success)
    {
        json.Text("service", success.Service);
        json.Text("metric_name", success.Metric);
        json.Number("value", success.Value);
        json.Text("unit", success.Unit);
        json.Number("target", success.Target);
        json.Number("coverage", success.Coverage.Value);
        json.Text("description", success.Text);
    }

    private static void Incident(JsonText json, IncidentStory incident)
    {
        json.Text("id", incident.Id);
        json.Text("service", incident.Service);
        json.Text("severity", States.Of(incident.Severity));
        json.Time("start", incident.Start);
        json.Time("end", incident.End);
        json.Number("duration_minutes", incident.Minutes);
        Recovery(json, incident.Recovery);
        Impact(json, incident.Impact);
        Causes(json, incident.Causes);
        KpiContextJson.Incidents(json, incident.Downtime);
        AnomalyJson.Events(json, "anomalies", incident.Events);
        json.Texts("alerts", incident.Alerts.Select(alert => alert.Labels.ToString()));
    }

    private static void Degraded(JsonText json, Degradation degradation)
    {
        json.Text("id", degradation.Id);
        json.Time("start", degradation.Start);
        json.Time("end", degradation.End);
        json.Number("duration_minutes", degradation.Minutes);
        Recovery(json, degradation.Recovery);
        Impact(json, degradation.Impact);
        Causes(json, degradation.Causes);
        AnomalyJson.Events(json, "anomalies", [degradation.Event]);
    }

    private static void Recovery(JsonText json, Recovery recovery)
    {
        json.Text("recovery_status", RetrospectiveCsv.RecoveryName(recovery));
        json.Text("recovery_details", recovery.Text);
    }

    private static void Impact(JsonText json, Impact impact) => json.Object("impact", () =>
    {
        json.Measurements(
        [
            new Measurement("total_requests", string.Empty, impact.Requests),
            new Measurement("total_errors", string.Empty, impact.Errors),
            new Measurement("expected_errors", string.Empty, impact.ErrorsExpected),
        ]);
        json.Array("budgets", impact.Budgets, budget =>
        {
            json.Text("slo_name", budget.Objective);
            json.Measurements(
            [
                new Measurement("bad_events", string.Empty, budget.BadEvents),
                new Measurement("period_budget_percent", "%", budget.ShareOfPeriodBudget.Select(share => share * 100)),
                new Measurement("budget_minutes", "min", budget.BudgetMinutes),
            ]);
        });
    });

    private static void Causes(JsonText json, CauseAnalysis causes) => json.Object("causes", () =>
    {
        json.Flag("is_unknown", causes.IsUnknown);
        json.Text("statement", causes.Statement);
        json.Array("candidates", causes.Candidates, candidate =>
        {
            json.Text("kind", States.Of(candidate.Kind));
            json.Text("description", candidate.Description);
            json.Number("score", candidate.Score);
            json.Array("evidence", candidate.Evidence, evidence =>
            {
                json.Text("text", evidence.Text);
                json.Number("points", evidence.Points);
            });
        });
    });

    private static void Day(JsonText json, DaySummary day)
    {
        json.Text("date", Display.Date(day.Date));
        json.Time("start_time", day.Kpis.Window.From);
        json.Time("end_time", day.Kpis.Window.To);
        json.Flag("is_whole_day", day.IsWhole);
        json.Flag("is_degraded", day.IsDegraded);
        json.Text("certification_status", day.Kpis.Certification.Verdict.Name);
        json.Measurements(
        [
            new Measurement("stability_score", "points", day.Score),
            .. day.Kpis.Overall.Figures.Select(figure => new Measurement(KpiJson.OverallName(figure.Name), figure.Unit, figure.Figure, [], figure.Note)),
        ]);
    }

    private static void Scopes(JsonText json, KpiSummary kpis)
    {
        json.Array("services", kpis.Services, scope =>
        {
            json.Text("name", scope.Service);
            KpiJson.Scope(json, scope);
        });
        json.Array("infrastructure", kpis.Infrastructure, scope =>
        {
            json.Text("name", scope.Service);
            KpiJson.Others(json, scope);
        });
    }
}
