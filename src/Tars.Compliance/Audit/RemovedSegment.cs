using System.Numerics;
using System.Text.Json;
using Tars.Sealing.Logs;

namespace Tars.Compliance.Audit;

/// <summary>What stands for a segment that retention has removed.</summary>
/// <param name="First">Its first line.</param>
/// <param name="End">The line after its last.</param>
/// <param name="Subtrees">The fewest complete subtrees that cover it.</param>
/// <param name="LastHash">The hash of its last line.</param>
internal sealed record RemovedSegment(long First, long End, IReadOnlyList<Subtree> Subtrees, TreeHash LastHash)
{
    /// <exception cref="AuditLogException">The file is not what the format says.</exception>
    public static RemovedSegment Read(LogLayout layout, long first)
    {
        string path = layout.RemovedSegment(first);
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            JsonElement root = document.RootElement;
            long end = root.GetProperty("end").GetInt64();
            TreeHash[] hashes = [.. root.GetProperty("hashes").EnumerateArray().Select(Hash)];
            if (root.GetProperty("first").GetInt64() != first || end <= first || end % LogLayout.BlockLines != 0)
            {
                throw FrozenLog.Damage(path, "it does not stand for lines from its own name on to a multiple of 256");
            }

            (int Level, long Index)[] places = [.. Cover(first, end)];
            return places.Length == hashes.Length
                ? new RemovedSegment(first, end, [.. places.Zip(hashes, (place, hash) => new Subtree(place.Level, place.Index, hash))], Hash(root.GetProperty("last_hash")))
                : throw FrozenLog.Damage(path, $"{places.Length} hashes are expected for lines {first} to {end}, and {hashes.Length} are there");
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or ArgumentException)
        {
            throw FrozenLog.Damage(path, $"it is not what stands for a removed segment: {exception.Message}");
        }
    }

    /// <summary>The fewest complete subtrees that cover <c>[first, end)</c>, from left to right.</summary>
    public static IEnumerable<(int Level, long Index)> Cover(long first, long end)
    {
        for (long at = first; at < end;)
        {
            int level = BitOperations.Log2((ulong)(end - at));
            level = at == 0 ? level : Math.Min(level, BitOperations.TrailingZeroCount(at));
            yield return (level, at >> level);
            at += 1L << level;
        }
    }

    private static TreeHash Hash(JsonElement element)
    {
        string text = element.GetString() ?? string.Empty;
        return new TreeHash(Convert.FromHexString(text.StartsWith("sha256:", StringComparison.Ordinal) ? text["sha256:".Length..] : text));
    }
}
