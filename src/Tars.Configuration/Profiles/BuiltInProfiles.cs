using System.Collections.Concurrent;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;

namespace Tars.Configuration.Profiles;

/// <summary>The profiles that ship with the product: <c>local</c>, <c>dev</c>, <c>staging</c>, <c>prod</c>. None holds a key or a password.</summary>
public static class BuiltInProfiles
{
    /// <summary>The variable that chooses the profile.</summary>
    public const string Variable = "TARS_PROFILE";

    /// <summary>The predecessor's name of <see cref="Variable"/>.</summary>
    public const string OlderVariable = "TARS_ENVIRONMENT";

    /// <summary>The profile taken when none is asked for.</summary>
    public const string DefaultName = "local";

    private static readonly ConcurrentDictionary<string, SettingsNode.Map> Known = new(StringComparer.Ordinal);

    /// <summary>The names of the built-in profiles.</summary>
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(["local", "dev", "staging", "prod"], StringComparer.Ordinal);

    /// <summary>Returns what the profile <paramref name="name"/> sets.</summary>
    /// <exception cref="ArgumentException">There is no such profile.</exception>
    public static SettingsNode.Map Read(string name) => Known.GetOrAdd(name, ReadResource);

    // JSON, since each command reads one: the reader of YAML costs a cold start a tenth of its time.
    private static SettingsNode.Map ReadResource(string name)
    {
        using Stream stream = typeof(BuiltInProfiles).Assembly.GetManifestResourceStream($"profiles.{name}.json")
            ?? throw new ArgumentException($"there is no built-in profile {name}", nameof(name));
        byte[] bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return SettingsDocument.ReadJson(bytes, name, LayerKind.Profile);
    }

    /// <summary>Returns the profile asked for: <c>--profile</c>, <c>TARS_PROFILE</c>, <c>TARS_ENVIRONMENT</c>, else <c>local</c>.</summary>
    /// <exception cref="SettingsException">The name cannot be a profile's.</exception>
    internal static string Choose(SettingsSearch search)
    {
        (string name, Origin origin) = Asked(search);
        return IsName(name) ? name : throw SettingsException.Of(origin, "", NoName);
    }

    /// <summary>What is said of a text that is no profile's name.</summary>
    internal const string NoName = "is not a profile's name: letters, digits, - and _, at most 64";

    /// <summary>Whether a text can be a profile's name.</summary>
    internal static bool IsName(string name) => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') && name[0] != '-';

    internal static SettingsException Unknown(SettingsSearch search, string name, IReadOnlyList<string> own)
    {
        (_, Origin origin) = Asked(search);
        string files = own.Count == 0 ? "" : $", and from files {string.Join(", ", own)}";
        return SettingsException.Of(
            origin, "", $"there is no profile {name}; known are local, dev, staging, prod{files}; a profile of your own is a file tars.{name}.yaml or config/{name}.yaml");
    }

    private static (string Name, Origin Origin) Asked(SettingsSearch search)
    {
        if (search.Profile is string given)
        {
            return (given, new Origin(LayerKind.CommandLine, "--profile", 0, 0));
        }

        foreach (string variable in (string[])[Variable, OlderVariable])
        {
            if (search.Environment.TryGetValue(variable, out string? named) && named.Length > 0)
            {
                return (named, new Origin(LayerKind.Environment, variable, 0, 0));
            }
        }

        return (DefaultName, Origin.Default);
    }
}
