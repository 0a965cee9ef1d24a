using System.Collections.Concurrent;
using System.Globalization;
using System.Text;

namespace Tars.Server.Telemetry;

/// <summary>Values of one name, told apart by labels, as Prometheus's text format has them (version 0.0.4).</summary>
internal abstract class MetricFamily(string name, string help, string type)
{
    /// <summary>How many label sets one name takes at most; further ones are not counted.</summary>
    public const int CellLimit = 5000;

    /// <summary>Its name.</summary>
    public string Name => name;

    /// <summary>Writes its head and its values.</summary>
    public void Write(StringBuilder text)
    {
        text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('\n');
        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
        WriteValues(text);
    }

    /// <summary>Labels as they stand between braces.</summary>
    public static string Labels(params ReadOnlySpan<(string Name, string Value)> labels)
    {
        StringBuilder text = new();
        foreach ((string label, string value) in labels)
        {
            text.Append(text.Length == 0 ? string.Empty : ",").Append(label).Append("=\"");
            text.Append(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    /// <summary>Writes the values.</summary>
    protected abstract void WriteValues(StringBuilder text);

    /// <summary>Writes one line.</summary>
    protected static void Line(StringBuilder text, string name, string suffix, string labels, double value)
    {
        text.Append(name).Append(suffix);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <summary>A number as the format has it.</summary>
    protected static string Number(double value) => double.IsPositiveInfinity(value) ? "+Inf" : double.IsNegativeInfinity(value) ? "-Inf" : value.ToString("R", CultureInfo.InvariantCulture);
}

/// <summary>Counts that only grow.</summary>
/// <param name="name">Its name, with <c>_total</c> at its end.</param>
/// <param name="help">What is counted.</param>
/// <param name="labels">The labels of a key.</param>
internal sealed class CounterFamily<TKey>(string name, string help, Func<TKey, string> labels) : MetricFamily(name, help, "counter")
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Cell> _cells = new();

    /// <summary>Adds to a count.</summary>
    public void Add(TKey key, long count = 1)
    {
        if (!_cells.TryGetValue(key, out Cell? cell))
        {
            if (_cells.Count >= CellLimit)
            {
                return;
            }

            cell = _cells.GetOrAdd(key, static (made, naming) => new Cell(naming(made)), labels);
        }

        Interlocked.Add(ref cell.Count, count);
    }

    /// <inheritdoc/>
    protected override void WriteValues(StringBuilder text)
    {
        foreach (Cell cell in _cells.Values.OrderBy(cell => cell.Labels, StringComparer.Ordinal))
        {
            Line(text, Name, string.Empty, cell.Labels, Interlocked.Read(ref cell.Count));
        }
    }

    private sealed class Cell(string labels)
    {
        public long Count;

        public string Labels => labels;
    }
}

/// <summary>How long something took, counted by bounds.</summary>
/// <param name="name">Its name, with <c>_seconds</c> at its end.</param>
/// <param name="help">What took so long.</param>
/// <param name="bounds">The bounds in seconds, ascending.</param>
/// <param name="labels">The labels of a key.</param>
internal sealed class HistogramFamily<TKey>(string name, string help, IReadOnlyList<double> bounds, Func<TKey, string> labels) : MetricFamily(name, help, "histogram")
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, Cell> _cells = new();
    private readonly long[] _bounds = [.. bounds.Select(bound => (long)(bound * TimeSpan.TicksPerSecond))];

    /// <summary>Counts a duration.</summary>
    public void Observe(TKey key, TimeSpan duration)
    {
        if (!_cells.TryGetValue(key, out Cell? cell))
        {
            if (_cells.Count >= CellLimit)
            {
                return;
            }

            cell = _cells.GetOrAdd(key, static (made, family) => new Cell(family.Naming(made), family._bounds.Length + 1), this);
        }

        int bucket = 0;
        while (bucket < _bounds.Length && duration.Ticks > _bounds[bucket])
        {
            bucket++;
        }

        Interlocked.Increment(ref cell.Counts[bucket]);
        Interlocked.Add(ref cell.Ticks, duration.Ticks);
    }

    /// <summary>Writes buckets that were counted elsewhere.</summary>
    /// <param name="text">Where.</param>
    /// <param name="name">The family's name.</param>
    /// <param name="labels">The labels.</param>
    /// <param name="bounds">The bounds.</param>
    /// <param name="within">How many were within each bound.</param>
    /// <param name="count">How many there were.</param>
    /// <param name="seconds">How long all took.</param>
    public static void WriteBuckets(StringBuilder text, string name, string labels, IReadOnlyList<double> bounds, IReadOnlyList<long> within, long count, double seconds)
    {
        string comma = labels.Length > 0 ? "," : string.Empty;
        for (int i = 0; i < bounds.Count; i++)
        {
            Line(text, name, "_bucket", $"{labels}{comma}le=\"{Number(bounds[i])}\"", within[i]);
        }

        Line(text, name, "_bucket", $"{labels}{comma}le=\"+Inf\"", count);
        Line(text, name, "_sum", labels, seconds);
        Line(text, name, "_count", labels, count);
    }

    /// <inheritdoc/>
    protected override void WriteValues(StringBuilder text)
    {
        foreach (Cell cell in _cells.Values.OrderBy(cell => cell.Labels, StringComparer.Ordinal))
        {
            long sum = 0;
            long[] within = [.. cell.Counts.Select((_, i) => sum += Interlocked.Read(ref cell.Counts[i]))];
            WriteBuckets(text, Name, cell.Labels, bounds, within, within[^1], TimeSpan.FromTicks(Interlocked.Read(ref cell.Ticks)).TotalSeconds);
        }
    }

    private string Naming(TKey key) => labels(key);

    private sealed class Cell(string labels, int buckets)
    {
        public readonly long[] Counts = new long[buckets];
        public long Ticks;

        public string Labels => labels;
    }
}

/// <summary>Values that are looked up when somebody reads them.</summary>
/// <param name="name">Its name.</param>
/// <param name="help">What it is.</param>
/// <param name="type">Its type: gauge, counter or histogram.</param>
/// <param name="write">Writes the values; is given the name.</param>
internal sealed class LookedUpFamily(string name, string help, string type, Action<StringBuilder, string> write) : MetricFamily(name, help, type)
{
    /// <summary>A gauge with values by labels.</summary>
    public static LookedUpFamily Gauge(string name, string help, Func<IEnumerable<(string Labels, double Value)>> values) => new(name, help, "gauge", (text, own) =>
    {
        foreach ((string labels, double value) in values())
        {
            Line(text, own, string.Empty, labels, value);
        }
    });

    /// <summary>A counter with values by labels, counted elsewhere.</summary>
    public static LookedUpFamily Counter(string name, string help, Func<IEnumerable<(string Labels, double Value)>> values) => new(name, help, "counter", (text, own) =>
    {
        foreach ((string labels, double value) in values())
        {
            Line(text, own, string.Empty, labels, value);
        }
    });

    /// <inheritdoc/>
    protected override void WriteValues(StringBuilder text) => write(text, Name);
}
