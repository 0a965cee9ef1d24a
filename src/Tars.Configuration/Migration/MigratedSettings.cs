using System.Text;
using Tars.Configuration.Documents;
using Tars.Configuration.Interrogation;
using Tars.Configuration.Schemas;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Migration;

/// <summary>A predecessor's configuration as one of ours, with everything that changed on the way.</summary>
public sealed class MigratedSettings
{
    private readonly SettingsNode.Map _root;
    private readonly SettingsSchema _schema;

    internal MigratedSettings(string source, SettingsNode.Map root, SettingsSchema schema, IReadOnlyList<MigrationChange> changes, IReadOnlyList<string> notes, string? profile, bool holdsSecret)
    {
        Source = source;
        _root = root;
        _schema = schema;
        Changes = changes;
        Notes = notes;
        Profile = profile;
        HoldsSecret = holdsSecret;
    }

    /// <summary>The file that was read, as it was named.</summary>
    public string Source { get; }

    /// <summary>Every value that is not in the new file as it was in the old one, in the order of the old file.</summary>
    public IReadOnlyList<MigrationChange> Changes { get; }

    /// <summary>Remarks on values that were carried but should not stay as they are.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The profile the file was for; null when it does not say.</summary>
    public string? Profile { get; }

    /// <summary>Whether a secret stands in the new file in the clear.</summary>
    public bool HoldsSecret { get; }

    /// <summary>Reads a predecessor's configuration, YAML or JSON, of any of its shapes.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="source">Its name.</param>
    /// <param name="schema">Our keys.</param>
    /// <exception cref="SettingsException">It cannot be read.</exception>
    public static MigratedSettings Read(ReadOnlySpan<byte> bytes, string source, SettingsSchema schema)
    {
        ArgumentNullException.ThrowIfNull(schema);
        return new SettingsMigration(schema).Run(SettingsDocument.Read(bytes, source), source);
    }

    /// <summary>Returns the new file as it may be shown: a secret in the clear is <c>(secret)</c>.</summary>
    public string ToShownYaml() => Written((SettingsNode.Map)Masked(_root, _schema.Root));

    /// <summary>Returns the new file: what changed says so before its line, what was left out stands at the end by name. It validates.</summary>
    public string ToYaml() => Written(_root);

    private string Written(SettingsNode.Map root)
    {
        Dictionary<string, string> comments = Changes.Where(change => change.IsCarried)
            .ToDictionary(change => change.To!, change => OneLine($"line {change.Origin.Line}: {change.From}"), StringComparer.Ordinal);
        StringBuilder text = new();
        text.Append("# Written by tars config migrate from ").Append(OneLine(Path.GetFileName(Source))).Append("; a comment names the line a changed value came from.\n");
        text.Append(YamlText.Of(root, path => comments.GetValueOrDefault(path)));
        MigrationChange[] left = [.. Changes.Where(change => !change.IsCarried)];
        if (left.Length > 0)
        {
            text.Append("\n# Left out:\n");
        }

        foreach (MigrationChange change in left)
        {
            text.Append("#   line ").Append(change.Origin.Line).Append(": ").Append(OneLine($"{change.From}: {change.Explanation}")).Append('\n');
        }

        return text.ToString();
    }

    private static SettingsNode Masked(SettingsNode node, SettingsType? type) => (node, type) switch
    {
        (SettingsNode.Scalar scalar, SecretType) when !Layers.Placeholders.IsIn(scalar.Text) => scalar with { Text = Secret.Shown },
        (SettingsNode.Map map, _) => map with { Entries = [.. map.Entries.Select(entry => entry with { Value = Masked(entry.Value, ShownNodes.Below(type, entry.Key)) })] },
        (SettingsNode.List list, ListType items) => list with { Items = [.. list.Items.Select(item => Masked(item, items.Item))] },
        _ => node,
    };

    // A key may hold any character that a comment would end at.
    private static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' ? ' ' : c));
}
