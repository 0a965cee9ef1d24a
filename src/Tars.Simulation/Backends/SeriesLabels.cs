namespace Tars.Simulation.Backends;

/// <summary>A label set, <c>__name__</c> included where there is one, sorted by name.</summary>
internal sealed class SeriesLabels : IEquatable<SeriesLabels>, IComparable<SeriesLabels>
{
    /// <summary>The label that holds the metric name.</summary>
    public const string MetricName = "__name__";

    private readonly string _key;

    /// <summary>Creates a label set; empty values are absent labels.</summary>
    public SeriesLabels(IEnumerable<KeyValuePair<string, string>> labels)
    {
        Pairs = [.. labels.Where(label => label.Value.Length > 0).OrderBy(label => label.Key, StringComparer.Ordinal)];
        _key = string.Join('\u0001', Pairs.Select(label => label.Key + '\u0002' + label.Value));
    }

    /// <summary>The labels, sorted by name.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Pairs { get; }

    /// <summary>The value of a label; empty when absent.</summary>
    public string this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> label in Pairs)
            {
                if (label.Key == name)
                {
                    return label.Value;
                }
            }

            return string.Empty;
        }
    }

    /// <summary>The same without the named labels.</summary>
    public SeriesLabels Without(params IReadOnlyList<string> names) => new(Pairs.Where(label => !names.Contains(label.Key)));

    /// <summary>The named labels alone.</summary>
    public SeriesLabels Only(IReadOnlyList<string> names) => new(Pairs.Where(label => names.Contains(label.Key)));

    /// <summary>Prometheus's order: label by label, name before value; the shorter set first.</summary>
    public int CompareTo(SeriesLabels? other)
    {
        for (int i = 0; i < Math.Min(Pairs.Count, other?.Pairs.Count ?? 0); i++)
        {
            int byName = string.CompareOrdinal(Pairs[i].Key, other!.Pairs[i].Key);
            int order = byName != 0 ? byName : string.CompareOrdinal(Pairs[i].Value, other.Pairs[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return Pairs.Count.CompareTo(other?.Pairs.Count ?? -1);
    }

    /// <inheritdoc/>
    public bool Equals(SeriesLabels? other) => other is not null && _key == other._key;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SeriesLabels);

    /// <inheritdoc/>
    public override int GetHashCode() => string.GetHashCode(_key, StringComparison.Ordinal);

    /// <summary>Prometheus's notation, <c>{a="1", b="2"}</c>.</summary>
    public override string ToString() => $"{{{string.Join(", ", Pairs.Select(label => $"{label.Key}=\"{label.Value}\""))}}}";
}
