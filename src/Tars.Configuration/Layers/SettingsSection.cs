using System.Globalization;
using Tars.Configuration.Documents;
using Tars.Configuration.Scalars;
using Tars.Configuration.Schemas;

namespace Tars.Configuration.Layers;

/// <summary>
/// One section of valid settings, read by key with the defaults of the schema. Asking for a key that the schema does not declare, or that
/// has neither value nor default, throws <see cref="ArgumentException"/>: ask <see cref="Has"/> first.
/// </summary>
public sealed class SettingsSection
{
    private readonly SectionType _type;
    private readonly SettingsNode.Map _node;

    internal SettingsSection(SectionType type, string path, SettingsNode.Map node)
    {
        _type = type;
        Path = path;
        _node = node;
    }

    /// <summary>The section's values.</summary>
    internal SettingsNode.Map Node => _node;

    /// <summary>The section's path, such as <c>services[0]</c>; empty for the whole configuration.</summary>
    public string Path { get; }

    /// <summary>Where the section starts in the strongest layer that has it.</summary>
    public Origin Origin => _node.Origin;

    /// <summary>The keys that somebody wrote, in order.</summary>
    public IEnumerable<string> Keys => _node.Entries.Select(entry => entry.Key);

    /// <summary>Whether <paramref name="key"/> has a value, written or by default.</summary>
    public bool Has(string key) => ValueOf(key) is not null;

    /// <summary>Whether the schema declares <paramref name="key"/> in this section.</summary>
    public bool IsDeclared(string key) => _type.Find(key) is not null;

    /// <summary>Whether both sections hold the same values, wherever they were written.</summary>
    public bool Says(SettingsSection other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return NodeTree.AreSame(_node, other._node);
    }

    /// <summary>Whether somebody wrote <paramref name="key"/>.</summary>
    public bool IsWritten(string key) => _node.Find(key) is not null;

    /// <summary>Returns a text.</summary>
    public string Text(string key) => Scalar(key).Text;

    /// <summary>Returns a text, or null when the key has no value.</summary>
    public string? TextOrNull(string key) => Has(key) ? Text(key) : null;

    /// <summary>Returns a truth value.</summary>
    public bool Flag(string key) => Scalar(key).Text == "true";

    /// <summary>Returns a whole number.</summary>
    public int Integer(string key) => int.Parse(Scalar(key).Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);

