namespace Tars.Observability.Anomalies;

/// <summary>The last values of a stream, searched for stretches that look like the newest one.</summary>
internal sealed class ShapeMemory
{
    private const int Length = 24;
    private const int Reach = 1500;
    private const int Nearest = 5;
    private readonly List<double> _values = [];
    private readonly List<int> _runs = [];
    private int _run;

    /// <summary>Ends the current run of values: no shape reaches over a gap.</summary>
    public void Break() => _run++;

    /// <summary>Adds the newest value.</summary>
    public void Add(double value)
    {
        _values.Add(value);
        _runs.Add(_run);
        if (_values.Count > 2 * Reach)
        {
            _values.RemoveRange(0, Reach - Length);
            _runs.RemoveRange(0, Reach - Length);
        }
    }

    /// <summary>
    /// Root mean square difference per value between the newest stretch, ending in <paramref name="value"/>, and earlier stretches that do
    /// not overlap it: the mean of the five smallest. Zero when there are too few values or the stretch would reach over a gap.
    /// </summary>
    public double Distance(double value)
    {
        int n = _values.Count;
        if (n < 4 * Length || _runs[n - Length + 1] != _run)
        {
            return 0;
        }

        ReadOnlySpan<double> all = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_values);
        ReadOnlySpan<double> newest = all[(n - Length + 1)..];
        Span<double> smallest = stackalloc double[Nearest];
        smallest.Fill(double.PositiveInfinity);
        for (int end = Math.Max(Length, n - Reach); end < n - (2 * Length); end++)
        {
            int start = end - Length + 1;
            if (_runs[start] == _runs[end])
            {
                Insert(smallest, SquaredDistance(newest, value, all.Slice(start, Length), smallest[^1]));
            }
        }

        double sum = 0;
        foreach (double square in smallest)
        {
            sum += Math.Sqrt(square / Length);
        }

        return double.IsFinite(sum) ? sum / Nearest : 0;
    }

    private static double SquaredDistance(ReadOnlySpan<double> newest, double value, ReadOnlySpan<double> other, double limit)
    {
        double last = value - other[^1];
        double sum = last * last;
        for (int i = 0; i < newest.Length && sum < limit; i++)
        {
            double difference = newest[i] - other[i];
            sum += difference * difference;
        }

        return sum;
    }

    private static void Insert(Span<double> smallest, double square)
    {
        if (!(square < smallest[^1]))
        {
            return;
        }

        int at = smallest.Length - 1;
        for (; at > 0 && square < smallest[at - 1]; at--)
        {
            smallest[at] = smallest[at - 1];
        }

        smallest[at] = square;
    }
}
