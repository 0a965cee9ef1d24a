using System.Globalization;
using Tars.Observability.Stability;
using Tars.Reports.Formats;

namespace Tars.Reports.Stability;

/// <summary>
/// Day by day and all together: a <c>day_NN_summary.json</c> per day, <c>weekly_summary.json</c> and <c>weekly_summary.md</c>. Formats in
/// docs/formats/reports.md.
/// </summary>
public static class WeeklyReport
{
    /// <summary>Every file of the report.</summary>
    public static Report Render(StabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new Report("stability", [.. report.Days.Select(Day), Json(report), Markdown(report)]);
    }

    /// <summary><c>weekly_summary.json</c>.</summary>
    public static ReportFile Json(StabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonText.File("weekly_summary.json", json => WeeklyJson.Week(json, report));
    }

    /// <summary><c>day_NN_summary.json</c>.</summary>
    public static ReportFile Day(DaySummary day)
    {
        ArgumentNullException.ThrowIfNull(day);
        string name = string.Create(CultureInfo.InvariantCulture, $"day_{day.Number:00}_summary.json");
        return JsonText.File(name, json => WeeklyJson.Day(json, day));
    }

    /// <summary><c>weekly_summary.md</c>.</summary>
    public static ReportFile Markdown(StabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return WeeklyMarkdown.File(report);
    }

    /// <summary>A row per day and overall figure, then a row per drift and trend.</summary>
    public static ReportFile Csv(StabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return WeeklyCsv.File(report);
    }

    /// <summary>Recommendation, days, drift and trends.</summary>
    public static IReadOnlyList<ReportTable> Tables(StabilityReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return WeeklyTables.All(report);
    }
}
