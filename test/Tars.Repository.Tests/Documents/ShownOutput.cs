using System.Text.RegularExpressions;

namespace Tars.Repository.Tests.Documents;

/// <summary>
/// Compares output shown in a document with what a command wrote. <c>…</c> within a line stands for any text, a line that is
/// only <c>…</c> for any number of lines; the rest must be equal, without trailing blanks.
/// </summary>
internal static class ShownOutput
{
    /// <summary>Null when all of <paramref name="shown"/> is in <paramref name="actual"/>, in order, else the first shown line that is not.</summary>
    internal static string? FirstMissing(IReadOnlyList<string> shown, string actual)
    {
        string[] lines = [.. actual.Split('\n').Select(line => line.TrimEnd())];
        int at = 0;
        bool gap = false;
        foreach (string line in shown.Select(line => line.TrimEnd()))
        {
            if (line.Trim() == "…")
            {
                gap = true;
                continue;
            }

            int last = gap ? lines.Length - 1 : Math.Min(at, lines.Length - 1);
            while (at <= last && !Matches(line, lines[at]))
            {
                at++;
            }

            if (at > last)
            {
                return line;
            }

            at++;
            gap = false;
        }

        return gap || lines.Skip(at).All(line => line.Length == 0) ? null : $"(the end: the command goes on with \"{lines[at]}\"; … stands for more)";
    }

    private static bool Matches(string shown, string actual) =>
        Regex.IsMatch(actual, "^" + string.Join(".*", shown.Split('…').Select(Regex.Escape)) + "$", RegexOptions.None, TimeSpan.FromSeconds(5));
}
