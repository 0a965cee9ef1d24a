using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tars.Configuration.Documents;

/// <summary>
/// Reads YAML 1.2 as configuration uses it: maps with text keys, lists, scalars, anchors with bounded expansion.
/// Tags, merge keys, several documents and keys that are not text are refused.
/// </summary>
internal sealed class YamlDocument
{
    /// <summary>The deepest nesting that is read.</summary>
    public const int DepthLimit = 32;

    /// <summary>The most nodes a document may have with every alias written out.</summary>
    public const int NodeLimit = 100_000;

    private readonly IParser _parser;
    private readonly Func<int, int, Origin> _originAt;
    private readonly List<SettingsProblem> _problems;
    private readonly Dictionary<string, (SettingsNode Node, long Size, int Depth)> _anchors = [];
    private long _nodes;

    private YamlDocument(IParser parser, Func<int, int, Origin> originAt, List<SettingsProblem> problems)
    {
        _parser = parser;
        _originAt = originAt;
        _problems = problems;
    }

    /// <summary>Returns the document's value; null when it holds none (empty, or only comments).</summary>
    /// <param name="text">The text, already checked by <see cref="DocumentText"/>.</param>
    /// <param name="originAt">Makes an origin of a line and a column.</param>
    /// <param name="problems">Receives repeated keys, which do not stop the reading.</param>
    /// <exception cref="SettingsException">The text is not YAML of the kind read here.</exception>
    public static SettingsNode? Read(string text, Func<int, int, Origin> originAt, List<SettingsProblem> problems)
    {
        using StringReader reader = new(text);
        Scanner scanner = new(reader, skipComments: true);
        YamlDocument document = new(new Parser(scanner), Within(text, originAt), problems);
        try
        {
            return document.ReadStream();
        }
        catch (YamlException refusal)
        {
            string reason = refusal.Message;
            int colon = reason.IndexOf("): ", StringComparison.Ordinal);
            reason = (colon >= 0 ? reason[(colon + 3)..] : reason).TrimEnd('.');
            reason = reason.Length > 0 ? char.ToLowerInvariant(reason[0]) + reason[1..] : "the text breaks off";
            throw SettingsException.Of(document.At(refusal.Start), "", $"is not valid YAML: {reason}");
        }
        catch (InvalidOperationException)
        {
            // YamlDotNet's scanner gives up this way on some texts that are not YAML, such as an unclosed bracket before a key.
            throw SettingsException.Of(document.At(scanner.CurrentPosition), "", "is not valid YAML: the text cannot be continued here");
        }
    }

    // The scanner places what is missing at the end of the text on a line after the last; people look for it at the end of the last.
    private static Func<int, int, Origin> Within(string text, Func<int, int, Origin> originAt)
    {
        int end = text.AsSpan().TrimEnd("\r\n").Length;
        (int lastLine, int lastColumn) = DocumentText.PositionOf(text, end);
        int breaks = text.AsSpan(0, end).CountAny("\u0085\u2028\u2029");
        return (line, column) => line > lastLine + breaks ? originAt(lastLine, lastColumn) : originAt(line, column);
    }

    private SettingsNode? ReadStream()
    {
        _parser.Consume<StreamStart>();
        if (_parser.TryConsume<StreamEnd>(out _))
        {
            return null;
        }

        _parser.Consume<DocumentStart>();
        SettingsNode root = ReadNode("", 0).Node;
        _parser.Consume<DocumentEnd>();
        return _parser.TryConsume<StreamEnd>(out _)
            ? root
            : throw Refusal(_parser.Current!.Start, "", "starts a second document; a configuration is one document");
    }

