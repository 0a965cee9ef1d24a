using System.Collections.Immutable;
using System.Text;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Layers;

/// <summary><c>${NAME}</c> in values: replaced once the layers are merged, so that only values in use are asked for; <c>$${</c> is a literal <c>${</c>.</summary>
internal static class Placeholders
{
    /// <summary>Whether <paramref name="text"/> holds <c>${</c>, escaped or not.</summary>
    public static bool IsIn(string text) => text.Contains("${", StringComparison.Ordinal);

    /// <summary>Returns <paramref name="node"/> with the placeholders of all its values replaced.</summary>
    /// <param name="node">The merged settings.</param>
    /// <param name="path">Their key.</param>
    /// <param name="lookup">Returns the value of a name, or null when it has none. What it returns is not searched again.</param>
    /// <param name="problems">Receives names without value and marks that are no placeholder.</param>
    public static SettingsNode Replace(SettingsNode node, string path, Func<string, string?> lookup, ICollection<SettingsProblem> problems)
    {
        switch (node)
        {
            case SettingsNode.Map map:
                return map with
                {
                    Entries = [.. map.Entries.Select(e => e with { Value = Replace(e.Value, SettingsPath.Append(path, e.Key), lookup, problems) })],
                };
            case SettingsNode.List list:
                return list with { Items = [.. list.Items.Select((item, i) => Replace(item, $"{path}[{i}]", lookup, problems))] };
            case SettingsNode.Scalar scalar when IsIn(scalar.Text):
                return scalar with { Text = Expand(scalar, path, lookup, problems), Written = scalar.Text };
            default:
                return node;
        }
    }

    private static string Expand(SettingsNode.Scalar scalar, string path, Func<string, string?> lookup, ICollection<SettingsProblem> problems)
    {
        StringBuilder result = new();
        ReadOnlySpan<char> rest = scalar.Text;
        while (true)
        {
            int mark = rest.IndexOf("${");
            if (mark < 0)
            {
                return result.Append(rest).ToString();
            }

            if (mark > 0 && rest[mark - 1] == '$')
            {
                result.Append(rest[..(mark - 1)]).Append("${");
                rest = rest[(mark + 2)..];
                continue;
            }

            result.Append(rest[..mark]);
            ReadOnlySpan<char> name = rest[(mark + 2)..];
            int end = name.IndexOf('}');
            if (end <= 0 || end > 200 || !IsName(name[..end]))
            {
                problems.Add(new SettingsProblem(scalar.Origin, path, $"{scalar.Shown()} has a ${{ that starts no placeholder; write ${{NAME}}, or $${{ for the characters themselves"));
                return scalar.Text;
            }

            if (lookup(name[..end].ToString()) is string value)
            {
                result.Append(value);
            }
            else
            {
                problems.Add(new SettingsProblem(
                    scalar.Origin, path, $"${{{name[..end]}}} has no value; set the environment variable {name[..end]}, or write $${{ for the characters themselves"));
            }

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
