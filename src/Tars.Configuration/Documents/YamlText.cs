using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Tars.Configuration.Documents;

/// <summary>Writes nodes as YAML 1.2: maps and lists of maps as blocks, other lists in brackets, text in quotes where it would read as something else.</summary>
internal static partial class YamlText
{
    /// <summary>Returns <paramref name="root"/> as a document that ends with a line feed; <c>{}</c> for a map without entries.</summary>
    /// <param name="root">The values.</param>
    /// <param name="commentOf">Returns the comment that stands in the line before a key, given its path; null for none. Null writes no comments.</param>
    public static string Of(SettingsNode.Map root, Func<string, string?>? commentOf = null)
    {
        if (root.Entries.IsEmpty)
        {
            return "{}\n";
        }

        StringBuilder text = new();
        WriteMap(text, root, "", 0, commentOf ?? (_ => null), startsInLine: false);
        return text.ToString();
    }

    /// <summary>Returns a single value as it stands in a line of YAML.</summary>
    /// <param name="text">The text.</param>
    /// <param name="isText">Whether it is text even where it looks like a number or a truth value.</param>
    public static string Scalar(string text, bool isText)
    {
        if (isText ? !NeedsQuotes(text) : Plain().IsMatch(text))
        {
            return text;
        }

        return text.Any(c => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' or '\uFEFF')
            ? Escaped(text)
            : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";
    }

    /// <summary>Whether <paramref name="text"/> without quotes could be read as something else than text.</summary>
    public static bool NeedsQuotes(string text) => !Plain().IsMatch(text) || OtherType().IsMatch(text);

    private static void WriteMap(StringBuilder text, SettingsNode.Map map, string path, int indent, Func<string, string?> commentOf, bool startsInLine)
    {
        foreach (SettingsEntry entry in map.Entries)
        {
            string keyPath = SettingsPath.Append(path, entry.Key);
            string? comment = startsInLine ? null : commentOf(keyPath);
            foreach (string line in comment?.Split('\n') ?? [])
            {
                text.Append(' ', indent).Append("# ").Append(line).Append('\n');
            }

            text.Append(' ', startsInLine ? 0 : indent).Append(Scalar(entry.Key, isText: true)).Append(':');
            WriteValue(text, entry.Value, keyPath, indent, commentOf);
            startsInLine = false;
        }
    }

    private static void WriteValue(StringBuilder text, SettingsNode node, string path, int indent, Func<string, string?> commentOf)
    {
        switch (node)
        {
            case SettingsNode.Map { Entries.IsEmpty: false } map:
                text.Append('\n');
                WriteMap(text, map, path, indent + 2, commentOf, startsInLine: false);
                break;
            case SettingsNode.List list when list.Items.Any(item => item is SettingsNode.Map { Entries.IsEmpty: false }):
                text.Append('\n');
                for (int i = 0; i < list.Items.Length; i++)
                {
                    text.Append(' ', indent + 2).Append("- ");
                    string itemPath = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
                    if (list.Items[i] is SettingsNode.Map { Entries.IsEmpty: false } item)
                    {
                        WriteMap(text, item, itemPath, indent + 4, commentOf, startsInLine: true);
                    }
                    else
                    {
                        text.Append(Flow(list.Items[i])).Append('\n');
                    }
                }

                break;
            default:
                text.Append(' ').Append(Flow(node)).Append('\n');
                break;
        }
    }

    private static string Flow(SettingsNode node) => node switch
    {
        SettingsNode.Scalar { IsNull: true } => "null",
        SettingsNode.Scalar scalar => Scalar(scalar.Text, scalar.IsQuoted),
        SettingsNode.List list => "[" + string.Join(", ", list.Items.Select(Flow)) + "]",
        SettingsNode.Map map => "{" + string.Join(", ", map.Entries.Select(e => $"{Scalar(e.Key, isText: true)}: {Flow(e.Value)}")) + "}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static string Escaped(string text)
    {
        StringBuilder quoted = new("\"");
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]) => quoted.Append(c).Append(text[++i]),
                _ when char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    [GeneratedRegex("^[A-Za-z0-9_./][A-Za-z0-9_./%+@-]*(:[A-Za-z0-9_./%+@-]+)*$", RegexOptions.CultureInvariant)]
    private static partial Regex Plain();

    // Words and numbers that a reader of YAML 1.1 or 1.2 would take for a truth value, nothing, a number or a date.
    [GeneratedRegex(@"^(true|false|yes|no|on|off|y|n|null|~|\.nan|[+.]?\.?inf)$|^[+.]?[0-9.]", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex OtherType();
}