    private (SettingsNode Node, long Size, int Depth) ReadNode(string path, int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out AnchorAlias? alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out (SettingsNode Node, long Size, int Depth) target))
            {
                throw Refusal(alias.Start, path, $"*{SettingsPath.Shown(alias.Value.Value)} refers to no anchor before it");
            }

            Count(target.Size, alias.Start, path);
            CheckDepth(depth + target.Depth, alias.Start, path);
            return target;
        }

        NodeEvent head = _parser.Current as NodeEvent ?? throw Refusal(_parser.Current!.Start, path, "is not a value");
        CheckDepth(depth + 1, head.Start, path);
        if (!head.Tag.IsEmpty && !head.Tag.IsNonSpecific)
        {
            throw Refusal(head.Start, path, $"has the tag {SettingsPath.Shown(head.Tag.Value)}; write the plain value");
        }

        Count(1, head.Start, path);
        (SettingsNode Node, long Size, int Depth) result = head switch
        {
            Scalar => ReadScalar(),
            SequenceStart => ReadList(path, depth),
            MappingStart => ReadMap(path, depth),
            _ => throw Refusal(head.Start, path, "is not a value"),
        };
        if (!head.Anchor.IsEmpty)
        {
            _anchors[head.Anchor.Value] = result;
        }

        return result;
    }

    private (SettingsNode, long, int) ReadScalar()
    {
        Scalar scalar = _parser.Consume<Scalar>();
        return (new SettingsNode.Scalar(At(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain), 1, 1);
    }

    private (SettingsNode, long, int) ReadList(string path, int depth)
    {
        Origin origin = At(_parser.Consume<SequenceStart>().Start);
        ImmutableArray<SettingsNode>.Builder items = ImmutableArray.CreateBuilder<SettingsNode>();
        long size = 1;
        int deepest = 0;
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            (SettingsNode node, long itemSize, int itemDepth) = ReadNode($"{path}[{items.Count}]", depth + 1);
            items.Add(node);
            size += itemSize;
            deepest = Math.Max(deepest, itemDepth);
        }

        return (new SettingsNode.List(origin, items.ToImmutable()), size, deepest + 1);
    }

    private (SettingsNode, long, int) ReadMap(string path, int depth)
    {
        Origin origin = At(_parser.Consume<MappingStart>().Start);
        ImmutableArray<SettingsEntry>.Builder entries = ImmutableArray.CreateBuilder<SettingsEntry>();
        Dictionary<string, Origin> seen = new(StringComparer.Ordinal);
        long size = 1;
        int deepest = 0;
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out Scalar? key))
            {
                throw Refusal(_parser.Current!.Start, path, "has a key that is not text; write a plain word");
            }

            if (key.Value == "<<" && key.Style == ScalarStyle.Plain)
            {
                throw Refusal(key.Start, path, "uses the merge key <<, which YAML 1.2 does not have; write the keys out");
            }

            Origin keyOrigin = At(key.Start);
            string keyPath = SettingsPath.Append(path, key.Value);
            (SettingsNode node, long itemSize, int itemDepth) = ReadNode(keyPath, depth + 1);
            size += itemSize;
            deepest = Math.Max(deepest, itemDepth);
            if (seen.TryGetValue(key.Value, out Origin? first))
            {
                _problems.Add(new SettingsProblem(keyOrigin, keyPath, $"is written twice, first in line {first.Line}; keep one"));
                continue;
            }

            seen.Add(key.Value, keyOrigin);
            entries.Add(new SettingsEntry(key.Value, keyOrigin, node));
        }

        return (new SettingsNode.Map(origin, entries.ToImmutable()), size, deepest + 1);
    }

    private void Count(long size, Mark mark, string path)
    {
        _nodes += size;
        if (_nodes > NodeLimit)
        {
            throw Refusal(mark, path, $"brings the document past {NodeLimit} values with its aliases written out");
        }
    }

    private void CheckDepth(int depth, Mark mark, string path)
    {
        if (depth > DepthLimit)
        {
            throw Refusal(mark, path, $"is nested deeper than {DepthLimit} levels");
        }
    }

    private SettingsException Refusal(Mark mark, string path, string message) => SettingsException.Of(At(mark), SettingsPath.Shown(path), message);

    private Origin At(Mark mark) => _originAt((int)Math.Max(1, mark.Line), (int)Math.Max(1, mark.Column));
}
