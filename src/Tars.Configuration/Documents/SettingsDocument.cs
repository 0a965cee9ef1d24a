using System.Collections.Immutable;

namespace Tars.Configuration.Documents;

/// <summary>Reads one configuration document, YAML or JSON, into nodes that know where they were written.</summary>
public static class SettingsDocument
{
    /// <summary>The largest document that is read, in bytes: 1 MiB.</summary>
    public const int SizeLimit = DocumentText.SizeLimit;

    /// <summary>Returns the map a document holds; an empty one when the document holds nothing.</summary>
    /// <param name="bytes">The document: UTF-8, at most <see cref="SizeLimit"/> bytes.</param>
    /// <param name="source">Its name in messages; one that ends in <c>.json</c> is read as JSON, any other as YAML.</param>
    /// <param name="layer">The layer the origins name.</param>
    /// <exception cref="SettingsException">
    /// The document cannot be read: its encoding, its size, its syntax, a tab in the indentation, a key written twice (all of them are
    /// reported), a tag, more nesting or aliases than the limits, or no map at the top. Every problem has a position.
    /// </exception>
    public static SettingsNode.Map Read(ReadOnlySpan<byte> bytes, string source, LayerKind layer = LayerKind.File)
    {
        if (source.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            return ReadJson(bytes, source, layer);
        }

        Origin OriginAt(int line, int column) => new(layer, source, line, column);
        string text = DocumentText.Decode(bytes, OriginAt);
        List<SettingsProblem> problems = [];
        DocumentText.RefuseTabs(text, OriginAt);
        return MapOf(YamlDocument.Read(text, OriginAt, problems), problems, OriginAt);
    }

    /// <summary>Returns the map that JSON holds, whatever its source is called.</summary>
    /// <exception cref="SettingsException">As for <see cref="Read"/>.</exception>
    internal static SettingsNode.Map ReadJson(ReadOnlySpan<byte> bytes, string source, LayerKind layer)
    {
        Origin OriginAt(int line, int column) => new(layer, source, line, column);
        List<SettingsProblem> problems = [];
        return MapOf(JsonText.Read(DocumentText.Decode(bytes, OriginAt), OriginAt, problems), problems, OriginAt);
    }

    private static SettingsNode.Map MapOf(SettingsNode? root, List<SettingsProblem> problems, Func<int, int, Origin> originAt) =>
        problems.Count > 0 ? throw new SettingsException(problems)
        : root switch
        {
            null or SettingsNode.Scalar { IsNull: true } => new SettingsNode.Map(originAt(1, 1), ImmutableArray<SettingsEntry>.Empty),
            SettingsNode.Map map => map,
            _ => throw SettingsException.Of(root.Origin, "", $"is {root.Shape}; a configuration is a map of sections"),
        };
}
