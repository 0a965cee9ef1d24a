using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Reports.Formats;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Kpis;

/// <summary>Key figures as tables for people.</summary>
internal static class KpiTables
{
    private static readonly (string Name, string Header)[] Shown =
    [
        (KpiNames.Availability, "availability"), (KpiNames.TotalRequests, "requests"), (KpiNames.TotalErrors, "errors"), (KpiNames.ErrorRate, "error rate"),
        (KpiNames.RequestRate, "rate"), (KpiNames.P50Latency, "p50"), (KpiNames.P95Latency, "p95"), (KpiNames.P99Latency, "p99"),
        (KpiNames.AverageCpu, "CPU"), (KpiNames.AverageMemory, "memory"), (KpiNames.AverageSaturation, "saturation"),
        (KpiNames.DowntimeMinutes, "downtime"), (KpiNames.UnmeasuredMinutes, "unmeasured"),
    ];

    /// <summary>All tables, in reading order; those about things that did not occur are left out.</summary>
    public static IReadOnlyList<ReportTable> All(KpiSummary summary)
    {
        ArgumentNullException.ThrowIfNull(summary);
        return
        [
            Objectives(summary.Certification.Objectives),
            Scopes("Services", "service", [summary.Overall, .. summary.Services]),
            .. summary.Regions.Count > 0 ? [Scopes("Regions", "region", summary.Regions)] : (ReportTable[])[],
            .. HasOthers(summary) ? [Others("Other indicators", [.. summary.Services, .. summary.Infrastructure])] : (ReportTable[])[],
            Incidents(summary.Incidents),
            Alerts(summary.AlertState, summary.Alerts),
            .. summary.DataGaps.Count > 0 ? [Gaps(summary.DataGaps)] : (ReportTable[])[],
            .. summary.Maintenance.Count > 0 ? [Maintenance(summary.Maintenance)] : (ReportTable[])[],
            .. summary.Cost is { } cost ? [Cost(cost)] : (ReportTable[])[],
        ];
    }

    /// <summary>Value against threshold.</summary>
    public static ReportTable Objectives(IEnumerable<ObjectiveResult> results) => new(
        "Objectives",
        ["verdict", "objective", "what", Number("value"), Number("threshold"), Number("coverage")],
        [
            .. results.Select(string[] (result) =>
            [
                result.Verdict.Name, result.Objective, result.What,
                result.Value.Value is { } value && double.IsFinite(value) ? Display.Against(value, result.Threshold, result.Unit) : Display.Of(result.Value, result.Unit),
                (result.IsAtLeast ? "at least " : "at most ") + Display.Number(result.Threshold, result.Unit), Display.Coverage(result.Value),
            ]),
        ],
        "No objective is configured, so nothing was judged.");

    /// <summary>One row per scope, columns for the figures that any of them has.</summary>
    public static ReportTable Scopes(string title, string what, IReadOnlyList<KpiScope> scopes)
    {
        (string Name, string Header)[] columns = [.. Shown.Where(column => scopes.Any(scope => scope.Find(column.Name) is { Queries.Count: > 0 } or { Value: not null }))];
        return new ReportTable(
            title,
            [what, .. columns.Select(column => Number(column.Header)), Number("coverage")],
            [
                .. scopes.Select(string[] (scope) =>
                [
                    NameOf(scope), .. columns.Select(column => scope.Find(column.Name) is { } figure ? Display.Of(figure.Figure, figure.Unit) : Display.Nothing), CoverageOf(scope),
                ]),
            ],
            "No figures.");
    }

    /// <summary>One row per figure that has no column.</summary>
    public static ReportTable Others(string title, IEnumerable<KpiScope> scopes) => new(
        title,
        ["of", "figure", Number("value"), Number("coverage"), "note"],
        [
            .. scopes.SelectMany(scope => scope.Others.Select(string[] (figure) =>
                [NameOf(scope), figure.Name, Display.Of(figure.Figure, figure.Unit), Display.Coverage(figure.Figure), States.ReasonOf(figure.Figure) ?? figure.Note ?? string.Empty])),
        ],
        "No other indicator is configured.");

