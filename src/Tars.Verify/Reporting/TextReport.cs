using System.Globalization;
using System.Text;
using Tars.Verify.Checks;

namespace Tars.Verify.Reporting;

/// <summary>The findings as plain text: one line each, notes below it, and the verdict last.</summary>
internal static class TextReport
{
    internal static string Of(IReadOnlyList<Finding> findings)
    {
        StringBuilder text = new();
        foreach (Finding finding in findings)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(!finding.IsGood ? "FAIL " : finding.IsWarning ? "warn " : "ok   ")} {Printable(finding.Path)}: {Printable(finding.Message)}\n");
            foreach (string note in finding.Notes)
            {
                text.Append(CultureInfo.InvariantCulture, $"        {Printable(note)}\n");
            }
        }

        int bad = findings.Count(finding => !finding.IsGood);
        return text.Append(bad == 0 ? $"verified: {findings.Count} checks\n" : $"NOT VERIFIED: {bad} of {findings.Count} checks failed\n").ToString();
    }

    // Names and texts come from outside: no control character reaches the terminal, and no line can be made up.
    private static string Printable(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(c => IsUnsafe(c) ? $"\\u{(int)c:x4}" : c.ToString())) : text;

    private static bool IsUnsafe(char c) => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
