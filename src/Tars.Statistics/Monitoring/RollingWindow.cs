using System.Numerics;
using System.Runtime.InteropServices;
using Tars.Statistics.Quantiles;

namespace Tars.Statistics.Monitoring;

/// <summary>
/// Median, quantiles and scaled MAD of the last values of a stream. Query first and add afterwards, and the tested value is never part of its
/// own baseline. An update is two binary searches and one block move inside the sorted window; the median costs O(1), the MAD O(log w).
/// Sources: as <see cref="Median"/> and <see cref="MedianAbsoluteDeviation"/>; the MAD from a sorted window is the middle of two sorted lists
/// of distances (G. N. Frederickson and D. B. Johnson, Journal of Computer and System Sciences 24 (1982) 197-208).
/// </summary>
public sealed class RollingWindow
{
    // Up to this many values are counted, several at once and without a branch to mispredict, instead of bisected.
    private const int Counted = 64;

    private readonly double[] _ring;
    private readonly double[] _sorted;
    private int _next;
    private int _filled;

    /// <summary>An empty window.</summary>
    /// <param name="capacity">How many of the newest values (missing ones included) it holds; positive.</param>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is not positive.</exception>
    public RollingWindow(int capacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        _ring = new double[capacity];
        _sorted = new double[capacity];
    }

    /// <summary>How many values the window can hold.</summary>
    public int Capacity => _ring.Length;

    /// <summary>How many measured values it holds.</summary>
    public int Count { get; private set; }

    /// <summary>How many values it holds, missing ones included.</summary>
    public int Length => _filled;

    /// <summary>The measured values, ascending; valid until the next <see cref="Add"/>.</summary>
    public ReadOnlySpan<double> Sorted => _sorted.AsSpan(0, Count);

    /// <summary>Median of the measured values; NaN when there is none.</summary>
    public double Median => Quantiles.Median.OfSorted(Sorted);

    /// <summary>Quantile (type 7) of the measured values; NaN when there is none.</summary>
    /// <param name="p">Probability in [0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The probability is outside [0, 1] or NaN.</exception>
    public double Quantile(double p) => Quantiles.Quantile.OfSorted(Sorted, p);

    /// <summary>Adds the newest value and drops the oldest when full. NaN takes its place in time but is not counted.</summary>
    /// <param name="value">The newest value; NaN is missing.</param>
    public void Add(double value)
    {
        double oldest = double.NaN;
        if (_filled == _ring.Length)
        {
            oldest = _ring[_next];
        }
        else
        {
            _filled++;
        }

        _ring[_next] = value;
        _next = _next + 1 == _ring.Length ? 0 : _next + 1;
        Replace(oldest, value);
    }

    /// <summary>Scaled median absolute deviation about the median (consistent for the normal standard deviation).</summary>
    /// <returns>At least 0; NaN when nothing was measured.</returns>
    public double Scale() => MedianAbsoluteDeviation.NormalConsistency * SortedDeviations.Median(Sorted, Median);

    /// <summary>Forgets all values.</summary>
    public void Clear() => (_next, _filled, Count) = (0, 0, 0);

    private void Replace(double removed, double added)
    {
        Span<double> all = _sorted;
        int from = double.IsNaN(removed) ? Count : LowerBound(all[..Count], removed);
        if (double.IsNaN(added))
        {
            if (from < Count)
            {
                all[(from + 1)..Count].CopyTo(all[from..]);
                Count--;
            }

            return;
        }

        int to = LowerBound(all[..Count], added);
        if (from == Count)
        {
            all[to..Count].CopyTo(all[(to + 1)..]);
            Count++;
        }
        else if (to > from)
        {
            to--;
            Close(all[from..(to + 1)]);
        }
        else
        {
            Open(all[to..(from + 1)]);
        }

        all[to] = added;
    }

    private static int LowerBound(ReadOnlySpan<double> sorted, double value)
    {
        if (sorted.Length <= Counted)
        {
            return CountBelow(sorted, value);
        }

        int low = 0;
        int high = sorted.Length;
        while (low < high)
        {
            int middle = (low + high) >>> 1;
            if (sorted[middle] < value)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }

    // Over a few places a plain loop is faster than a copy between spans that overlap.
    private static void Close(Span<double> places)
    {
        if (places.Length > Counted)
        {
            places[1..].CopyTo(places);
            return;
        }

        for (int i = 1; i < places.Length; i++)
        {
            places[i - 1] = places[i];
        }
    }

    private static void Open(Span<double> places)
    {
        if (places.Length > Counted)
        {
            places[..^1].CopyTo(places[1..]);
            return;
        }

        for (int i = places.Length - 1; i > 0; i--)
        {
            places[i] = places[i - 1];
        }
    }

    private static int CountBelow(ReadOnlySpan<double> values, double bound)
    {
        ReadOnlySpan<Vector<double>> vectors = MemoryMarshal.Cast<double, Vector<double>>(values);
        Vector<double> bounds = new(bound);
        Vector<long> below = Vector<long>.Zero;
        foreach (Vector<double> vector in vectors)
        {
            below -= Vector.LessThan(vector, bounds); // all bits set is minus one
        }

        int count = (int)Vector.Sum(below);
        foreach (double value in values[(vectors.Length * Vector<double>.Count)..])
        {
            count += value < bound ? 1 : 0;
        }

        return count;
    }
}
