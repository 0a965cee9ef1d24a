namespace Tars.Reports;

/// <summary>A table for people: a terminal, a Markdown file and a page show the same one.</summary>
/// <param name="Title">Its heading.</param>
/// <param name="Columns">Its columns, at least one.</param>
/// <param name="Rows">Its rows, each with one plain text per column: nothing in it is escaped for any output.</param>
/// <param name="Empty">What to say in place of a table without rows: what an empty table means here.</param>
public sealed record ReportTable(string Title, IReadOnlyList<ReportColumn> Columns, IReadOnlyList<IReadOnlyList<string>> Rows, string Empty)
{
    /// <summary>The same table without the columns of these headers; headers that it does not have are ignored.</summary>
    public ReportTable Without(params string[] headers)
    {
        int[] kept = [.. Columns.Index().Where(column => !headers.Contains(column.Item.Header)).Select(column => column.Index)];
        return this with { Columns = [.. kept.Select(i => Columns[i])], Rows = [.. Rows.Select(row => kept.Select(i => row[i]).ToArray())] };
    }
}

/// <summary>A column.</summary>
/// <param name="Header">Its header.</param>
/// <param name="IsNumeric">Whether its texts are numbers, to be aligned to the right.</param>
public readonly record struct ReportColumn(string Header, bool IsNumeric)
{
    /// <summary>A column of text.</summary>
    public static implicit operator ReportColumn(string header) => new(header, false);

    /// <summary>A column of text.</summary>
    public static ReportColumn FromString(string header) => header;

    /// <summary>A column of numbers.</summary>
    public static ReportColumn Number(string header) => new(header, true);
}
