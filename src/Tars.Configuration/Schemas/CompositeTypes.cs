using System.Text.Json.Nodes;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>A list of values of one type; written by a higher layer, it replaces the whole list.</summary>
/// <param name="Item">The items' type.</param>
/// <param name="Meaning">What the list holds, such as <c>a list of services</c>.</param>
/// <param name="TakesOne">Whether a single value may be written without brackets.</param>
public sealed record ListType(SettingsType Item, string Meaning = "a list", bool TakesOne = false) : SettingsType
{
    /// <summary>The most items a list takes.</summary>
    public const int ItemLimit = 10_000;

    /// <inheritdoc/>
    public override string Expectation => Meaning;

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema()
    {
        JsonObject list = new() { ["type"] = new JsonArray("array", "null"), ["items"] = Item.ToJsonSchema(), ["maxItems"] = ItemLimit };
        return TakesOne ? new JsonObject { ["anyOf"] = new JsonArray(list, Item.ToJsonSchema()) } : list;
    }

    internal override void Validate(SettingsNode node, string path, bool complete, ICollection<SettingsProblem> problems)
    {
        switch (node)
        {
            case SettingsNode.Scalar { IsNull: true }:
                return;
            case SettingsNode.List list when list.Items.Length > ItemLimit:
                problems.Add(new SettingsProblem(node.Origin, path, $"has {list.Items.Length} items; write at most {ItemLimit}"));
                return;
            case SettingsNode.List list:
                for (int i = 0; i < list.Items.Length; i++)
                {
                    Item.Validate(list.Items[i], $"{path}[{i}]", complete, problems);
                }

                return;
            case SettingsNode.Scalar scalar when TakesOne:
                Item.Validate(scalar, path, complete, problems);
                return;
            default:
                string one = node is SettingsNode.Scalar value && Item is ScalarType and not SecretType ? $"; write [{value.Shown()}]" : "";
                problems.Add(new SettingsProblem(node.Origin, SettingsPath.Shown(path), $"is {node.Shape}, not {Meaning}{one}"));
                return;
        }
    }

    internal override JsonNode? ToJson(SettingsNode node)
    {
        if (node is not SettingsNode.List list)
        {
            return node is SettingsNode.Scalar { IsNull: true } ? new JsonArray() : Item.ToJson(node);
        }

        JsonArray items = [];
        foreach (SettingsNode item in list.Items)
        {
            items.Add(Item.ToJson(item));
        }

        return items;
    }
}

/// <summary>A map whose keys the user chooses, such as labels; layers merge into it key by key.</summary>
/// <param name="Value">The values' type.</param>
/// <param name="Meaning">What the map holds, such as <c>a map of labels</c>.</param>
/// <param name="KeyPattern">A regular expression every key has to match.</param>
public sealed record MapType(SettingsType Value, string Meaning = "a map", string KeyPattern = "^[A-Za-z_][A-Za-z0-9_.-]*$") : SettingsType
{
    /// <inheritdoc/>
    public override string Expectation => Meaning;

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema() => new()
    {
        ["type"] = new JsonArray("object", "null"),
        ["patternProperties"] = new JsonObject { [KeyPattern] = Value.ToJsonSchema() },
        ["additionalProperties"] = false,
    };

    internal override void Validate(SettingsNode node, string path, bool complete, ICollection<SettingsProblem> problems)
    {
        if (node is SettingsNode.Scalar { IsNull: true })
        {
            return;
        }

        if (node is not SettingsNode.Map map)
        {
            problems.Add(new SettingsProblem(node.Origin, SettingsPath.Shown(path), $"is {node.Shape}, not {Meaning}"));
            return;
        }

        foreach (SettingsEntry entry in map.Entries)
        {
            string keyPath = SettingsPath.Append(path, entry.Key);
            if (entry.Key.Length > 200 || !TextType.IsWhole(entry.Key, KeyPattern))
            {
                problems.Add(new SettingsProblem(entry.KeyOrigin, SettingsPath.Shown(keyPath), $"is not a name that {Meaning} takes ({KeyPattern})"));
            }
            else
            {
                Value.Validate(entry.Value, keyPath, complete, problems);
            }
        }
    }

