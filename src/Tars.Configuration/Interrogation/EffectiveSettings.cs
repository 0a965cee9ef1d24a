using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Interrogation;

/// <summary>How much of the values is shown. A secret is <c>(secret)</c> in each.</summary>
public enum Disclosure
{
    /// <summary>Every value but secrets.</summary>
    Values,

    /// <summary>Numbers, truth values and choices; addresses, paths, names and other free text are <c>(text)</c>, so that the result can be handed to strangers.</summary>
    Redacted,
}

/// <summary>One value in force.</summary>
/// <param name="Path">The key, such as <c>api.port</c> or <c>services[0].name</c>.</param>
/// <param name="Text">The value on one line; <c>(secret)</c> for a secret. A value with <c>${NAME}</c> is shown as written.</param>
/// <param name="Origin">Where it was written.</param>
public sealed record EffectiveValue(string Path, string Text, Origin Origin);

/// <summary>The settings in force, defaults included, as they may be shown.</summary>
/// <remarks>Keys have their defaults wherever their path is fixed; in items of lists and maps stands what somebody wrote.</remarks>
public sealed class EffectiveSettings
{
    private readonly SettingsNode.Map _root;
    private readonly SettingsSchema _schema;

    private EffectiveSettings(string profile, SettingsNode.Map root, SettingsSchema schema) => (Profile, _root, _schema) = (profile, root, schema);

    /// <summary>The profile in force.</summary>
    public string Profile { get; }

    /// <summary>The values, in the schema's order; lists of single values are one value.</summary>
    public IReadOnlyList<EffectiveValue> Values => field ??= [.. ValuesOf(_root, "")];

    /// <summary>Returns what is in force in <paramref name="loaded"/>.</summary>
    public static EffectiveSettings Of(LoadedSettings loaded, Disclosure disclosure = Disclosure.Values)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        return new(loaded.Profile, ShownNodes.Of(loaded.Merged, loaded.Schema.Root, disclosure, fillsItems: false), loaded.Schema);
    }

    /// <summary>Returns the settings as a YAML document that ends with a line feed.</summary>
    /// <param name="withOrigin">Whether a comment before each value says where it was written.</param>
    public string ToYaml(bool withOrigin = false)
    {
        Dictionary<string, string> origins = withOrigin ? Values.ToDictionary(value => value.Path, value => value.Origin.ToString(), StringComparer.Ordinal) : [];
        return YamlText.Of(_root, origins.GetValueOrDefault);
    }

    /// <summary>Returns the settings as JSON: numbers and truth values by their type, everything else as text.</summary>
    public JsonObject ToJson() => (JsonObject)JsonOf(_root, _schema.Root)!;

    internal static IEnumerable<EffectiveValue> ValuesOf(SettingsNode node, string path) => node switch
    {
        SettingsNode.Map map => map.Entries.SelectMany(entry => ValuesOf(entry.Value, SettingsPath.Append(path, entry.Key))),
        SettingsNode.List list when list.Items.Any(item => item is not SettingsNode.Scalar) =>
            list.Items.SelectMany((item, i) => ValuesOf(item, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"))),
        _ => [new EffectiveValue(path, NodeText.Of(node, null), node.Origin)],
    };

    private static JsonNode? JsonOf(SettingsNode node, SettingsType? type) => (node, type) switch
    {
        (SettingsNode.Map map, _) => new JsonObject(map.Entries.Select(e => KeyValuePair.Create(e.Key, JsonOf(e.Value, ShownNodes.Below(type, e.Key))))),
        (SettingsNode.List list, ListType items) => new JsonArray([.. list.Items.Select(item => JsonOf(item, items.Item))]),

        // A placeholder or a mark in place of a number stays the text it is.
        (SettingsNode.Scalar scalar, ScalarType valueType) when valueType.Refuse(scalar with { Written = null }) is null => valueType.JsonOf(scalar.Text),
        (SettingsNode.Scalar scalar, _) => JsonValue.Create(scalar.Text),
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
