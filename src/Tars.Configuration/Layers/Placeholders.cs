using System.Collections.Immutable;
using System.Text;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Layers;

/// <summary><c>${NAME}</c> in values: replaced once the layers are merged, so that only values in use are asked for; <c>$${</c> is a literal <c>${</c>.</summary>
internal static class Placeholders
{
    /// <summary>The longest text that placeholders may grow to, in characters.</summary>
    public const int LengthLimit = 64 * 1024;

    /// <summary>Whether <paramref name="text"/> holds <c>${</c>, escaped or not.</summary>
    public static bool IsIn(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Returns the names asked for in <paramref name="node"/>, each once, in the order written.</summary>
    public static IReadOnlyList<string> NamesIn(SettingsNode node)
    {
        List<string> names = [];
        void Visit(SettingsNode at)
        {
            switch (at)
            {
                case SettingsNode.Map map:
                    foreach (SettingsEntry entry in map.Entries)
                    {
                        Visit(entry.Value);
                    }

                    return;
                case SettingsNode.List list:
                    foreach (SettingsNode item in list.Items)
                    {
                        Visit(item);
                    }

                    return;
                case SettingsNode.Scalar scalar when IsIn(scalar.Text):
                    names.AddRange(NamesIn(scalar.Text));
                    return;
            }
        }

        Visit(node);
        return [.. names.Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Returns the names asked for in <paramref name="text"/>, in the order written; none when it is no text with placeholders.</summary>
    public static IEnumerable<string> NamesIn(string text) => (Parse(text) ?? []).Where(part => part.IsName).Select(part => part.Text);

    /// <summary>Returns <paramref name="node"/> with the placeholders of all its values replaced.</summary>
    /// <param name="node">The merged settings.</param>
    /// <param name="path">Their key.</param>
    /// <param name="values">The values of names.</param>
    /// <param name="problems">Receives names without value, names that refer to themselves, and marks that are no placeholder.</param>
    public static SettingsNode Replace(SettingsNode node, string path, PlaceholderValues values, ICollection<SettingsProblem> problems)
    {
        switch (node)
        {
            case SettingsNode.Map map:
                return map with
                {
                    Entries = [.. map.Entries.Select(e => e with { Value = Replace(e.Value, SettingsPath.Append(path, e.Key), values, problems) })],
                };
            case SettingsNode.List list:
                return list with { Items = [.. list.Items.Select((item, i) => Replace(item, $"{path}[{i}]", values, problems))] };
            case SettingsNode.Scalar { Written: null } scalar when IsIn(scalar.Text) && values.Unanswered(NamesIn(scalar.Text)) is { Count: > 0 } unanswered:
                return scalar with { Sources = [.. unanswered] };
            case SettingsNode.Scalar { Written: null } scalar when IsIn(scalar.Text):
                StringBuilder result = new();
                List<PlaceholderSource> sources = [];
                string? refusal = Expand(scalar.Text, [], values, result, sources);
                if (refusal is not null)
                {
                    problems.Add(new SettingsProblem(scalar.Origin, SettingsPath.Shown(path), refusal.Replace("\0", scalar.Shown(), StringComparison.Ordinal)));
                }

                return refusal is null ? scalar with { Text = result.ToString(), Written = scalar.Text, Sources = [.. sources] } : scalar;
            default:
                return node;
        }
    }

    // Returns what is wrong, with a NUL where the value as written belongs, or null.
    private static string? Expand(string text, ImmutableArray<string> within, PlaceholderValues values, StringBuilder result, List<PlaceholderSource> sources)
    {
        if (Parse(text) is not { } parts)
        {
            // Not the value: a password may hold such a mark.
            string where = within.Length == 0 ? "" : $"the variable {within[^1]} ";
            return $"{where}has a ${{ that starts no placeholder; write ${{NAME}}, or $${{ for the characters themselves";
        }

        foreach ((string part, bool isName) in parts)
        {
            if (!isName)
            {
                result.Append(part);
            }
            else if (within.Contains(part))
            {
                return $"${{{within[0]}}} refers to itself: {string.Join(" -> ", within.Add(part))}; break the circle";
            }
            else if (values.Find(part) is not PlaceholderValue value)
            {
                return values.Refusal(part);
            }
            else if (value.IsFinal)
            {
                sources.Add(value.Source);
                result.Append(value.Text);
            }
            else
            {
                sources.Add(value.Source);
                if (Expand(value.Text, within.Add(part), values, result, sources) is string refusal)
                {
                    return refusal;
                }
            }

            if (result.Length > LengthLimit)
            {
                return $"\0 grows past {LengthLimit} characters when its placeholders are replaced";
            }
        }

        return null;
    }

    /// <summary>Returns the literal texts and names of <paramref name="text"/>; null when a <c>${</c> starts no placeholder.</summary>
    private static List<(string Text, bool IsName)>? Parse(string text)
    {
        List<(string, bool)> parts = [];
        ReadOnlySpan<char> rest = text;
        while (true)
        {
            int mark = rest.IndexOf("${");
            if (mark < 0)
            {
                parts.Add((rest.ToString(), false));
                return parts;
            }

            if (mark > 0 && rest[mark - 1] == '$')
            {
                parts.Add((string.Concat(rest[..(mark - 1)], "${"), false));
                rest = rest[(mark + 2)..];
                continue;
            }

            parts.Add((rest[..mark].ToString(), false));
            ReadOnlySpan<char> name = rest[(mark + 2)..];
            int end = name.IndexOf('}');
            if (end <= 0 || end > 200 || !IsName(name[..end]))
            {
                return null;
            }

            parts.Add((name[..end].ToString(), true));
            rest = name[(end + 1)..];
        }
    }

    private static bool IsName(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.' or '/' or '#'))
            {
                return false;
            }
        }

        return char.IsAsciiLetter(text[0]) || text[0] == '_';
    }
}
