using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>Merged, valid settings that can say where each value came from.</summary>
public sealed class LoadedSettings
{
    private readonly SettingsNode.Map _root;

    internal LoadedSettings(
        string profile, IReadOnlyList<SettingsLayer> layers, SettingsNode.Map root, SettingsSchema schema, IReadOnlyList<string> notes)
    {
        Profile = profile;
        Layers = layers;
        _root = root;
        Schema = schema;
        Notes = notes;
    }

    /// <summary>The profile in force.</summary>
    public string Profile { get; }

    /// <summary>The layers, strongest first; defaults are in the schema.</summary>
    public IReadOnlyList<SettingsLayer> Layers { get; }

    /// <summary>The keys.</summary>
    public SettingsSchema Schema { get; }

    /// <summary>Remarks that are no errors: older names of keys, variables passed over.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The merged settings.</summary>
    public SettingsSection Root => new(Schema.Root, "", _root);

    /// <summary>Returns the section named <paramref name="name"/>; empty, with its defaults, when nobody wrote it.</summary>
    /// <exception cref="ArgumentException">The schema has no such section.</exception>
    public SettingsSection Section(string name) => Root.Section(name);

    /// <summary>Returns who set the key at <paramref name="path"/> and whom it overrode.</summary>
    /// <returns>Null when the schema has no such key.</returns>
    public Explanation? Explain(string path)
    {
        if (Schema.TypeAt(path) is not SettingsType type)
        {
            return null;
        }

        if (type is SectionType)
        {
            string[] below = [.. Schema.Keys.Where(key => key.Path.StartsWith(path + ".", StringComparison.Ordinal)).Select(key => key.Path)];
            return new Explanation(path, null, [], below);
        }

        SettingsKey? key = Schema.KeyAt(path);
        List<Candidate> candidates = [];
        Candidate? winner = null;
        SettingsNode? inForce = NodeTree.Find(_root, path);
        foreach (SettingsLayer layer in Layers)
        {
            if (layer.Find(path) is not SettingsNode node)
            {
                continue;
            }

            Candidate candidate = new(node.Origin, NodeText.Of(node, type));
            if (winner is null && (inForce?.Origin == node.Origin || (node is SettingsNode.Map && inForce is SettingsNode.Map)))
            {
                winner = type is MapType ? candidate with { Text = NodeText.Of(inForce, type) } : candidate;
            }
            else
            {
                candidates.Add(candidate);
            }
        }

        if (key?.DefaultValue() is SettingsNode value && (key.AliasOf is null))
        {
            Candidate byDefault = new(Origin.Default, NodeText.Of(value, type));
            if (inForce is null)
            {
                winner = byDefault;
            }
            else
            {
                candidates.Add(byDefault);
            }
        }

        return new Explanation(path, winner, candidates, []);
    }
}

/// <summary>Values on one line, as messages and explanations show them.</summary>
internal static class NodeText
{
    public static string Of(SettingsNode node, SettingsType? type) => (node, type) switch
    {
        (_, SecretType) => "(secret)",
        (SettingsNode.Scalar scalar, ListType { TakesOne: true } list) => Of(scalar, list.Item),
        (SettingsNode.Scalar scalar, _) => scalar.Shown(),
        (SettingsNode.List list, _) => "[" + string.Join(", ", list.Items.Select(item => Of(item, (type as ListType)?.Item))) + "]",
        (SettingsNode.Map map, _) => "{" + string.Join(", ", map.Entries.Select(e => $"{e.Key}: {Of(e.Value, Below(type, e.Key))}")) + "}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private static SettingsType? Below(SettingsType? type, string key) => type switch
    {
        SectionType section => section.Find(key)?.Type,
        MapType map => map.Value,
        _ => null,
    };
}
