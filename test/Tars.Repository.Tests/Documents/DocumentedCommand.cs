using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tars.Repository.Tests.Documents;

/// <summary>
/// A command line shown in a document.
/// </summary>
/// <param name="Line">Its line in the document.</param>
/// <param name="Words">Program and arguments, quotes resolved.</param>
/// <param name="ExitCode">The exit code the document promises (<c># exit 4</c>); 0 when it says nothing.</param>
/// <param name="Output">The output lines the document shows below it; empty when it shows none.</param>
internal sealed partial record DocumentedCommand(int Line, IReadOnlyList<string> Words, int ExitCode, IReadOnlyList<string> Output)
{
    /// <summary>
    /// The commands of a block. In <c>console</c> blocks a line that begins with <c>$ </c> is a command and what follows is its
    /// output; in <c>sh</c> and <c>bash</c> blocks each line is a command, but for comments. A trailing backslash continues a line.
    /// </summary>
    internal static IReadOnlyList<DocumentedCommand> In(FencedBlock block)
    {
        string language = block.Info.Split(' ')[0];
        return language switch
        {
            "console" => InTranscript(block),
            "sh" or "bash" or "shell" => InScript(block),
            _ => [],
        };
    }

    /// <summary>Splits a command line as a shell does without expansions: blanks, single and double quotes, backslash.</summary>
    /// <exception cref="FormatException">It uses a variable, a pipe, a redirection or another thing only a shell does.</exception>
    internal static IReadOnlyList<string> Split(string commandLine)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool open = false;
        char quote = '\0';
        for (int i = 0; i < commandLine.Length; i++)
        {
            char c = commandLine[i];
            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (open)
                {
                    words.Add(word.ToString());
                    word.Clear();
                    open = false;
                }
            }
            else if (quote == '\0' && c is '\'' or '"' || c == quote)
            {
                quote = c == quote ? '\0' : c;
                open = true;
            }
            else if (quote != '\'' && c is '$' or '`' || (quote == '\0' && c is '|' or '>' or '<' or ';' or '&' or '*' or '('))
            {
                throw new FormatException($"`{commandLine}` needs a shell for '{c}': show plain command lines");
            }
            else
            {
                word.Append(quote != '\'' && c == '\\' && i + 1 < commandLine.Length ? commandLine[++i] : c);
                open = true;
            }
        }

        return open ? [.. words, word.ToString()] : words;
    }

    private static List<DocumentedCommand> InTranscript(FencedBlock block)
    {
        List<DocumentedCommand> commands = [];
        List<string> output = [];
        for (int i = 0; i < block.Lines.Count; i++)
        {
            if (block.Lines[i].StartsWith("$ ", StringComparison.Ordinal))
            {
                int line = block.Line + 1 + i;
                string text = Continued(block.Lines, ref i)[2..];
                output = [];
                commands.Add(Of(line, text, output));
            }
            else
            {
                output.Add(block.Lines[i]);
            }
        }

        return commands;
    }

    private static List<DocumentedCommand> InScript(FencedBlock block)
    {
        List<DocumentedCommand> commands = [];
        for (int i = 0; i < block.Lines.Count; i++)
        {
            int line = block.Line + 1 + i;
            string text = Continued(block.Lines, ref i).TrimStart();
            if (text.Length > 0 && text[0] != '#')
            {
                commands.Add(Of(line, text.StartsWith("$ ", StringComparison.Ordinal) ? text[2..] : text, []));
            }
        }

        return commands;
    }

    private static string Continued(IReadOnlyList<string> lines, ref int at)
    {
        string text = lines[at];
        while (text.EndsWith('\\') && at + 1 < lines.Count)
        {
            text = text[..^1] + " " + lines[++at].TrimStart();
        }

        return text;
    }

    private static DocumentedCommand Of(int line, string text, IReadOnlyList<string> output)
    {
        Match exit = ExitNote().Match(text);
        int code = exit.Success ? int.Parse(exit.Groups["code"].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) : 0;
        return new DocumentedCommand(line, Split(Comment().Replace(text, string.Empty)), code, output);
    }

    [GeneratedRegex(@"\s#.*\bexit (?<code>\d+)", RegexOptions.ExplicitCapture)]
    private static partial Regex ExitNote();

    [GeneratedRegex(@"\s+# .*$")]
    private static partial Regex Comment();
}
