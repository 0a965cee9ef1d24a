namespace Tars.Storage.Blobs.Retention;

/// <summary>How long and how much of a kind is kept.</summary>
/// <param name="MaximumAge">What is older goes; null keeps any age. More than zero.</param>
/// <param name="MaximumBytes">When all of the kind is more than this, the oldest go first; null sets no limit. 0 or more.</param>
public sealed record RetentionRule(TimeSpan? MaximumAge, long? MaximumBytes);

/// <summary>The rules by kind. A kind without a rule is kept.</summary>
public sealed record RetentionRules
{
    private readonly Dictionary<string, RetentionRule> _byKind = new(StringComparer.Ordinal);

    /// <summary>Rules.</summary>
    /// <param name="byKind">A rule for each kind, such as <c>report</c>, <c>envelope</c>, <c>capture</c>; upper and lower case differ.</param>
    /// <exception cref="ArgumentException">An age is not above zero or a size is negative.</exception>
    public RetentionRules(IReadOnlyDictionary<string, RetentionRule> byKind)
    {
        ArgumentNullException.ThrowIfNull(byKind);
        foreach ((string kind, RetentionRule rule) in byKind)
        {
            if (rule.MaximumAge <= TimeSpan.Zero || rule.MaximumBytes < 0)
            {
                throw new ArgumentException($"the rule for \"{kind}\" is no limit: an age is above zero, a size is 0 or more", nameof(byKind));
            }

            _byKind.Add(kind, rule);
        }
    }

    internal RetentionRule? For(string kind) => _byKind.GetValueOrDefault(kind);
}

/// <summary>A blob as retention sees it: the kind is not in the store, the caller knows it. One blob of two kinds stands here twice.</summary>
/// <param name="Digest">Its name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Size">Length in bytes.</param>
/// <param name="Created">When it was stored.</param>
public sealed record RetainedBlob(BlobDigest Digest, string Kind, long Size, DateTimeOffset Created);
