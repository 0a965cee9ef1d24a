using Tars.Observability.Retrospectives;
using Tars.Observability.TimeSeries;
using Tars.Reports.Formats;

namespace Tars.Reports.Retrospectives;

/// <summary>A retrospective as rows.</summary>
internal static class RetrospectiveCsv
{
    /// <summary>Summary figures, then a row per finding and budget.</summary>
    public static ReportFile File(Retrospective retro)
    {
        CsvText csv = new(["kind", "id", "start", "end", "service", "metric", "unit", "judgement", .. CsvText.FigureColumns]);
        string verdict = retro.Summary.Verdict.Name;
        Row("summary", null, retro.Window, null, "availability", "%", verdict, retro.Summary.Availability);
        Row("summary", null, retro.Window, null, "total_requests", "", verdict, retro.Summary.Requests);
        Row("summary", null, retro.Window, null, "total_errors", "", verdict, retro.Summary.Errors);
        Row("summary", null, retro.Window, null, "downtime_minutes", "min", verdict, retro.Summary.DowntimeMinutes);
        Row("summary", null, retro.Window, null, "unmeasured_minutes", "min", verdict, retro.Summary.UnmeasuredMinutes);
        foreach (IncidentStory i in retro.Incidents)
        {
            Row("incident", i.Id, Span(i.Start, i.End), i.Service, "failed_requests", "", RecoveryName(i.Recovery), i.Impact.Errors);
        }

        foreach (Degradation d in retro.Degradations)
        {
            Figure peak = d.Event.Peak is { } p ? Figure.Of(p.Value, new Ratio(1), "not a number") : new Figure.NoData("nothing was measured in the event");
            Row("degradation", d.Id, Span(d.Start, d.End), d.Event.Service, d.Event.Metric, d.Event.Unit, RecoveryName(d.Recovery), peak);
        }

        foreach (RegressionStory r in retro.Regressions)
        {
            // A comparison rests on blocks that were measured; how much of the windows that is, is in regression_summary.
            Figure change = r.Comparison.Change is { } value ? Figure.Of(value, new Ratio(1), "not a number") : new Figure.NoData(r.Comparison.Reason ?? "not compared");
            Row("regression", r.Id, r.Comparison.After, r.Comparison.Service, r.Comparison.Metric, r.Comparison.Unit, States.Of(r.Comparison.Outcome), change);
        }

        foreach (BudgetStory b in retro.Budgets)
        {
            Row("budget", b.Id, b.Budget.Window, b.Budget.Objective.Service, b.Budget.Objective.Name, "%", b.Budget.IsProjection ? "projection" : "measured", b.Budget.RemainingShare.Select(share => share * 100));
        }

        return csv.File(RetrospectiveReport.Name + ".csv");

        void Row(string kind, string? id, TimeWindow? window, string? service, string metric, string unit, string judgement, Figure figure) => csv.Row(
        [
            kind, CsvText.Cell(id), window is { } from ? CsvText.Cell(from.From) : string.Empty, window is { } to ? CsvText.Cell(to.To) : string.Empty, CsvText.Cell(service), CsvText.Cell(metric),
            CsvText.Cell(unit), judgement, .. CsvText.Cells(figure),
        ]);
    }

    /// <summary>How files spell a recovery.</summary>
    public static string RecoveryName(Recovery recovery) => recovery switch
    {
        Recovery.Recovered => "recovered",
        Recovery.NotRecovered => "not_recovered",
        _ => "unknown",
    };

    private static TimeWindow? Span(DateTimeOffset start, DateTimeOffset end) => start < end ? new TimeWindow(start, end) : null;
}
