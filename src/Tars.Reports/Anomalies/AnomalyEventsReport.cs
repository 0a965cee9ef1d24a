using Tars.Observability.Anomalies;
using Tars.Observability.Objectives;
using Tars.Reports.Formats;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Anomalies;

/// <summary>What was unusual: <c>anomaly_events.json</c> and <c>anomaly_events.md</c>. Formats in docs/formats/reports.md.</summary>
public static class AnomalyEventsReport
{
    /// <summary>Every file of the report.</summary>
    public static Report Render(AnomalyReport report) => new("anomalies", [Json(report), Markdown(report)]);

    /// <summary><c>anomaly_events.json</c>.</summary>
    public static ReportFile Json(AnomalyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonText.File("anomaly_events.json", json => AnomalyJson.Report(json, report, AnalysisSettings.MethodVersion));
    }

    /// <summary><c>anomaly_events.md</c>.</summary>
    public static ReportFile Markdown(AnomalyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return AnomalyMarkdown.File(report);
    }

    /// <summary>A row per event; <c>value</c> is the peak's.</summary>
    public static ReportFile Csv(AnomalyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        CsvText csv = new(
        [
            "start", "end", "is_ongoing", "service", "metric", "regions", "unit", "classification", "severity", "confidence", "is_harmful", "in_maintenance",
            "peak_time", "expected_value", "expected_low", "expected_high", .. CsvText.FigureColumns,
        ]);
        foreach (AnomalyEvent e in report.Events)
        {
            csv.Row(
            [
                CsvText.Cell(e.Start), CsvText.Cell(e.End), CsvText.Cell(e.IsOngoing), CsvText.Cell(e.Service), CsvText.Cell(e.Metric), CsvText.Cell(string.Join(' ', e.Regions)),
                CsvText.Cell(e.Unit), States.Of(e.Kind), States.Of(e.Severity), CsvText.Cell(e.Confidence), CsvText.Cell(e.IsHarmful), CsvText.Cell(e.InMaintenance),
                e.Peak is null ? string.Empty : CsvText.Cell(e.Peak.Time), CsvText.Cell(e.Peak?.Expected), CsvText.Cell(e.Peak?.ExpectedLow), CsvText.Cell(e.Peak?.ExpectedHigh),
                CsvText.Cell(e.Peak?.Value), e.Peak is null ? "no_data" : "measured", CsvText.Cell(CoverageOf(report, e)), e.Peak is null ? "nothing was measured in the event" : string.Empty,
            ]);
        }

        return csv.File("anomaly_events.csv");
    }

    /// <summary>The events, and the figures that could not be judged.</summary>
    public static IReadOnlyList<ReportTable> Tables(AnomalyReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return [Events("Events", report.Events), NotJudged(report.Courses)];
    }

    /// <summary>A row per event.</summary>
    internal static ReportTable Events(string title, IEnumerable<AnomalyEvent> events) => new(
        title,
        ["severity", "start (UTC)", Number("for"), "service", "figure", "kind", Number("peak"), Number("expected"), Number("confidence")],
        [
            .. events.Select(string[] (e) =>
            [
                States.Words(e.Severity) + (e.IsHarmful ? string.Empty : ", harmless") + (e.InMaintenance ? ", in maintenance" : string.Empty), Display.Time(e.Start),
                Display.Duration(e.End - e.Start) + (e.IsOngoing ? ", ongoing" : string.Empty),
                e.Regions.Count == 0 ? e.Service : $"{e.Service} in {string.Join(", ", e.Regions)}", e.Metric, States.Words(e.Kind),
                e.Peak is null ? Display.Nothing : Display.Number(e.Peak.Value, e.Unit),
                e.Peak is null ? Display.Nothing : $"{Display.Number(e.Peak.ExpectedLow, e.Unit)} to {Display.Number(e.Peak.ExpectedHigh, e.Unit)}",
                Display.Probability(e.Confidence),
            ]),
        ],
        "Nothing unusual in what could be judged.");

    private static ReportTable NotJudged(IEnumerable<JudgedCourse> courses) => new(
        "Not judged",
        ["service", "figure", "region", Number("coverage"), "why"],
        [
            .. courses.Where(course => course.NotJudged is not null).Select(string[] (course) =>
                [course.Service, course.Metric, course.Region ?? "all", Display.Share(course.Coverage.Value), course.NotJudged!]),
        ],
        "Every figure could be judged.");

    private static double? CoverageOf(AnomalyReport report, AnomalyEvent e) => report.Courses.FirstOrDefault(course =>
        course.Service == e.Service && course.Metric == e.Metric && (e.Regions.Count == 1 ? course.Region == e.Regions[0] : course.Region is null))?.Coverage.Value;
}
