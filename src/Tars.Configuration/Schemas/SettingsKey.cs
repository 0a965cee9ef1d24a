using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>One declared key.</summary>
/// <param name="Name">The key in its section.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Description">One sentence for the reference page and editors.</param>
public sealed record SettingsKey(string Name, SettingsType Type, string Description)
{
    private const string EmptyList = "[]";

    // A default is asked for with every reading of its key: each text is read once.
    private static readonly ConcurrentDictionary<string, SettingsNode?> Read = new(StringComparer.Ordinal);

    /// <summary>The default as a user would write it in YAML; null for "no value".</summary>
    public string? Default { get; init; }

    /// <summary>The unit of a plain number, such as <c>days</c>; null where the value carries its own.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether its section is invalid without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether a changed value is taken up by a restart only.</summary>
    public bool NeedsRestart { get; init; }

    /// <summary>The full path of the key this one is an older name of; null for a key of its own.</summary>
    public string? AliasOf { get; init; }

    /// <summary>Returns the default as a value, or null when there is none.</summary>
    public SettingsNode? DefaultValue()
    {
        return Default is null ? null : Read.GetOrAdd(Default, static text => IsWord(text)
            ? new SettingsNode.Scalar(Origin.Default, text, IsQuoted: false)
            : text == EmptyList ? new SettingsNode.List(Origin.Default, [])
            : YamlDocument.Read(text, (_, _) => Origin.Default, []));
    }

    // Most defaults are one word, a number or a path. What YAML says of these needs no reader of YAML, which is a tenth of a cold start.
    private static bool IsWord(string text) =>
        text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text.StartsWith("./", StringComparison.Ordinal)) && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '/' or '_' or '-');

    internal JsonObject ToJsonSchema()
    {
        JsonObject schema = Type.ToJsonSchema();
        string unit = Unit is null ? "" : $" Unit: {Unit}.";
        string alias = AliasOf is null ? "" : $" Older name of {AliasOf}.";
        string restart = NeedsRestart ? " A change needs a restart." : "";
        schema["description"] = Description + unit + alias + restart;
        if (DefaultValue() is SettingsNode value)
        {
            schema["default"] = Type.ToJson(value);
        }

        return schema;
    }
}
