using Tars.Reports.Formats;

namespace Tars.Reports.Pages;

/// <summary>A table on a page: it scrolls sideways by itself where the screen is narrow, and words of judgement are marked.</summary>
internal static class HtmlTable
{
    /// <summary>The most rows a page shows of one table; the JSON file has all.</summary>
    public const int MostRows = 200;

    /// <summary>The table, or the sentence that an empty one stands for.</summary>
    /// <param name="table">The table.</param>
    /// <param name="extra">One more cell per row at its end, or null.</param>
    /// <param name="extraHeader">Header of that column.</param>
    public static Html Of(ReportTable table, Func<int, Html>? extra = null, string extraHeader = "")
    {
        if (table.Rows.Count == 0)
        {
            return Html.Of($"<p class=\"empty\">{table.Empty}</p>\n");
        }

        int left = table.Rows.Count - MostRows;
        return Html.Of(
            $"""
            <div class="scroll" role="region" aria-label="{table.Title}" tabindex="0"><table>
            <thead><tr>{Html.Each(table.Columns, Header)}{Html.When(extra is not null, () => Html.Of($"<th scope=\"col\">{extraHeader}</th>"))}</tr></thead>
            <tbody>{Html.Each(table.Rows.Take(MostRows).Index(), row => Html.Of($"<tr>{Html.Each(row.Item.Index(), cell => Cell(table.Columns[cell.Index], cell.Item, cell.Index))}{Html.When(extra is not null, () => Html.Of($"<td>{extra!(row.Index)}</td>"))}</tr>\n"))}</tbody>
            </table></div>
            {Html.When(left > 0, () => Html.Of($"<p class=\"empty\">{left} more rows are in the JSON file.</p>"))}
            """);
    }

    /// <summary>A word of judgement as a badge.</summary>
    public static Html Badge(string word) => Html.Of($"<span class=\"badge {Tone(word)}\">{word}</span>");

    /// <summary>The tone of a word: <c>good</c>, <c>bad</c>, <c>warn</c>, <c>unknown</c> or <c>plain</c>.</summary>
    public static string Tone(string word) => word.Split(',')[0] switch
    {
        "PASS" or "good" or "healthy" or "improving" or "better" or "yes" => "good",
        "FAIL" or "critical" or "P0" or "not recovered" or "worsening" or "worse" => "bad",
        "high" or "medium" or "P1" or "needs attention" or "degraded" or "too little data" => "warn",
        "INCONCLUSIVE" or "inconclusive" or "unknown" or "not judged" => "unknown",
        _ => "plain",
    };

    private static Html Header(ReportColumn column) => Html.Of($"<th scope=\"col\"{Number(column)}>{column.Header}</th>");

    private static Html Cell(ReportColumn column, string text, int index)
    {
        bool isJudgement = column.Header is "verdict" or "severity" or "priority" or "effect" or "direction" or "judged" or "status" or "recovery";
        Html content = isJudgement && Tone(text) != "plain" ? Badge(text)
            : text is "no data" or "query failed" ? Html.Of($"<span class=\"missing\">{text}</span>")
            : Html.Of($"{text}");
        bool isLong = !column.IsNumeric && text.Length > 48;
        return index == 0
            ? Html.Of($"<th scope=\"row\"{Number(column)}>{content}</th>")
            : Html.Of($"<td{(isLong ? new Html(" class=\"long\"") : Number(column))}>{content}</td>");
    }

    private static Html Number(ReportColumn column) => column.IsNumeric ? new Html(" class=\"number\"") : Html.Empty;
}