    internal override JsonNode? ToJson(SettingsNode node)
    {
        JsonObject map = [];
        foreach (SettingsEntry entry in node is SettingsNode.Map written ? written.Entries : [])
        {
            map[entry.Key] = Value.ToJson(entry.Value);
        }

        return map;
    }
}

/// <summary>A map with declared keys; any other key is refused with the nearest declared one.</summary>
public sealed record SectionType : SettingsType
{
    // Not frozen: a cold start builds some sixty of these, and reads a few keys of three.
    private readonly Dictionary<string, SettingsKey> _byName;

    /// <summary>Creates the type.</summary>
    /// <param name="meaning">What the section is, such as <c>an objective</c>.</param>
    /// <param name="keys">Its keys, in the order they are shown.</param>
    /// <exception cref="ArgumentException">Two keys have the same name.</exception>
    public SectionType(string meaning, params SettingsKey[] keys)
    {
        Meaning = meaning;
        Keys = keys;
        _byName = keys.ToDictionary(key => key.Name, StringComparer.Ordinal);
    }

    /// <summary>What the section is, such as <c>an objective</c>.</summary>
    public string Meaning { get; }

    /// <summary>The declared keys, in the order they are shown.</summary>
    public IReadOnlyList<SettingsKey> Keys { get; }

    /// <inheritdoc/>
    public override string Expectation => Meaning;

    /// <summary>Returns the key named <paramref name="name"/>, or null when there is none.</summary>
    public SettingsKey? Find(string name) => _byName.GetValueOrDefault(name);

    /// <inheritdoc/>
    public override JsonObject ToJsonSchema()
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (SettingsKey key in Keys)
        {
            properties[key.Name] = key.ToJsonSchema();
            if (key.IsRequired)
            {
                required.Add((JsonNode)key.Name);
            }
        }

        JsonObject schema = new() { ["type"] = new JsonArray("object", "null"), ["additionalProperties"] = false, ["properties"] = properties };
        if (required.Count > 0)
        {
            schema["type"] = "object";
            schema["required"] = required;
        }

        return schema;
    }

    internal override void Validate(SettingsNode node, string path, bool complete, ICollection<SettingsProblem> problems)
    {
        if (node is SettingsNode.Scalar { IsNull: true } && !Keys.Any(key => key.IsRequired))
        {
            return;
        }

        if (node is not SettingsNode.Map map)
        {
            problems.Add(new SettingsProblem(node.Origin, SettingsPath.Shown(path), $"is {node.Shape}, not {Meaning} (a map)"));
            return;
        }

        foreach (SettingsEntry entry in map.Entries)
        {
            string keyPath = SettingsPath.Append(path, entry.Key);
            if (Find(entry.Key) is not SettingsKey key)
            {
                problems.Add(new SettingsProblem(entry.KeyOrigin, SettingsPath.Shown(keyPath), UnknownKey(entry.Key)));
            }
            else
            {
                key.Type.Validate(entry.Value, keyPath, complete, problems);
            }
        }

        foreach (SettingsKey key in complete ? Keys.Where(key => key.IsRequired && map.Find(key.Name) is null) : [])
        {
            problems.Add(new SettingsProblem(map.Origin, SettingsPath.Append(path, key.Name), $"is missing; write {key.Type.Expectation}"));
        }
    }

    internal override JsonNode? ToJson(SettingsNode node)
    {
        JsonObject map = [];
        foreach (SettingsEntry entry in node is SettingsNode.Map written ? written.Entries : [])
        {
            map[entry.Key] = Find(entry.Key)?.Type.ToJson(entry.Value);
        }

        return map;
    }

    private string UnknownKey(string name)
    {
        string[] names = [.. Keys.Where(key => key.AliasOf is null).Select(key => key.Name)];
        string? nearest = Nearest.Of(name, names);
        return nearest is not null ? $"is not a known key; did you mean {nearest}?" : $"is not a known key; known here: {string.Join(", ", names)}";
    }
}
