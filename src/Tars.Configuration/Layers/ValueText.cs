using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>Values written on one line, in a variable or after an option.</summary>
internal static class ValueText
{
    /// <summary>Returns <paramref name="text"/> as a value of <paramref name="type"/>, or null with a problem.</summary>
    /// <remarks>Lists are written with commas, or in brackets as in YAML; maps in braces as in YAML.</remarks>
    public static SettingsNode? Parse(SettingsType type, string text, string path, Origin origin, ICollection<SettingsProblem> problems)
    {
        string trimmed = text.Trim();
        switch (type)
        {
            case ScalarType:
                return new SettingsNode.Scalar(origin, text, IsQuoted: false);
            case ListType when trimmed.Length == 0:
                return new SettingsNode.List(origin, []);
            case ListType { Item: ScalarType } when trimmed[0] != '[':
                return new SettingsNode.List(origin, [.. trimmed.Split(',', StringSplitOptions.TrimEntries).Select(item => new SettingsNode.Scalar(origin, item, IsQuoted: false))]);
            default:
                char open = type is ListType ? '[' : '{';
                if (trimmed.Length == 0 || trimmed[0] != open)
                {
                    problems.Add(new SettingsProblem(origin, path, $"is not {type.Expectation}; write it on one line as {(open == '[' ? "[…]" : "{…}")}"));
                    return null;
                }

                return ParseFlow(trimmed, path, origin, problems);
        }
    }

    private static SettingsNode? ParseFlow(string text, string path, Origin origin, ICollection<SettingsProblem> problems)
    {
        List<SettingsProblem> found = [];
        SettingsNode? node = null;
        try
        {
            text = DocumentText.Decode(System.Text.Encoding.UTF8.GetBytes(text), (_, _) => origin);
            node = YamlDocument.Read(text, (_, _) => origin, found);
        }
        catch (SettingsException refusal)
        {
            found.AddRange(refusal.Problems);
        }

        foreach (SettingsProblem problem in found)
        {
            string at = problem.Path.Length == 0 ? path : problem.Path[0] == '[' ? path + problem.Path : SettingsPath.Append(path, problem.Path);
            problems.Add(problem with { Path = at });
        }

        return found.Count == 0 ? node : null;
    }
}
