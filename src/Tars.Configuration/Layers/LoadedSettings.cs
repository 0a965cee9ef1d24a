using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>Merged, valid settings that can say where each value came from.</summary>
public sealed class LoadedSettings
{
    private readonly SettingsNode.Map _root;
    private readonly Redaction _redaction;

    internal LoadedSettings(
        string profile,
        string workingFolder,
        IReadOnlyList<SettingsLayer> layers,
        SettingsNode.Map root,
        SettingsSchema schema,
        IReadOnlyList<string> notes,
        Redaction redaction)
    {
        Profile = profile;
        WorkingFolder = workingFolder;
        Layers = layers;
        _root = root;
        Schema = schema;
        Notes = notes;
        _redaction = redaction;
    }

    /// <summary>The profile in force.</summary>
    public string Profile { get; }

    /// <summary>The folder that paths of the command line and the environment start from, absolute.</summary>
    public string WorkingFolder { get; }

    /// <summary>The layers, strongest first; defaults are in the schema.</summary>
    public IReadOnlyList<SettingsLayer> Layers { get; }

    /// <summary>The keys.</summary>
    public SettingsSchema Schema { get; }

    /// <summary>Remarks that are no errors: older names of keys, variables passed over.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The merged settings as nodes, secrets in them.</summary>
    internal SettingsNode.Map Merged => _root;

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
                winner = candidate with { Text = type is MapType ? NodeText.Of(inForce, type) : candidate.Text, Sources = [.. SourcesIn(inForce)] };
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

        return new Explanation(path, winner, candidates, []) { SecretEntry = Schema.SecretEntries.FirstOrDefault(entry => entry.Path == path)?.Name };
    }

    /// <summary>Returns <paramref name="text"/> with every value that came from a secret backend replaced by <c>(secret)</c>.</summary>
    public string Redact(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return _redaction.Of(text);
    }

    /// <summary>Returns problems whose messages show no value that came from a secret backend.</summary>
    public IReadOnlyList<SettingsProblem> Redact(IEnumerable<SettingsProblem> problems) => _redaction.Of(problems);

    /// <summary>Returns the keys whose values differ from <paramref name="earlier"/>, in the order of the schema.</summary>
    /// <remarks>A list, or a map whose keys the user chose, is one value.</remarks>
    public IReadOnlyList<SettingsChange> ChangesSince(LoadedSettings earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        List<SettingsChange> changes = [];
        foreach ((string path, SettingsKey key) in Schema.Keys.Where(pair => pair.Key.AliasOf is null))
        {
            SettingsNode? before = NodeTree.Find(earlier._root, path) ?? key.DefaultValue();
            SettingsNode? after = NodeTree.Find(_root, path) ?? key.DefaultValue();
            if (!NodeTree.AreSame(before, after))
            {
                changes.Add(new SettingsChange(path, before is null ? null : NodeText.Of(before, key.Type), after is null ? null : NodeText.Of(after, key.Type), key.NeedsRestart));
            }
        }

        return changes;
    }

    private static IEnumerable<PlaceholderSource> SourcesIn(SettingsNode? node) => node switch
    {
        SettingsNode.Scalar scalar => scalar.Sources,
        SettingsNode.List list => list.Items.SelectMany(SourcesIn),
        SettingsNode.Map map => map.Entries.SelectMany(entry => SourcesIn(entry.Value)),
        _ => [],
    };
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
