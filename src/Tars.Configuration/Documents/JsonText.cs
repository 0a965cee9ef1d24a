using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Tars.Configuration.Documents;

/// <summary>Reads JSON (RFC 8259; comments and trailing commas are allowed) with the same limits and positions as YAML.</summary>
internal static class JsonText
{
    private static readonly JsonReaderOptions Options = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
        MaxDepth = YamlDocument.DepthLimit,
    };

    /// <summary>Returns the document's value; null when the text is blank.</summary>
    /// <exception cref="SettingsException">The text is not JSON.</exception>
    public static SettingsNode? Read(string text, Func<int, int, Origin> originAt, List<SettingsProblem> problems)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        LineIndex lines = new(bytes, originAt);
        Utf8JsonReader reader = new(bytes, Options);
        try
        {
            reader.Read();
            SettingsNode root = ReadNode(ref reader, "", lines, problems);
            reader.Read();
            return root;
        }
        catch (JsonException refusal)
        {
            int line = (int)(refusal.LineNumber ?? 0);
            string reason = refusal.Message;
            int cut = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
            reason = (cut >= 0 ? reason[..cut] : reason).TrimEnd('.');
            throw SettingsException.Of(
                lines.AtLine(line, (int)(refusal.BytePositionInLine ?? 0)), "", "is not valid JSON: " + char.ToLowerInvariant(reason[0]) + reason[1..]);
        }
    }

    private static SettingsNode ReadNode(ref Utf8JsonReader reader, string path, LineIndex lines, List<SettingsProblem> problems)
    {
        Origin origin = lines.At((int)reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return ReadMap(ref reader, origin, path, lines, problems);
            case JsonTokenType.StartArray:
                ImmutableArray<SettingsNode>.Builder items = ImmutableArray.CreateBuilder<SettingsNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(ReadNode(ref reader, $"{path}[{items.Count}]", lines, problems));
                }

                return new SettingsNode.List(origin, items.ToImmutable());
            case JsonTokenType.String:
                return new SettingsNode.Scalar(origin, TextOf(ref reader, origin, path), IsQuoted: true);
            default:
                return new SettingsNode.Scalar(origin, Encoding.UTF8.GetString(reader.ValueSpan), IsQuoted: false);
        }
    }

    private static SettingsNode.Map ReadMap(
        ref Utf8JsonReader reader, Origin origin, string path, LineIndex lines, List<SettingsProblem> problems)
    {
        ImmutableArray<SettingsEntry>.Builder entries = ImmutableArray.CreateBuilder<SettingsEntry>();
        Dictionary<string, Origin> seen = new(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
        {
            Origin keyOrigin = lines.At((int)reader.TokenStartIndex);
            string key = TextOf(ref reader, keyOrigin, path);
            string keyPath = SettingsPath.Append(path, key);
            reader.Read();
            SettingsNode node = ReadNode(ref reader, keyPath, lines, problems);
            if (seen.TryGetValue(key, out Origin? first))
            {
                problems.Add(new SettingsProblem(keyOrigin, keyPath, $"is written twice, first in line {first.Line}; keep one"));
                continue;
            }

            seen.Add(key, keyOrigin);
            entries.Add(new SettingsEntry(key, keyOrigin, node));
        }

        return new SettingsNode.Map(origin, entries.ToImmutable());
    }

    // An escaped lone surrogate is the one JSON string that has no text.
    private static string TextOf(ref Utf8JsonReader reader, Origin origin, string path)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            throw SettingsException.Of(origin, SettingsPath.Shown(path), "has an escape that is half a character; write the character");
        }
    }

    /// <summary>Byte offsets of line starts, to turn a reader's offset into line and column.</summary>
    private sealed class LineIndex
    {
        private readonly byte[] _bytes;
        private readonly Func<int, int, Origin> _originAt;
        private readonly List<int> _starts = [0];

        public LineIndex(byte[] bytes, Func<int, int, Origin> originAt)
        {
            _bytes = bytes;
            _originAt = originAt;
            for (int i = 0; i < bytes.Length; i++)
            {
                if (bytes[i] == (byte)'\n')
                {
                    _starts.Add(i + 1);
                }
            }
        }

        public Origin At(int offset)
        {
            int found = _starts.BinarySearch(offset);
            int line = found >= 0 ? found : ~found - 1;
            return AtLine(line, offset - _starts[line]);
        }

        public Origin AtLine(int line, int byteColumn)
        {
            int start = _starts[Math.Min(line, _starts.Count - 1)];
            int length = Math.Min(byteColumn, _bytes.Length - start);
            return _originAt(line + 1, Encoding.UTF8.GetCharCount(_bytes, start, length) + 1);
        }
    }
}
