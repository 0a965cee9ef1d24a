using System.Text.Json.Nodes;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>One declared key.</summary>
/// <param name="Name">The key in its section.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Description">One sentence for the reference page and editors.</param>
public sealed record SettingsKey(string Name, SettingsType Type, string Description)
{
    /// <summary>The default as a user would write it in YAML; null for "no value".</summary>
    public string? Default { get; init; }

    /// <summary>The unit of a plain number, such as <c>days</c>; null where the value carries its own.</summary>
    public string? Unit { get; init; }

    /// <summary>Whether its section is invalid without it.</summary>
    public bool IsRequired { get; init; }

    /// <summary>The full path of the key this one is an older name of; null for a key of its own.</summary>
    public string? AliasOf { get; init; }

    /// <summary>Returns the default as a value, or null when there is none.</summary>
    public SettingsNode? DefaultValue()
    {
        if (Default is null)
        {
            return null;
        }

        List<SettingsProblem> problems = [];
        return YamlDocument.Read(Default, (_, _) => Origin.Default, problems);
    }

    internal JsonObject ToJsonSchema()
    {
        JsonObject schema = Type.ToJsonSchema();
        string unit = Unit is null ? "" : $" Unit: {Unit}.";
        string alias = AliasOf is null ? "" : $" Older name of {AliasOf}.";
        schema["description"] = Description + unit + alias;
        if (DefaultValue() is SettingsNode value)
        {
            schema["default"] = Type.ToJson(value);
        }

        return schema;
    }
}
