using System.Text;

namespace Tars.Reports.Formats;

/// <summary>
/// Writes Markdown that reads well as plain text too: padded tables, one sentence per bullet. Everything that comes from data goes
/// through <see cref="Escape"/> or <see cref="Code"/>.
/// </summary>
internal sealed class MarkdownText
{
    private readonly StringBuilder _text = new();

    /// <summary>A heading of level 1 to 6.</summary>
    public void Heading(int level, string title) => Block(new string('#', level) + " " + Escape(title));

    /// <summary>A paragraph that is Markdown already.</summary>
    public void Block(string markdown) => _text.Append(_text.Length == 0 ? string.Empty : "\n").Append(markdown).Append('\n');

    /// <summary>A list of items that are Markdown already; nothing when there is none.</summary>
    public void Bullets(params IEnumerable<string> items)
    {
        string list = string.Join('\n', items.Select(item => "- " + item));
        if (list.Length > 0)
        {
            Block(list);
        }
    }

    /// <summary>A table under its title, or the sentence that an empty one stands for.</summary>
    public void Table(ReportTable table, int level = 2)
    {
        Heading(level, table.Title);
        if (table.Rows.Count == 0)
        {
            Block(Escape(table.Empty));
            return;
        }

        string[][] cells = [.. table.Rows.Select(row => row.Select(Escape).ToArray())];
        string[] headers = [.. table.Columns.Select(column => Escape(column.Header))];
        int[] widths = [.. headers.Select((header, i) => Math.Max(Math.Max(3, header.Length), cells.Max(row => row[i].Length)))];
        string Line(IEnumerable<string> row) => "| " + string.Join(" | ", row.Select((cell, i) =>
            table.Columns[i].IsNumeric ? cell.PadLeft(widths[i]) : cell.PadRight(widths[i]))) + " |";
        string rule = "| " + string.Join(" | ", widths.Select((width, i) =>
            table.Columns[i].IsNumeric ? new string('-', width - 1) + ":" : new string('-', width))) + " |";
        Block(string.Join('\n', [Line(headers), rule, .. cells.Select(Line)]));
    }

    /// <summary>The file.</summary>
    public ReportFile File(string name) => new(name, "text/markdown", Encoding.UTF8.GetBytes(_text.ToString()));

    /// <summary>Plain text as Markdown: on one line, nothing in it read as markup or HTML.</summary>
    public static string Escape(string text)
    {
        StringBuilder safe = new(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            switch (c)
            {
                case '<':
                    safe.Append("&lt;");
                    break;
                case '>':
                    safe.Append("&gt;");
                    break;
                case '&':
                    safe.Append("&amp;");
                    break;
                case '\\' or '`' or '*' or '[' or ']' or '|' or '~' or '$':
                case '_' when i == 0 || i == text.Length - 1 || !char.IsLetterOrDigit(text[i - 1]) || !char.IsLetterOrDigit(text[i + 1]):
                case '#' or '+' or '-' when i == 0 && text.Length > 1 && !char.IsAsciiDigit(text[1]):
                    safe.Append('\\').Append(c);
                    break;
                default:
                    safe.Append(char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c);
                    break;
            }
        }

        return safe.ToString();
    }

    /// <summary>Text as a code span, for example a query: fenced by more backticks than it holds in a row. Not for table cells.</summary>
    public static string Code(string text)
    {
        string line = string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
        int longest = 0;
        for (int i = 0, run = 0; i < line.Length; i++)
        {
            run = line[i] == '`' ? run + 1 : 0;
            longest = Math.Max(longest, run);
        }

        string fence = new('`', longest + 1);
        string pad = longest > 0 || line.Length == 0 ? " " : string.Empty;
        return $"{fence}{pad}{line}{pad}{fence}";
    }
}
