using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Interrogation;

/// <summary>A key that may be written.</summary>
/// <param name="Path">Its path; <c>[]</c> stands for any item of a list, <c>*</c> for any name in a map.</param>
/// <param name="Type">What values it takes.</param>
/// <param name="Default">The default as written in YAML; null for none.</param>
/// <param name="Unit">The unit of a plain number; null where the value carries its own.</param>
/// <param name="Description">One sentence.</param>
/// <param name="IsRequired">Whether what holds it is invalid without it.</param>
/// <param name="AliasOf">The key it is an older name of; null for a key of its own.</param>
public sealed record DeclaredKey(string Path, SettingsType Type, string? Default, string? Unit, string Description, bool IsRequired, string? AliasOf)
{
    /// <summary>Returns the keys of single values, lists of them and maps of them that may stand below <paramref name="path"/>, in the schema's order.</summary>
    /// <param name="type">The type of what stands at <paramref name="path"/>.</param>
    /// <param name="path">Its path; empty for the whole configuration.</param>
    public static IEnumerable<DeclaredKey> Below(SettingsType type, string path) => type switch
    {
        SectionType section => section.Keys.SelectMany(key => Of(key, SettingsPath.Append(path, key.Name))),
        ListType list => Below(list.Item, path + "[]"),
        MapType map => Below(map.Value, SettingsPath.Append(path, "*")),
        _ => [],
    };

    private static DeclaredKey[] Of(SettingsKey key, string path)
    {
        DeclaredKey[] below = [.. Below(key.Type, path)];
        return below.Length > 0 ? below : [new DeclaredKey(path, key.Type, key.Default, key.Unit, key.Description, key.IsRequired, key.AliasOf)];
    }
}
