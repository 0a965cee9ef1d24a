using Tars.Reports;

namespace Tars.Cli.CommandLine;

/// <summary>
/// A table as plain aligned text, without lines, as kubectl and docker print theirs: readable in a terminal, in a pipe and in a document.
/// One that is wider than the terminal is turned: a block per row, a line per column.
/// </summary>
internal static class TextTable
{
    /// <summary>The lines of a table, the header first; none when it has no rows.</summary>
    /// <param name="table">The table.</param>
    /// <param name="width">Columns of the terminal; 0 for no limit.</param>
    public static IReadOnlyList<string> Lines(ReportTable table, int width)
    {
        if (table.Rows.Count == 0)
        {
            return [];
        }

        int[] widths = [.. table.Columns.Select((column, i) => Math.Max(column.Header.Length, table.Rows.Max(row => row[i].Length)))];
        return width > 0 && widths.Sum() + (2 * widths.Length) - 2 > width
            ? Turned(table)
            : [Line([.. table.Columns.Select(column => column.Header)]), .. table.Rows.Select(Line)];

        string Line(IReadOnlyList<string> cells) => string.Join(
            "  ", cells.Select((cell, i) => table.Columns[i].IsNumeric ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))).TrimEnd();
    }

    private static List<string> Turned(ReportTable table)
    {
        int header = table.Columns.Max(column => column.Header.Length);
        List<string> lines = [];
        foreach (IReadOnlyList<string> row in table.Rows)
        {
            if (lines.Count > 0)
            {
                lines.Add(string.Empty);
            }

            lines.AddRange(table.Columns.Select((column, i) => $"{column.Header.PadRight(header)}  {row[i]}".TrimEnd()));
        }

        return lines;
    }
}
