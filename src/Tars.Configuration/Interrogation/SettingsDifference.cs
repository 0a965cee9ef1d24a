using Tars.Configuration.Documents;
using Tars.Configuration.Layers;

namespace Tars.Configuration.Interrogation;

/// <summary>A key whose value in force differs between two configurations.</summary>
/// <param name="Path">The key.</param>
/// <param name="Before">The value of the first; null when it has none.</param>
/// <param name="After">The value of the second; null when it has none.</param>
public sealed record SettingsDifference(string Path, EffectiveValue? Before, EffectiveValue? After)
{
    /// <summary>Returns what differs in effect, in the order of the schema: values, not the places they were written at. Two different secrets differ and are shown as <c>(secret)</c>.</summary>
    /// <remarks>Items of lists of services, objectives and infrastructure are compared by place.</remarks>
    public static IReadOnlyList<SettingsDifference> Between(LoadedSettings first, LoadedSettings second)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        Dictionary<string, EffectiveValue> before = ByPath(first);
        Dictionary<string, EffectiveValue> after = ByPath(second);
        SettingsNode.Map values = ShownNodes.Unshown(first.Merged, first.Schema.Root);
        SettingsNode.Map otherValues = ShownNodes.Unshown(second.Merged, second.Schema.Root);
        return
        [
            .. from path in before.Keys.Union(after.Keys)
               where !Same(NodeTree.Find(values, path), NodeTree.Find(otherValues, path))
               select new SettingsDifference(path, before.GetValueOrDefault(path), after.GetValueOrDefault(path)),
        ];
    }

    private static Dictionary<string, EffectiveValue> ByPath(LoadedSettings loaded) => EffectiveSettings
        .ValuesOf(ShownNodes.Of(loaded.Merged, loaded.Schema.Root, Disclosure.Values, fillsItems: true), "")
        .ToDictionary(value => value.Path, StringComparer.Ordinal);

    private static bool Same(SettingsNode? a, SettingsNode? b) => (a, b) switch
    {
        (null, null) => true,

        // Nothing written and an empty list are the same in effect.
        (null, SettingsNode.List { Items.IsEmpty: true } or SettingsNode.Map { Entries.IsEmpty: true }) => true,
        (SettingsNode.List { Items.IsEmpty: true } or SettingsNode.Map { Entries.IsEmpty: true }, null) => true,
        (SettingsNode.Scalar one, SettingsNode.Scalar other) => one.Text == other.Text,
        (SettingsNode.List one, SettingsNode.List other) => one.Items.Length == other.Items.Length && one.Items.Zip(other.Items).All(pair => Same(pair.First, pair.Second)),
        (SettingsNode.Map { Entries.IsEmpty: true }, SettingsNode.Map { Entries.IsEmpty: true }) => true,
        _ => false,
    };
}
