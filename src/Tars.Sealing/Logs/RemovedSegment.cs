using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace Tars.Sealing.Logs;

/// <summary>What stands for a segment that retention has removed; docs/formats/audit-log.md lays its members down.</summary>
internal sealed record RemovedSegment(
    long First, long End, IReadOnlyList<TreeHash> Hashes, TreeHash LastHash, DateTimeOffset From, DateTimeOffset To, string SegmentSha256)
{
    /// <summary>Bytes that are read of a file: at most two hashes a level.</summary>
    internal const int MaximumBytes = 1 << 16;

    private const string HashPrefix = "sha256:";

    /// <summary>Reads the object of a file, or the <c>data</c> of a line.</summary>
    internal static bool TryParse(ReadOnlyMemory<byte> json, [NotNullWhen(true)] out RemovedSegment? removed, [NotNullWhen(false)] out string? refusal)
    {
        removed = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return TryParse(document.RootElement, out removed, out refusal);
        }
        catch (JsonException exception)
        {
            refusal = $"it is no JSON: line {exception.LineNumber}, byte {exception.BytePositionInLine}";
            return false;
        }
    }

    /// <summary>Reads the <c>data</c> of a line whose form is known.</summary>
    internal static bool TryParseEvent(ReadOnlyMemory<byte> line, [NotNullWhen(true)] out RemovedSegment? removed)
    {
        removed = null;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.TryGetProperty("data", out JsonElement data) && TryParse(data, out removed, out _);
        }
        catch (JsonException)
        {
            return false; // the line's hash holds, so it is signed nonsense: no removal that anybody could have meant
        }
    }

    /// <summary>The same lines by the same hashes, and the same times and digest.</summary>
    internal bool Says(RemovedSegment other) =>
        (First, End, LastHash, From, To, SegmentSha256) == (other.First, other.End, other.LastHash, other.From, other.To, other.SegmentSha256)
        && Hashes.SequenceEqual(other.Hashes);

    /// <summary>The subtrees, from left to right.</summary>
    internal IEnumerable<Subtree> Subtrees() => Cover(First, End).Zip(Hashes, (place, hash) => place with { Hash = hash });

    /// <summary>The fewest complete subtrees that cover lines, without their hashes.</summary>
    private static IEnumerable<Subtree> Cover(long low, long high)
    {
        while (low < high)
        {
            int level = BitOperations.Log2((ulong)(high - low));
            level = low == 0 ? level : Math.Min(level, BitOperations.TrailingZeroCount(low));
            yield return new Subtree(level, low >> level, default);
            low += 1L << level;
        }
    }

    private static bool TryParse(JsonElement element, out RemovedSegment? removed, [NotNullWhen(false)] out string? refusal)
    {
        removed = null;
        long first = 0, end = 0;
        TreeHash last = default;
        List<TreeHash> hashes = [];
        DateTimeOffset from = default, to = default;
        string? digest = null;
        refusal = element.ValueKind != JsonValueKind.Object ? "it is no object"
            : !TryNumber(element, "first", out first) || !TryNumber(element, "end", out end) || end <= first ? "\"first\" and \"end\" are no range of lines"
            : !TryHashes(element, hashes) || Cover(first, end).Count() != hashes.Count ? "\"hashes\" are not the fewest subtrees of that range"
            : !TryText(element, "last_hash", out string? text) || !TryHash(text, out last) ? "\"last_hash\" is no hash"
            : !TryTime(element, "from", out from) || !TryTime(element, "to", out to) || from > to ? "\"from\" and \"to\" are no times in order"
            : !TryText(element, "segment_sha256", out digest) ? "\"segment_sha256\" is not there"
            : null;
        removed = refusal is null ? new RemovedSegment(first, end, hashes, last, from, to, digest!) : null;
        return refusal is null;
    }

    private static bool TryNumber(JsonElement element, string name, out long value)
    {
        value = 0;
        return element.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.Number && member.TryGetInt64(out value) && value >= 0;
    }

    private static bool TryText(JsonElement element, string name, [NotNullWhen(true)] out string? value)
    {
        value = element.TryGetProperty(name, out JsonElement member) && member.ValueKind == JsonValueKind.String ? member.GetString() : null;
        return value is not null;
    }

    private static bool TryTime(JsonElement element, string name, out DateTimeOffset time)
    {
        time = default;
        return TryText(element, name, out string? text)
            && DateTimeOffset.TryParseExact(text, EventLine.TimestampFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);
    }

    private static bool TryHashes(JsonElement element, List<TreeHash> hashes)
    {
        if (!element.TryGetProperty("hashes", out JsonElement members) || members.ValueKind != JsonValueKind.Array)
        {
            return false;
        }

        foreach (JsonElement member in members.EnumerateArray())
        {
            if (member.ValueKind != JsonValueKind.String || !TryHash(member.GetString()!, out TreeHash hash))
            {
                return false;
            }

            hashes.Add(hash);
        }

        return true;
    }

    /// <summary>64 lower-case digits; the prefix that lines give a hash may stand before them.</summary>
    private static bool TryHash(string text, out TreeHash hash)
    {
        hash = default;
        string digits = text.StartsWith(HashPrefix, StringComparison.Ordinal) ? text[HashPrefix.Length..] : text;
        if (digits.Length != 2 * TreeHash.Length || !digits.All(char.IsAsciiHexDigitLower))
        {
            return false;
        }

        hash = new TreeHash(Convert.FromHexString(digits));
        return true;
    }
}
