using System.Collections.Concurrent;

namespace Tars.Server.Access.Journal;

/// <summary>What was denied.</summary>
/// <param name="Operation">The route's operation.</param>
/// <param name="Reason">Why.</param>
/// <param name="SubjectId">To whom; null for strangers, all of whom are one: of them there can be any number.</param>
internal readonly record struct Denial(string Operation, string Reason, string? SubjectId);

/// <summary>Counts denials, so that a flood of them does not become a flood of events.</summary>
internal sealed class DenialCounts(TimeProvider time)
{
    private const int Most = 4096;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Denial, Counted> _counts = new();

    /// <summary>Counts a denial.</summary>
    /// <returns>Null when it needs no event of its own; otherwise how many had none since the event before.</returns>
    public long? Count(Denial denial)
    {
        long now = time.GetTimestamp();
        if (_counts.Count >= Most && !_counts.ContainsKey(denial))
        {
            _counts.Clear();
        }

        Counted counted = _counts.GetOrAdd(denial, static _ => new Counted());
        lock (counted)
        {
            if (counted.Since is { } since && time.GetElapsedTime(since, now) < Window)
            {
                counted.Silent++;
                return null;
            }

            long silent = counted.Silent;
            (counted.Since, counted.Silent) = (now, 0);
            return silent;
        }
    }

    private sealed class Counted
    {
        public long? Since { get; set; }

        public long Silent { get; set; }
    }
}
