using System.Globalization;
using Tars.Application.Collecting;

namespace Tars.Application.Sharding;

/// <summary>
/// One of several parts of a fleet. A service belongs to the part whose index is its rank among the names (ordinal order), modulo the number of
/// parts: the parts differ by one service at most, and the order in the configuration does not matter.
/// </summary>
public readonly record struct Shard
{
    /// <summary>The most parts.</summary>
    public const int Most = 10_000;

    /// <summary>Creates a part.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is not in [1, <see cref="Most"/>], or <paramref name="index"/> not in [0, count).</exception>
    public Shard(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Most);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (Index, Count) = (index, count);
    }

    /// <summary>Which part; the first is 0, as in the JOB_COMPLETION_INDEX of a Kubernetes Indexed Job.</summary>
    public int Index { get; }

    /// <summary>How many parts there are.</summary>
    public int Count { get; }

    /// <summary>Reads <c>i/n</c>.</summary>
    /// <exception cref="RequestException">It is not of that form, or i is not from 0 to n - 1.</exception>
    public static Shard Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !TryRead(parts[0], out int index) || !TryRead(parts[1], out int count) || count is 0 or > Most)
        {
            throw new RequestException($"'{text}' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4");
        }

        return index < count
            ? new Shard(index, count)
            : throw new RequestException($"there is no part {text}: the first of {count} is 0 and the last {count - 1}", $"write --shard {count - 1}/{count} for the last");
    }

    /// <summary>The names that belong to this part, in the order given.</summary>
    /// <param name="names">All names, each once.</param>
    public IReadOnlyList<string> Of(IReadOnlyCollection<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        (int index, int count) = (Index, Count);
        HashSet<string> own = [.. names.Order(StringComparer.Ordinal).Where((_, rank) => rank % count == index)];
        return [.. names.Where(own.Contains)];
    }

    /// <summary><c>i/n</c>.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Index}/{Count}");

    private static bool TryRead(string text, out int number) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}
