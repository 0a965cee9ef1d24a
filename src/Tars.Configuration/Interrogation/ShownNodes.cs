using System.Collections.Immutable;
using Tars.Configuration.Documents;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Interrogation;

/// <summary>Merged settings with their defaults filled in and everything that nobody may see taken out.</summary>
internal static class ShownNodes
{
    /// <summary>What stands in place of free text that is left out.</summary>
    public const string Text = "(text)";

    /// <summary>Returns a copy of <paramref name="node"/> that may be shown.</summary>
    /// <param name="node">Merged, valid settings.</param>
    /// <param name="type">Their type.</param>
    /// <param name="disclosure">How much is shown.</param>
    /// <param name="fillsItems">Whether items of lists and maps get the defaults of their keys too.</param>
    public static SettingsNode.Map Of(SettingsNode.Map node, SectionType type, Disclosure disclosure, bool fillsItems) =>
        Section(node, type, new Rules(disclosure, fillsItems), fills: true);

    /// <summary>Returns a copy of <paramref name="node"/> of the same shape as what may be shown, with every value in it, secrets too: to be compared, never shown.</summary>
    public static SettingsNode.Map Unshown(SettingsNode.Map node, SectionType type) => Section(node, type, new Rules(null, FillsItems: true), fills: true);

    /// <summary>Returns the type of <paramref name="key"/> in a map of <paramref name="type"/>.</summary>
    public static SettingsType? Below(SettingsType? type, string key) => type switch
    {
        SectionType section => section.Find(key)?.Type,
        MapType map => map.Value,
        _ => null,
    };

    private static SettingsNode? Shown(SettingsNode? node, SettingsType type, Rules rules, bool fills) => (node, type) switch
    {
        (_, SectionType section) when node is null or SettingsNode.Map or SettingsNode.Scalar { IsNull: true } =>
            Section(node as SettingsNode.Map ?? new SettingsNode.Map(node?.Origin ?? Origin.Default, []), section, rules, fills),
        (null, _) => null,
        (SettingsNode.Map map, MapType values) => map with
        {
            Entries = [.. map.Entries.Select(e => e with { Value = Shown(e.Value, values.Value, rules, rules.FillsItems)! })],
        },
        (SettingsNode.Scalar { IsNull: true }, MapType) => new SettingsNode.Map(node.Origin, []),
        (SettingsNode.Scalar { IsNull: true }, ListType) => new SettingsNode.List(node.Origin, []),
        (SettingsNode.Scalar one, ListType list) => new SettingsNode.List(one.Origin, [Shown(one, list.Item, rules, rules.FillsItems)!]),
        (SettingsNode.List list, ListType items) => list with { Items = [.. list.Items.Select(item => Shown(item, items.Item, rules, rules.FillsItems)!)] },
        (SettingsNode.Scalar, _) when rules.Disclosure is null => node,
        (SettingsNode.Scalar scalar, SecretType) => Marked(scalar, Secret.Shown),
        (SettingsNode.Scalar scalar, UrlType or TextType or AnyOfType) when rules.Disclosure == Disclosure.Redacted => Marked(scalar, Text),
        (SettingsNode.Scalar scalar, _) => Unquoted(scalar with { Text = scalar.Written ?? scalar.Text, Written = null }),
        _ => node,
    };

    private static SettingsNode.Map Section(SettingsNode.Map map, SectionType section, Rules rules, bool fills)
    {
        ImmutableArray<SettingsEntry>.Builder entries = ImmutableArray.CreateBuilder<SettingsEntry>();
        foreach (SettingsKey key in section.Keys.Where(key => key.AliasOf is null))
        {
            SettingsEntry? written = map.Find(key.Name);
            SettingsNode? value = Shown(written?.Value ?? (fills ? key.DefaultValue() : null), key.Type, rules, fills);
            if (value is not null && !(value is SettingsNode.Map { Entries.IsEmpty: true } && written is null))
            {
                entries.Add(new SettingsEntry(key.Name, written?.KeyOrigin ?? Origin.Default, value));
            }
        }

        return map with { Entries = entries.ToImmutable() };
    }

    // Quotes that change nothing are not shown.
    private static SettingsNode.Scalar Unquoted(SettingsNode.Scalar scalar) => scalar with { IsQuoted = scalar.IsQuoted && YamlText.NeedsQuotes(scalar.Text) };

    private static SettingsNode.Scalar Marked(SettingsNode.Scalar scalar, string mark) => new(scalar.Origin, mark, IsQuoted: false);

    private readonly record struct Rules(Disclosure? Disclosure, bool FillsItems);
}
