using System.Globalization;

namespace Tars.Storage.Blobs.Retention;

/// <summary>Why a blob would be removed.</summary>
public abstract record RemovalReason
{
    private RemovalReason()
    {
    }

    /// <summary>It is older than its kind's limit.</summary>
    /// <param name="Age">Its age.</param>
    /// <param name="Limit">The limit.</param>
    public sealed record TooOld(TimeSpan Age, TimeSpan Limit) : RemovalReason
    {
        /// <summary>One line for a person.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Age.TotalDays:0.#} days old, the limit is {Limit.TotalDays:0.#} days");
    }

    /// <summary>All of its kind is more than the limit, and it is among the oldest.</summary>
    /// <param name="Bytes">What was kept of the kind before this one went.</param>
    /// <param name="Limit">The limit.</param>
    public sealed record TooMuch(long Bytes, long Limit) : RemovalReason
    {
        /// <summary>One line for a person.</summary>
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Bytes} bytes of its kind, the limit is {Limit} bytes");
    }
}

/// <summary>A blob that would be removed.</summary>
/// <param name="Blob">Which, and as what.</param>
/// <param name="Reason">Why.</param>
public sealed record PlannedRemoval(RetainedBlob Blob, RemovalReason Reason);

/// <summary>Why a blob stays although a rule is against it.</summary>
public enum StayReason
{
    /// <summary>A legal hold names it.</summary>
    LegalHold,

    /// <summary>It is of another kind as well, which keeps it.</summary>
    KeptByAnotherKind,
}

/// <summary>A blob that a rule would remove, and that stays.</summary>
/// <param name="Blob">Which, and as what.</param>
/// <param name="Against">The rule that is against it.</param>
/// <param name="Because">Why it stays.</param>
public sealed record PlannedStay(RetainedBlob Blob, RemovalReason Against, StayReason Because);

/// <summary>A kind that stays above its limit, because what is left of it is on hold.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Bytes">What stays.</param>
/// <param name="Limit">The limit.</param>
public sealed record KindOverLimit(string Kind, long Bytes, long Limit);

/// <summary>
/// What retention would remove and why. Pure: the same blobs, rules, holds and time give the same plan, whatever the order of the blobs. Age comes first, and then the
/// total of what is left, oldest first, of equal age by digest. What is on hold counts into the total and is never removed. A blob goes when each kind it is of lets it go.
/// </summary>
public sealed record RetentionPlan
{
    private RetentionPlan(DateTimeOffset at, IReadOnlyList<PlannedRemoval> removals, IReadOnlyList<PlannedStay> stays, IReadOnlyList<KindOverLimit> overLimit)
    {
        At = at;
        Removals = removals;
        Stays = stays;
        OverLimit = overLimit;
    }

    /// <summary>The time ages were counted to.</summary>
    public DateTimeOffset At { get; }

    /// <summary>What would go, oldest first; a blob of two kinds stands here twice.</summary>
    public IReadOnlyList<PlannedRemoval> Removals { get; }

    /// <summary>What stays against a rule.</summary>
    public IReadOnlyList<PlannedStay> Stays { get; }

    /// <summary>Kinds that stay above their limit.</summary>
    public IReadOnlyList<KindOverLimit> OverLimit { get; }

    /// <summary>Bytes that would be freed; a blob of two kinds counts once.</summary>
    public long FreedBytes => Removals.DistinctBy(removal => removal.Blob.Digest).Sum(removal => removal.Blob.Size);

    /// <summary>Makes a plan. A blob from the future has no age and goes by size only.</summary>
    /// <param name="blobs">All blobs that rules apply to.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="legalHolds">Digests that nothing may remove.</param>
    /// <param name="now">The time ages are counted to.</param>
    /// <exception cref="ArgumentException">The same blob stands twice with the same kind.</exception>
    public static RetentionPlan Of(IEnumerable<RetainedBlob> blobs, RetentionRules rules, IReadOnlySet<BlobDigest> legalHolds, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(blobs);
        ArgumentNullException.ThrowIfNull(rules);
        ArgumentNullException.ThrowIfNull(legalHolds);
        RetainedBlob[] all = [.. blobs.OrderBy(blob => blob.Created).ThenBy(blob => blob.Digest).ThenBy(blob => blob.Kind, StringComparer.Ordinal)];
        if (all.DistinctBy(blob => (blob.Digest, blob.Kind)).Count() != all.Length)
        {
            throw new ArgumentException("a blob stands twice with the same kind", nameof(blobs));
        }

        Dictionary<RetainedBlob, RemovalReason> against = [];
        List<KindOverLimit> overLimit = [];
        foreach (IGrouping<string, RetainedBlob> kind in all.GroupBy(blob => blob.Kind, StringComparer.Ordinal).OrderBy(kind => kind.Key, StringComparer.Ordinal))
        {
            if (rules.For(kind.Key) is { } rule && Judge([.. kind], rule, legalHolds, now, against) is var kept && kept > rule.MaximumBytes)
            {
                overLimit.Add(new KindOverLimit(kind.Key, kept, rule.MaximumBytes.Value));
            }
        }

        HashSet<BlobDigest> keptDigests = [.. all.Where(blob => !against.ContainsKey(blob)).Select(blob => blob.Digest)];
        List<PlannedRemoval> removals = [];
        List<PlannedStay> stays = [];
        foreach (RetainedBlob blob in all.Where(against.ContainsKey))
        {
            if (legalHolds.Contains(blob.Digest))
            {
                stays.Add(new PlannedStay(blob, against[blob], StayReason.LegalHold));
            }
            else if (keptDigests.Contains(blob.Digest))
            {
                stays.Add(new PlannedStay(blob, against[blob], StayReason.KeptByAnotherKind));
            }
            else
            {
                removals.Add(new PlannedRemoval(blob, against[blob]));
            }
        }

        return new RetentionPlan(now, removals, stays, overLimit);
    }

    /// <summary>Notes what a rule is against, oldest first, and returns the bytes of the kind that stay.</summary>
    private static long Judge(
        RetainedBlob[] oldestFirst, RetentionRule rule, IReadOnlySet<BlobDigest> holds, DateTimeOffset now, Dictionary<RetainedBlob, RemovalReason> against)
    {
        long bytes = oldestFirst.Sum(blob => blob.Size);
        foreach (RetainedBlob blob in oldestFirst.Where(blob => now - blob.Created > rule.MaximumAge))
        {
            against[blob] = new RemovalReason.TooOld(now - blob.Created, rule.MaximumAge!.Value);
            bytes -= holds.Contains(blob.Digest) ? 0 : blob.Size;
        }

        foreach (RetainedBlob blob in oldestFirst.Where(blob => !against.ContainsKey(blob)))
        {
            if (!(bytes > rule.MaximumBytes))
            {
                break;
            }

            against[blob] = new RemovalReason.TooMuch(bytes, rule.MaximumBytes!.Value);
            bytes -= holds.Contains(blob.Digest) ? 0 : blob.Size;
        }

        return bytes;
    }
}
