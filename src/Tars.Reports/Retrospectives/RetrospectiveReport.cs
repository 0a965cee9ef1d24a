using Tars.Observability.Indicators;
using Tars.Observability.Retrospectives;

namespace Tars.Reports.Retrospectives;

/// <summary>
/// A period told once: <c>GA_7DAY_RETROSPECTIVE.md</c>, <c>.json</c> and <c>.html</c>, the last a page that needs nothing else. Formats in
/// docs/formats/reports.md.
/// </summary>
public static class RetrospectiveReport
{
    /// <summary>The common name of its files.</summary>
    public const string Name = "GA_7DAY_RETROSPECTIVE";

    /// <summary>Every file of the report.</summary>
    /// <param name="retrospective">What was found.</param>
    /// <param name="set">The series it was found in, for the charts; its window holds the period.</param>
    public static Report Render(Retrospective retrospective, SeriesSet set) =>
        new("retro", [Markdown(retrospective), Json(retrospective), Page(retrospective, set)]);

    /// <summary><c>GA_7DAY_RETROSPECTIVE.json</c>.</summary>
    public static ReportFile Json(Retrospective retrospective)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        return RetrospectiveJson.File(retrospective);
    }

    /// <summary><c>GA_7DAY_RETROSPECTIVE.md</c>.</summary>
    public static ReportFile Markdown(Retrospective retrospective)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        return RetrospectiveMarkdown.File(retrospective);
    }

    /// <summary><c>GA_7DAY_RETROSPECTIVE.html</c>: styles and charts inside, no script, nothing fetched.</summary>
    /// <param name="retrospective">What was found.</param>
    /// <param name="set">The series it was found in; its window holds the period.</param>
    public static ReportFile Page(Retrospective retrospective, SeriesSet set)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        ArgumentNullException.ThrowIfNull(set);
        return RetrospectivePage.File(retrospective, set);
    }

    /// <summary>A row per finding and budget.</summary>
    public static ReportFile Csv(Retrospective retrospective)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        return RetrospectiveCsv.File(retrospective);
    }

    /// <summary>Recommendations, incidents, degradations, regressions, budgets and what went well.</summary>
    public static IReadOnlyList<ReportTable> Tables(Retrospective retrospective)
    {
        ArgumentNullException.ThrowIfNull(retrospective);
        return
        [
            RetrospectiveTables.Recommendations(retrospective), RetrospectiveTables.Incidents(retrospective), RetrospectiveTables.Degradations(retrospective),
            RetrospectiveTables.Regressions(retrospective), RetrospectiveTables.Budgets(retrospective), RetrospectiveTables.WentWell(retrospective),
        ];
    }
}
