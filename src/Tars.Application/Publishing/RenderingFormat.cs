using Tars.Storage.Reports;

namespace Tars.Application.Publishing;

/// <summary>The word under which a file of a report is kept: unique in the report.</summary>
internal static class RenderingFormat
{
    /// <summary>The word of a timestamp over the envelope.</summary>
    public const string Timestamp = "timestamp";

    /// <summary>The word of a file: <c>json</c>, <c>markdown</c>, <c>html</c>, <c>csv</c>, <c>pdf</c>; a second file of that kind has its own name with it, such as <c>csv:kpi-budgets.csv</c>.</summary>
    /// <param name="name">The file's name.</param>
    /// <param name="before">The files before it.</param>
    public static string Of(string name, IEnumerable<Rendering> before)
    {
        string extension = Path.GetExtension(name).TrimStart('.').ToLowerInvariant();
        string word = extension switch { "md" => "markdown", "htm" => "html", "" => "file", _ => extension };
        return before.All(rendering => rendering.Format != word) ? word : $"{word}:{name.ToLowerInvariant()}";
    }
}
