using System.Globalization;
using Tars.Observability.Health;
using Tars.Observability.Objectives;
using Tars.Reports.Formats;

namespace Tars.Reports.Health;

/// <summary>How a day was: <c>day_NN_HEALTH.json</c> and <c>day_NN_HEALTH.md</c>. Formats in docs/formats/reports.md.</summary>
public static class DailyHealthReport
{
    /// <summary>Every file of the report.</summary>
    /// <param name="health">The day.</param>
    /// <param name="dayNumber">Its number in the file names, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dayNumber"/> is below 1.</exception>
    public static Report Render(DailyHealth health, int dayNumber) => new("daily", [Json(health, dayNumber), Markdown(health, dayNumber)]);

    /// <summary><c>day_NN_HEALTH.json</c>.</summary>
    /// <param name="health">The day.</param>
    /// <param name="dayNumber">Its number, at least 1.</param>
    public static ReportFile Json(DailyHealth health, int dayNumber)
    {
        ArgumentNullException.ThrowIfNull(health);
        return JsonText.File(NameOf(dayNumber, "json"), json => HealthJson.Day(json, health, dayNumber, AnalysisSettings.MethodVersion));
    }

    /// <summary><c>day_NN_HEALTH.md</c>.</summary>
    /// <param name="health">The day.</param>
    /// <param name="dayNumber">Its number, at least 1.</param>
    public static ReportFile Markdown(DailyHealth health, int dayNumber)
    {
        ArgumentNullException.ThrowIfNull(health);
        return HealthMarkdown.File(NameOf(dayNumber, "md"), health);
    }

    /// <summary>A row per figure of the day.</summary>
    /// <param name="health">The day.</param>
    /// <param name="dayNumber">Its number, at least 1.</param>
    public static ReportFile Csv(DailyHealth health, int dayNumber)
    {
        ArgumentNullException.ThrowIfNull(health);
        CsvText csv = new(["date", "service", "metric", "unit", "threshold", "status", "previous", "change_percent", "trend", .. CsvText.FigureColumns]);
        string date = Display.Date(health.Date);
        csv.Row([date, string.Empty, "overall_health_score", "points", string.Empty, States.Of(health.Status), string.Empty, string.Empty, string.Empty, .. CsvText.Cells(health.Score)]);
        foreach (HealthMetric metric in health.Metrics)
        {
            csv.Row(
            [
                date, CsvText.Cell(metric.Service), CsvText.Cell(metric.Metric), CsvText.Cell(metric.Unit), CsvText.Cell(metric.Threshold),
                metric.Status is { } status ? States.Of(status) : string.Empty, CsvText.Cell(metric.Previous.Value), CsvText.Cell(metric.ChangePercent),
                States.Of(metric.Trend), .. CsvText.Cells(metric.Value),
            ]);
        }

        return csv.File(NameOf(dayNumber, "csv"));
    }

    /// <summary>Findings, figures, budgets and hints.</summary>
    public static IReadOnlyList<ReportTable> Tables(DailyHealth health)
    {
        ArgumentNullException.ThrowIfNull(health);
        return HealthTables.All(health);
    }

    private static string NameOf(int dayNumber, string extension)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(dayNumber, 1);
        return string.Create(CultureInfo.InvariantCulture, $"day_{dayNumber:00}_HEALTH.{extension}");
    }
}