    /// <summary>Spans in which a service was down.</summary>
    public static ReportTable Incidents(IEnumerable<Incident> incidents) => new(
        "Incidents",
        ["service", "start (UTC)", "end (UTC)", Number("down"), Number("failed"), Number("of requests"), Number("worst error rate")],
        [
            .. incidents.Select(string[] (incident) =>
            [
                incident.Region is null ? incident.Service : $"{incident.Service} in {incident.Region}", Display.Time(incident.Start),
                incident.IsOpenAtEnd ? "no recovery measured" : Display.Time(incident.End), Display.Minutes(incident.DownMinutes),
                Display.Number(Math.Round(incident.Errors), string.Empty), Display.Number(Math.Round(incident.Requests), string.Empty), Display.Number(incident.WorstErrorRate, "%"),
            ]),
        ],
        "No incident in what was measured.");

    /// <summary>Alert episodes.</summary>
    public static ReportTable Alerts(ReadState state, IEnumerable<AlertEpisode> alerts) => new(
        "Alerts",
        ["alert", "severity", "start (UTC)", "end (UTC)", Number("for")],
        [
            .. alerts.Select(string[] (alert) =>
            [
                alert.Name, alert.Severity.Length == 0 ? Display.Nothing : alert.Severity, (alert.BeganBefore ? "before " : string.Empty) + Display.Time(alert.Start),
                alert.IsFiringAtEnd ? "still firing" : Display.Time(alert.End), Display.Minutes(alert.Minutes),
            ]),
        ],
        state switch
        {
            ReadState.Answered => "No alert fired.",
            ReadState.Empty => "The backend holds no alert series in this window: no alert fired, or no alert rule exists.",
            _ => $"Alerts are unknown: {States.ReasonOf(state)}.",
        });

    /// <summary>Spans without data.</summary>
    public static ReportTable Gaps(IEnumerable<DataGap> gaps) => new(
        "Missing data",
        ["what", "start (UTC)", "end (UTC)", Number("for")],
        [.. gaps.Select(string[] (gap) => [gap.Service ?? "everything", Display.Time(gap.Start), Display.Time(gap.End), Display.Minutes(gap.Minutes)])],
        "No span without data.");

    /// <summary>Announced maintenance.</summary>
    public static ReportTable Maintenance(IEnumerable<MaintenanceReport> windows) => new(
        "Announced maintenance",
        ["services", "start (UTC)", "end (UTC)", Number("left out"), "reason"],
        [
            .. windows.Select(string[] (maintenance) =>
            [
                string.Join(", ", maintenance.Services), Display.Time(maintenance.Window.From), Display.Time(maintenance.Window.To),
                Display.Minutes(maintenance.ExcludedMinutes), maintenance.Reason,
            ]),
        ],
        "No maintenance was announced.");

    /// <summary>Cost by configured prices.</summary>
    public static ReportTable Cost(CostSummary cost) => new(
        "Cost by configured prices",
        ["service", "item", Number("quantity"), Number("amount"), Number("coverage")],
        [
            .. cost.Lines.Select(string[] (line) =>
                [line.Service, line.Item, Display.Of(line.Quantity, line.QuantityUnit), Display.Of(line.Amount, cost.Currency), Display.Coverage(line.Amount)]),
            ["total", string.Empty, string.Empty, Display.Of(cost.Total, cost.Currency), Display.Coverage(cost.Total)],
        ],
        "Nothing has a price.");

    /// <summary>Name of a scope for people.</summary>
    public static string NameOf(KpiScope scope) => (scope.Service, scope.Region) switch
    {
        (null, null) => "all services",
        (null, { } region) => region,
        ({ } service, null) => service,
        ({ } service, { } region) => $"{service} in {region}",
    };

    private static bool HasOthers(KpiSummary summary) => summary.Services.Concat(summary.Infrastructure).Any(scope => scope.Others.Count > 0);

    // The lowest coverage of a scope's measured figures: the figure that rests on least.
    private static string CoverageOf(KpiScope scope) =>
        scope.Figures.Where(figure => figure.Value is not null).MinBy(figure => figure.Figure.CoverageOrZero) is { } least ? Display.Coverage(least.Figure) : Display.Nothing;
}
