using System.Globalization;

namespace Tars.Configuration.Documents;

/// <summary>Paths of keys as people write them: <c>objectives[0].target</c>.</summary>
internal static class SettingsPath
{
    /// <summary>Returns <paramref name="path"/> followed by <paramref name="key"/>.</summary>
    public static string Append(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    /// <summary>Returns <paramref name="path"/>, cut to 200 characters: a key may be as long as the file.</summary>
    public static string Shown(string path) => path.Length > 200 ? string.Concat(path.AsSpan(0, 200), "…") : path;

    /// <summary>Returns the steps of <paramref name="path"/>: a string per key, an int per index; null when it is not a path.</summary>
    public static IReadOnlyList<object>? Split(string path)
    {
        List<object> steps = [];
        foreach (string part in path.Split('.'))
        {
            int bracket = part.IndexOf('[', StringComparison.Ordinal);
            string name = bracket < 0 ? part : part[..bracket];
            if (name.Length == 0)
            {
                return null;
            }

            steps.Add(name);
            string rest = bracket < 0 ? "" : part[bracket..];
            while (rest.Length > 0)
            {
                int end = rest.IndexOf(']', StringComparison.Ordinal);
                if (rest[0] != '[' || end < 0
                    || !int.TryParse(rest.AsSpan(1, end - 1), NumberStyles.None, CultureInfo.InvariantCulture, out int index))
                {
                    return null;
                }

                steps.Add(index);
                rest = rest[(end + 1)..];
            }
        }

        return steps;
    }
}