    /// <summary>Returns a number.</summary>
    public double Number(string key) => double.Parse(Scalar(key).Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>Returns a ratio in [0, 1].</summary>
    public double Ratio(string key) => RatioText.TryParse(Scalar(key).Text, out double ratio) ? ratio : throw Broken(key);

    /// <summary>Returns a duration.</summary>
    public TimeSpan Duration(string key) => DurationText.TryParse(Scalar(key).Text, out TimeSpan duration) ? duration : throw Broken(key);

    /// <summary>Returns a size in bytes.</summary>
    public long Bytes(string key) => ByteSizeText.TryParse(Scalar(key).Text, out long bytes) ? bytes : throw Broken(key);

    /// <summary>Returns a point in time, in UTC.</summary>
    public DateTimeOffset Instant(string key) => InstantText.TryParse(Scalar(key).Text, out DateTimeOffset instant) ? instant : throw Broken(key);

    /// <summary>Returns an address.</summary>
    public Uri Url(string key) => new(Scalar(key).Text, UriKind.Absolute);

    /// <summary>Returns a file's path, or null when the key has no value; one written in a file is relative to that file's folder.</summary>
    public string? FilePathOrNull(string key) => !Has(key) ? null
        : OriginOf(key) is { Layer: LayerKind.File or LayerKind.ProfileFile } origin
            ? System.IO.Path.Combine(System.IO.Path.GetDirectoryName(origin.Source) ?? "", Text(key))
            : Text(key);

    /// <summary>Returns a list of texts; empty when the key has no value. A single value is a list of one.</summary>
    public IReadOnlyList<string> Texts(string key) => ValueOf(key) switch
    {
        null or SettingsNode.Scalar { IsNull: true } => [],
        SettingsNode.Scalar one => [one.Text],
        SettingsNode.List list => [.. list.Items.Cast<SettingsNode.Scalar>().Select(item => item.Text)],
        _ => throw Broken(key),
    };

    /// <summary>Returns a list of ratios in [0, 1]; empty when the key has no value.</summary>
    public IReadOnlyList<double> Ratios(string key) =>
        [.. Texts(key).Select(text => RatioText.TryParse(text, out double ratio) ? ratio : throw Broken(key))];

    /// <summary>Returns a map of texts, in the order written; empty when the key has no value.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> TextMap(string key) => ValueOf(key) switch
    {
        null or SettingsNode.Scalar { IsNull: true } => [],
        SettingsNode.Map map => [.. map.Entries.Select(e => KeyValuePair.Create(e.Key, ((SettingsNode.Scalar)e.Value).Text))],
        _ => throw Broken(key),
    };

    /// <summary>Returns a section below this one; empty, with its defaults, when nobody wrote it.</summary>
    public SettingsSection Section(string key) =>
        Declared(key).Type is SectionType type
            ? new SettingsSection(type, SettingsPath.Append(Path, key), _node.Find(key)?.Value as SettingsNode.Map ?? new SettingsNode.Map(OriginOf(key), []))
            : throw Broken(key);

    /// <summary>Returns a list of sections; empty when the key has no value.</summary>
    public IReadOnlyList<SettingsSection> Sections(string key) =>
        Declared(key).Type is ListType { Item: SectionType type } && ValueOf(key) is null or SettingsNode.List or SettingsNode.Scalar { IsNull: true }
            ? [.. (ValueOf(key) as SettingsNode.List)?.Items.Select((item, i) => new SettingsSection((SectionType)((ListType)Declared(key).Type).Item, $"{SettingsPath.Append(Path, key)}[{i}]", AsMap(item))) ?? []]
            : throw Broken(key);

    /// <summary>Returns a map of sections by the names the user chose, in the order written; empty when the key has no value.</summary>
    public IReadOnlyList<KeyValuePair<string, SettingsSection>> NamedSections(string key) =>
        Declared(key).Type is MapType { Value: SectionType type }
            ? [.. (ValueOf(key) as SettingsNode.Map)?.Entries.Select(
                e => KeyValuePair.Create(e.Key, new SettingsSection(type, SettingsPath.Append(SettingsPath.Append(Path, key), e.Key), AsMap(e.Value)))) ?? []]
            : throw Broken(key);

    /// <summary>Returns where the value of <paramref name="key"/> was written; the section's own origin when nobody wrote it.</summary>
    public Origin OriginOf(string key) => _node.Find(key)?.Value.Origin ?? _node.Origin;

    /// <summary>Returns where the item at <paramref name="index"/> of a list was written, or the key's origin.</summary>
    public Origin OriginOf(string key, int index) =>
        ValueOf(key) is SettingsNode.List list && index < list.Items.Length ? list.Items[index].Origin : OriginOf(key);

    /// <summary>Returns a problem with the value of <paramref name="key"/>.</summary>
    /// <param name="key">The key, or null for the section itself.</param>
    /// <param name="message">What is wrong and what to write instead.</param>
    public SettingsProblem Problem(string? key, string message) =>
        key is null
            ? new SettingsProblem(Origin, Path, message)
            : new SettingsProblem(OriginOf(key), SettingsPath.Append(Path, key), message);

    private static SettingsNode.Map AsMap(SettingsNode node) => node as SettingsNode.Map ?? new SettingsNode.Map(node.Origin, []);

    private SettingsKey Declared(string key) =>
        _type.Find(key) ?? throw new ArgumentException($"{SettingsPath.Append(Path, key)} is not declared", nameof(key));

    private SettingsNode? ValueOf(string key) => _node.Find(key)?.Value ?? Declared(key).DefaultValue();

    private SettingsNode.Scalar Scalar(string key) => ValueOf(key) as SettingsNode.Scalar ?? throw Broken(key);

    private ArgumentException Broken(string key) => new($"{SettingsPath.Append(Path, key)} has no value of the type asked for", nameof(key));
}
