using System.Collections;
using System.Text;

namespace Tars.Observability.TimeSeries;

/// <summary>The labels of one series, sorted by name (ordinal), unique, immutable; equal when names and values are.</summary>
public sealed class LabelSet : IReadOnlyList<KeyValuePair<string, string>>, IEquatable<LabelSet>, IComparable<LabelSet>
{
    private readonly KeyValuePair<string, string>[] _labels;
    private readonly int _hash;

    /// <summary>Creates a label set; empty values mean an absent label, as in Prometheus, and are left out.</summary>
    /// <exception cref="ArgumentException">A name appears twice.</exception>
    public LabelSet(IEnumerable<KeyValuePair<string, string>> labels)
    {
        _labels = [.. labels.Where(label => label.Value.Length > 0)];
        Array.Sort(_labels, static (a, b) => string.CompareOrdinal(a.Key, b.Key));
        HashCode hash = default;
        for (int i = 0; i < _labels.Length; i++)
        {
            if (i > 0 && _labels[i].Key == _labels[i - 1].Key)
            {
                throw new ArgumentException($"the label {_labels[i].Key} appears twice", nameof(labels));
            }

            hash.Add(_labels[i].Key, StringComparer.Ordinal);
            hash.Add(_labels[i].Value, StringComparer.Ordinal);
        }

        _hash = hash.ToHashCode();
    }

    /// <summary>No labels.</summary>
    public static LabelSet Empty { get; } = new([]);

    /// <inheritdoc/>
    public int Count => _labels.Length;

    /// <inheritdoc/>
    public KeyValuePair<string, string> this[int index] => _labels[index];

    /// <summary>The value of a label, or null when the series does not carry it.</summary>
    public string? this[string name]
    {
        get
        {
            foreach (KeyValuePair<string, string> label in _labels)
            {
                if (label.Key == name)
                {
                    return label.Value;
                }
            }

            return null;
        }
    }

    /// <summary>The same labels without those named.</summary>
    public LabelSet Without(params ReadOnlySpan<string> names)
    {
        List<KeyValuePair<string, string>> kept = [];
        foreach (KeyValuePair<string, string> label in _labels)
        {
            if (!names.Contains(label.Key))
            {
                kept.Add(label);
            }
        }

        return kept.Count == _labels.Length ? this : new LabelSet(kept);
    }

    /// <inheritdoc/>
    public bool Equals(LabelSet? other) =>
        other is not null && _hash == other._hash && _labels.AsSpan().SequenceEqual(other._labels);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as LabelSet);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <summary>Ordinal order by name, then value, label by label: the order in which series appear in everything written.</summary>
    public int CompareTo(LabelSet? other)
    {
        if (other is null)
        {
            return 1;
        }

        for (int i = 0; i < Math.Min(Count, other.Count); i++)
        {
            int order = string.CompareOrdinal(_labels[i].Key, other._labels[i].Key);
            order = order != 0 ? order : string.CompareOrdinal(_labels[i].Value, other._labels[i].Value);
            if (order != 0)
            {
                return order;
            }
        }

        return Count.CompareTo(other.Count);
    }

    /// <summary>PromQL notation: <c>{job="api",region="eu"}</c>, values escaped.</summary>
    public override string ToString()
    {
        StringBuilder text = new("{");
        foreach (KeyValuePair<string, string> label in _labels)
        {
            text.Append(text.Length > 1 ? "," : string.Empty).Append(label.Key).Append('=').Append(PromQl.Quote(label.Value));
        }

        return text.Append('}').ToString();
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => ((IEnumerable<KeyValuePair<string, string>>)_labels).GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => _labels.GetEnumerator();
}
