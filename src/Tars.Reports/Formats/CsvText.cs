using System.Globalization;
using System.Text;
using Tars.Observability.TimeSeries;

namespace Tars.Reports.Formats;

/// <summary>
/// Writes comma-separated values: RFC 4180 quoting, line feeds, a header, numbers in their shortest exact form. A text that a spreadsheet
/// would take for a formula (it begins with <c>= + - @</c>, a tab or a carriage return) gets an apostrophe before it.
/// </summary>
internal sealed class CsvText
{
    /// <summary>The columns that say what a figure is worth.</summary>
    public static readonly string[] FigureColumns = ["value", "state", "coverage", "reason"];

    private readonly StringBuilder _text = new();

    /// <summary>Begins with a header.</summary>
    public CsvText(params IEnumerable<string> columns) => _text.AppendJoin(',', columns).Append('\n');

    /// <summary>Adds a row.</summary>
    public void Row(params IEnumerable<string> cells) => _text.AppendJoin(',', cells).Append('\n');

    /// <summary>The file.</summary>
    public ReportFile File(string name) => new(name, "text/csv", Encoding.UTF8.GetBytes(_text.ToString()));

    /// <summary>A text, quoted where needed; null is empty.</summary>
    public static string Cell(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        string safe = text[0] is '=' or '+' or '-' or '@' or '\t' or '\r' ? "'" + text : text;
        return safe.AsSpan().IndexOfAny(",\"\n\r") < 0 ? safe : $"\"{safe.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }

    /// <summary>A number; empty when there is none or it is not finite.</summary>
    public static string Cell(double? number) => number is { } value && double.IsFinite(value)
        ? (value == 0 ? 0 : value).ToString("R", CultureInfo.InvariantCulture)
        : string.Empty;

    /// <summary>An instant.</summary>
    public static string Cell(DateTimeOffset instant) => Instants.Format(instant);

    /// <summary>True or false.</summary>
    public static string Cell(bool flag) => flag ? "true" : "false";

    /// <summary>The four cells of a figure.</summary>
    public static string[] Cells(Figure figure) =>
        [Cell(figure.Value), States.Of(figure), Cell(States.CoverageOf(figure)), Cell(States.ReasonOf(figure))];
}
