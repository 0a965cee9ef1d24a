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
        Origin OriginAt(int line, int column) => new(layer, source, line, column);
        string text = DocumentText.Decode(bytes, OriginAt);
        List<SettingsProblem> problems = [];
        SettingsNode? root;
        if (source.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            root = JsonText.Read(text, OriginAt, problems);
        }
        else
        {
            DocumentText.RefuseTabs(text, OriginAt);
            root = YamlDocument.Read(text, OriginAt, problems);
        }

        if (problems.Count > 0)
        {
            throw new SettingsException(problems);
        }

        return root switch
        {
            null or SettingsNode.Scalar { IsNull: true } => new SettingsNode.Map(OriginAt(1, 1), ImmutableArray<SettingsEntry>.Empty),
            SettingsNode.Map map => map,
            _ => throw SettingsException.Of(root.Origin, "", $"is {root.Shape}; a configuration is a map of sections"),
        };
    }
}
