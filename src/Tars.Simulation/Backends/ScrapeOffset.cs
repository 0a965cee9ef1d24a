namespace Tars.Simulation.Backends;

/// <summary>When within its minute a target is scraped: a constant per target, so that scrapes and round minutes do not coincide.</summary>
public static class ScrapeOffset
{
    /// <summary>
    /// The offset of the target these labels belong to (same <c>job</c> and <c>instance</c>, same offset; series without both, such as
    /// <c>ALERTS</c>, share one): whole milliseconds in [1 s, 56 s). Sample k of a series was scraped at start + k × interval + offset.
    /// </summary>
    public static TimeSpan Of(IReadOnlyDictionary<string, string> labels)
    {
        string target = labels.GetValueOrDefault("job") + "/" + labels.GetValueOrDefault("instance");
        ulong hash = 14695981039346656037; // FNV-1a, 64 bit
        foreach (char c in target)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        return TimeSpan.FromMilliseconds(1000 + (long)((hash >> 20) % 55_000));
    }
}
