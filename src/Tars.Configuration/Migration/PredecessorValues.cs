using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Migration;

/// <summary>One value of the predecessor's file, whatever the file's shape.</summary>
/// <param name="Path">Its key with dots, sections first.</param>
/// <param name="Shown">Its key as written there.</param>
/// <param name="KeyOrigin">Where the key is written.</param>
/// <param name="Node">The value.</param>
internal sealed record PredecessorValue(string Path, string Shown, Origin KeyOrigin, SettingsNode Node);

/// <summary>Reads the shapes that the predecessor's files have: nested sections, dotted keys, variables, and any of them under one name at the top.</summary>
internal static class PredecessorValues
{
    private static readonly string[] Wrappers = ["enterprise_config", "enterprise", "tars", "config", "configuration"];

    /// <summary>Returns the values in the order written.</summary>
    public static IEnumerable<PredecessorValue> Of(SettingsNode.Map root, SettingsSchema schema) => root.Entries is [{ Value: SettingsNode.Map inner } only] && Wrappers.Contains(only.Key)
        ? Below(inner, "", only.Key, schema)
        : Below(root, "", "", schema);

    private static IEnumerable<PredecessorValue> Below(SettingsNode.Map map, string path, string shown, SettingsSchema schema)
    {
        foreach (SettingsEntry entry in map.Entries)
        {
            string own = path.Length == 0 && schema.FindVariable(entry.Key.ToUpperInvariant()) is (string named, _) ? named : SettingsPath.Append(path, entry.Key);
            string ownShown = SettingsPath.Append(shown, entry.Key);
            bool isWhole = MigrationRules.All.ContainsKey(own) || schema.TypeAt(own) is MapType;
            if (entry.Value is SettingsNode.Map { Entries.IsEmpty: false } inner && !isWhole)
            {
                foreach (PredecessorValue value in Below(inner, own, ownShown, schema))
                {
                    yield return value;
                }
            }
            else if (!(PythonValues.IsNone(entry.Value) && schema.TypeAt(own) is SectionType))
            {
                yield return new PredecessorValue(own, ownShown, entry.KeyOrigin, entry.Value);
            }
        }
    }
}
