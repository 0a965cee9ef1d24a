using System.Text;
using System.Text.RegularExpressions;

namespace Tars.Repository.Tests.Documents;

/// <summary>A fenced block: the words after the fence, and its lines.</summary>
internal sealed record FencedBlock(string Info, int Line, IReadOnlyList<string> Lines);

/// <summary>A link to a place: <c>path#anchor</c> as written, and its line.</summary>
internal sealed record DocumentLink(string Target, int Line);

/// <summary>What the tests need of a Markdown file: fenced blocks, links outside them, and the anchors that headings make.</summary>
internal sealed partial class MarkdownDocument
{
    private MarkdownDocument(IReadOnlyList<FencedBlock> blocks, IReadOnlyList<DocumentLink> links, IReadOnlySet<string> anchors)
    {
        Blocks = blocks;
        Links = links;
        Anchors = anchors;
    }

    internal IReadOnlyList<FencedBlock> Blocks { get; }

    internal IReadOnlyList<DocumentLink> Links { get; }

    internal IReadOnlySet<string> Anchors { get; }

    internal static MarkdownDocument Parse(string text)
    {
        List<FencedBlock> blocks = [];
        List<DocumentLink> links = [];
        HashSet<string> anchors = [];
        List<string>? inside = null;
        string fence = string.Empty;
        int number = 0;
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd('\r');
            number++;
            Match mark = Fence().Match(line);
            if (inside is not null)
            {
                if (mark.Success && mark.Groups["mark"].Value.StartsWith(fence, StringComparison.Ordinal) && mark.Groups["info"].Length == 0)
                {
                    inside = null;
                }
                else
                {
                    inside.Add(line);
                }
            }
            else if (mark.Success)
            {
                inside = [];
                fence = mark.Groups["mark"].Value;
                blocks.Add(new FencedBlock(mark.Groups["info"].Value.Trim(), number, inside));
            }
            else
            {
                AddAnchors(anchors, line);
                string prose = CodeSpan().Replace(line, string.Empty);
                links.AddRange(Link().Matches(prose).Select(link => new DocumentLink(link.Groups["target"].Value, number)));
            }
        }

        return new MarkdownDocument(blocks, links, anchors);
    }

    // GitHub's anchors: lower case, punctuation removed, spaces to hyphens; a repeated heading gets -1, -2 …
    private static void AddAnchors(HashSet<string> anchors, string line)
    {
        Match heading = Heading().Match(line);
        if (heading.Success)
        {
            StringBuilder slug = new();
            foreach (char c in LinkText().Replace(heading.Groups["text"].Value, "${text}").ToLowerInvariant())
            {
                slug.Append(char.IsLetterOrDigit(c) || c is '-' or '_' ? c.ToString() : c == ' ' ? "-" : string.Empty);
            }

            string first = slug.ToString();
            string anchor = first;
            for (int repeat = 1; !anchors.Add(anchor); repeat++)
            {
                anchor = $"{first}-{repeat}";
            }
        }

        anchors.UnionWith(NamedAnchor().Matches(line).Select(match => match.Groups["name"].Value));
    }

    [GeneratedRegex(@"^ {0,3}(?<mark>`{3,}|~{3,})(?<info>[^`]*)$", RegexOptions.ExplicitCapture)]
    private static partial Regex Fence();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex CodeSpan();

    [GeneratedRegex(@"\]\(\s*<?(?<target>[^)\s>]+)>?(\s+""[^""]*"")?\s*\)|^\s*\[[^\]]+\]:\s*<?(?<target>[^\s>]+)|(src|href)=""(?<target>[^""]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex Link();

    [GeneratedRegex(@"^#{1,6}\s+(?<text>.*?)\s*#*$", RegexOptions.ExplicitCapture)]
    private static partial Regex Heading();

    [GeneratedRegex(@"\[(?<text>[^\]]*)\]\([^)]*\)", RegexOptions.ExplicitCapture)]
    private static partial Regex LinkText();

    [GeneratedRegex(@"\b(id|name)=""(?<name>[^""]+)""", RegexOptions.ExplicitCapture)]
    private static partial Regex NamedAnchor();
}
