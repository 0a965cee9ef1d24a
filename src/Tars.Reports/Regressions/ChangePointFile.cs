using System.Globalization;
using Tars.Observability.Regressions;
using Tars.Reports.Formats;
using static Tars.Reports.ReportColumn;

namespace Tars.Reports.Regressions;

/// <summary>Change points of one series, for <c>tars regressions changepoints</c>: <c>{"change_points": [{"index", "timestamp", "before", "after", "p_value"}]}</c>.</summary>
public static class ChangePointFile
{
    /// <summary><c>change_points.json</c>.</summary>
    public static ReportFile Json(ChangePointReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return JsonText.File("change_points.json", json => json.Array("change_points", report.ChangePoints, point =>
        {
            json.Count("index", point.Index);
            json.Text("timestamp", point.Timestamp);
            json.Number("before", point.Before);
            json.Number("after", point.After);
            json.Number("p_value", point.PValue);
        }));
    }

    /// <summary>The same as rows.</summary>
    public static ReportFile Csv(ChangePointReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        CsvText csv = new("index", "timestamp", "before", "after", "p_value");
        foreach (TimedChangePoint point in report.ChangePoints)
        {
            csv.Row(point.Index.ToString(CultureInfo.InvariantCulture), CsvText.Cell(point.Timestamp), CsvText.Cell(point.Before), CsvText.Cell(point.After), CsvText.Cell(point.PValue));
        }

        return csv.File("change_points.csv");
    }

    /// <summary>The same as a table.</summary>
    public static ReportTable Table(ChangePointReport report)
    {
        ArgumentNullException.ThrowIfNull(report);
        return new ReportTable(
            "Change points",
            [Number("index"), "timestamp", Number("before"), Number("after"), Number("p-value")],
            [
                .. report.ChangePoints.Select(string[] (point) =>
                [
                    point.Index.ToString(CultureInfo.InvariantCulture), point.Timestamp, Display.Number(point.Before, string.Empty), Display.Number(point.After, string.Empty),
                    Display.Probability(point.PValue),
                ]),
            ],
            "No change point.");
    }

    /// <summary>The same as Markdown, with its columns aligned.</summary>
    public static ReportFile Markdown(ChangePointReport report)
    {
        MarkdownText text = new();
        text.Table(Table(report), 1);
        return text.File("change_points.md");
    }
}
