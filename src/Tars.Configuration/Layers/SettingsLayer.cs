using System.Collections.Immutable;
using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>All that one source says.</summary>
/// <param name="Kind">The kind of source.</param>
/// <param name="Name">Its name: a file, a profile, <c>environment</c> or <c>command line</c>.</param>
/// <param name="Root">Its values, older names of keys already replaced by today's.</param>
public sealed record SettingsLayer(LayerKind Kind, string Name, SettingsNode.Map Root)
{
    /// <summary>Returns <c>command line</c>, <c>environment</c>, a file's name or <c>profile prod</c>.</summary>
    public override string ToString() => Kind == LayerKind.Profile ? $"profile {Name}" : Name;

    /// <summary>Returns the value at <paramref name="path"/> in this layer, or null when it says nothing there.</summary>
    public SettingsNode? Find(string path) => NodeTree.Find(Root, path);
}

/// <summary>Reading, setting and merging nodes.</summary>
internal static class NodeTree
{
    public static SettingsNode? Find(SettingsNode root, string path)
    {
        SettingsNode? node = root;
        foreach (object step in SettingsPath.Split(path) ?? [])
        {
            node = (node, step) switch
            {
                (SettingsNode.Map map, string name) => map.Find(name)?.Value,
                (SettingsNode.List list, int index) when index < list.Items.Length => list.Items[index],
                _ => null,
            };
        }

        return ReferenceEquals(node, root) ? null : node;
    }

    /// <summary>Returns <paramref name="map"/> with <paramref name="value"/> at the keys <paramref name="steps"/>; maps on the way are made.</summary>
    public static SettingsNode.Map With(SettingsNode.Map map, ReadOnlySpan<string> steps, Origin origin, SettingsNode value)
    {
        string key = steps[0];
        SettingsNode.Map inner = map.Find(key)?.Value as SettingsNode.Map ?? new SettingsNode.Map(origin, []);
        SettingsEntry entry = new(key, origin, steps.Length == 1 ? value : With(inner, steps[1..], origin, value));
        for (int i = 0; i < map.Entries.Length; i++)
        {
            if (map.Entries[i].Key == key)
            {
                return map with { Entries = map.Entries.SetItem(i, entry) };
            }
        }

        return map with { Entries = map.Entries.Add(entry) };
    }

    /// <summary>Returns <paramref name="map"/> without the key at <paramref name="steps"/>.</summary>
    public static SettingsNode.Map Without(SettingsNode.Map map, ReadOnlySpan<string> steps)
    {
        ImmutableArray<SettingsEntry>.Builder entries = ImmutableArray.CreateBuilder<SettingsEntry>(map.Entries.Length);
        foreach (SettingsEntry entry in map.Entries)
        {
            if (entry.Key != steps[0])
            {
                entries.Add(entry);
            }
            else if (steps.Length > 1)
            {
                entries.Add(entry.Value is SettingsNode.Map inner ? entry with { Value = Without(inner, steps[1..]) } : entry);
            }
        }

        return map with { Entries = entries.ToImmutable() };
    }

    /// <summary>Returns <paramref name="lower"/> with <paramref name="higher"/> over it: maps merge deeply, lists and single values replace.</summary>
    public static SettingsNode.Map Merge(SettingsNode.Map lower, SettingsNode.Map higher)
    {
        List<SettingsEntry> entries = [.. lower.Entries];
        Dictionary<string, int> places = new(StringComparer.Ordinal);
        for (int i = 0; i < entries.Count; i++)
        {
            places[entries[i].Key] = i;
        }

        foreach (SettingsEntry entry in higher.Entries)
        {
            if (!places.TryGetValue(entry.Key, out int place))
            {
                entries.Add(entry);
                continue;
            }

            entries[place] = (entries[place].Value, entry.Value) switch
            {
                (SettingsNode.Map below, SettingsNode.Map above) => entry with { Value = Merge(below, above) },

                // A section with nothing under it says nothing.
                (SettingsNode.Map, SettingsNode.Scalar { IsNull: true }) => entries[place],
                _ => entry,
            };
        }

        return new SettingsNode.Map(higher.Origin, [.. entries]);
    }

    /// <summary>Whether two nodes hold the same values in the same order of items; where they were written does not count.</summary>
    public static bool AreSame(SettingsNode? one, SettingsNode? other) => (one, other) switch
    {
        (null, null) => true,
        (SettingsNode.Scalar a, SettingsNode.Scalar b) => a.Text == b.Text && a.IsQuoted == b.IsQuoted,
        (SettingsNode.List a, SettingsNode.List b) => a.Items.Length == b.Items.Length && a.Items.Zip(b.Items).All(pair => AreSame(pair.First, pair.Second)),
        (SettingsNode.Map a, SettingsNode.Map b) => a.Entries.Length == b.Entries.Length && a.Entries.All(entry => b.Find(entry.Key) is SettingsEntry twin && AreSame(entry.Value, twin.Value)),
        _ => false,
    };

    /// <summary>Returns <paramref name="root"/> with every older name of a key replaced by today's, with a note for each.</summary>
    public static SettingsNode.Map ReplaceAliases(
        SettingsNode.Map root, SettingsSchema schema, ICollection<string> notes, ICollection<SettingsProblem> problems)
    {
        foreach ((string path, SettingsKey key) in schema.Keys.Where(pair => pair.Key.AliasOf is not null))
        {
            if (Find(root, path) is not SettingsNode value)
            {
                continue;
            }

            if (Find(root, key.AliasOf!) is SettingsNode twin)
            {
                problems.Add(new SettingsProblem(value.Origin, path, $"is an older name of {key.AliasOf}, which {twin.Origin} sets as well; keep {key.AliasOf}"));
                continue;
            }

            notes.Add($"{value.Origin}: {path} is an older name; write {key.AliasOf}");
            root = With(Without(root, path.Split('.')), key.AliasOf!.Split('.'), value.Origin, value);
        }

        return root;
    }
}
