using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Configuration.Documents;

namespace Tars.Configuration.Schemas;

/// <summary>All sections and keys of a configuration.</summary>
public sealed class SettingsSchema
{
    private readonly Dictionary<string, PlacedKey> _byVariable = new(StringComparer.Ordinal);

    /// <summary>Creates a schema.</summary>
    /// <param name="root">The sections.</param>
    /// <param name="variablePrefix">The first part of every environment variable, such as <c>TARS_</c>.</param>
    /// <exception cref="ArgumentException">Two keys would share one environment variable.</exception>
    public SettingsSchema(SectionType root, string variablePrefix)
    {
        Root = root;
        VariablePrefix = variablePrefix;
        foreach (PlacedKey key in KeysOf(root, ""))
        {
            string variable = VariableOf(key.Path);
            if (!_byVariable.TryAdd(variable, key))
            {
                throw new ArgumentException($"{key.Path} and {_byVariable[variable].Path} share the variable {variable}", nameof(root));
            }
        }
    }

    /// <summary>The sections.</summary>
    public SectionType Root { get; }

    /// <summary>The first part of every environment variable.</summary>
    public string VariablePrefix { get; }

    /// <summary>The entries of secret backends that reach a key by their name.</summary>
    public IReadOnlyList<SecretEntry> SecretEntries { get; init; } = [];

    /// <summary>Every key with a fixed path, sections left out, in the order declared.</summary>
    public IEnumerable<(string Path, SettingsKey Key)> Keys => KeysOf(Root, "").Select(key => (key.Path, key.Key));

    /// <summary>The environment variables that set a key.</summary>
    public IEnumerable<string> Variables => _byVariable.Keys;

    /// <summary>Returns the variable that sets the key at <paramref name="path"/>: <c>TARS_API_PORT</c> for <c>api.port</c>.</summary>
    public string VariableOf(string path) => VariablePrefix + path.Replace('.', '_').ToUpperInvariant();

    /// <summary>Returns the key that <paramref name="variable"/> sets, or null when it sets none.</summary>
    public (string Path, SettingsKey Key)? FindVariable(string variable) =>
        _byVariable.TryGetValue(variable, out PlacedKey? found) ? (found.Path, found.Key) : null;

    /// <summary>Returns the declaration of the value at <paramref name="path"/>, through lists and maps; null when nothing is declared there.</summary>
    /// <param name="path">Such as <c>api.port</c>, <c>objectives[0].target</c> or <c>observability.headers.X-Scope-OrgID</c>.</param>
    public SettingsType? TypeAt(string path)
    {
        SettingsType? type = Root;
        foreach (object step in SettingsPath.Split(path) ?? [])
        {
            type = (type, step) switch
            {
                (SectionType section, string name) => section.Find(name)?.Type,
                (MapType map, string) => map.Value,
                (ListType list, int) => list.Item,
                _ => null,
            };
        }

        return ReferenceEquals(type, Root) ? null : type;
    }

    /// <summary>Returns the key declared last on the way to <paramref name="path"/>, or null.</summary>
    public SettingsKey? KeyAt(string path)
    {
        int dot = path.LastIndexOf('.');
        SettingsType? parent = dot < 0 ? Root : TypeAt(path[..dot]);
        return (parent as SectionType)?.Find(path[(dot + 1)..]);
    }

    /// <summary>Returns the JSON Schema (draft-07) of a configuration file, indented, with a line feed at its end.</summary>
    /// <param name="title">The schema's title.</param>
    /// <param name="identifier">The schema's <c>$id</c>.</param>
    public string ToJsonSchema(string title, string identifier)
    {
        JsonObject schema = new()
        {
            ["$schema"] = "http://json-schema.org/draft-07/schema#",
            ["$id"] = identifier,
            ["title"] = title,
        };
        foreach ((string name, JsonNode? value) in Root.ToJsonSchema())
        {
            schema[name] = value?.DeepClone();
        }

        schema["definitions"] = new JsonObject
        {
            ["placeholder"] = new JsonObject
            {
                ["description"] = "Text with a placeholder that is replaced when the configuration is loaded.",
                ["type"] = "string",
                ["pattern"] = @"\$\{[A-Za-z_][A-Za-z0-9_./#-]*\}",
            },
        };
        return schema.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            NewLine = "\n",
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";
    }

    private static IEnumerable<PlacedKey> KeysOf(SectionType section, string prefix)
    {
        foreach (SettingsKey key in section.Keys)
        {
            string path = SettingsPath.Append(prefix, key.Name);
            if (key.Type is not SectionType inner)
            {
                yield return new PlacedKey(path, key);
                continue;
            }

            foreach (PlacedKey nested in KeysOf(inner, path))
            {
                yield return nested;
            }
        }
    }

    private sealed record PlacedKey(string Path, SettingsKey Key);
}
