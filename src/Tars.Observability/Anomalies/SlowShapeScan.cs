using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>
/// Finds the step or ramp that explains most of what the season leaves, by the generalised likelihood ratio with the seasonal terms
/// projected out (A. S. Willsky and H. L. Jones, IEEE Transactions on Automatic Control 21 (1976) 108-112, doi:10.1109/TAC.1976.1101146).
/// Noise may be correlated: its standard deviation is that of an equivalent white noise, estimated from differences, which a single
/// step or a steady ramp hardly touches.
/// </summary>
internal sealed class SlowShapeScan
{
    private readonly Calendar _calendar;
    private readonly double[][] _columns;
    private readonly bool[] _valid;
    private readonly double[] _count;
    private readonly double[] _first;
    private readonly double[] _second;
    private readonly (double Step, double Released, double Lasting)[] _seasonal;
    private readonly (int From, int To)[] _bounds;
    private readonly int _stride;

    /// <summary>Prepares a scan over the bins that hold values; it depends on which those are, not on the values.</summary>
    public SlowShapeScan(Calendar calendar, double[] terms, bool[] valid)
    {
        _calendar = calendar;
        _valid = valid;
        int n = valid.Length;
        _stride = Math.Max(1, n / 112);
        (_count, _first, _second) = (new double[n + 1], new double[n + 1], new double[n + 1]);
        for (int i = 0; i < n; i++)
        {
            double one = _valid[i] ? 1 : 0;
            _count[i + 1] = _count[i] + one;
            _first[i + 1] = _first[i] + (one * i);
            _second[i + 1] = _second[i] + (one * i * i);
        }

        _columns = Orthonormal(terms, calendar.ColumnCount, _valid);
        double[] sums = Interleaved([.. _columns.Select(column => Cumulative(column, false))]);
        double[] firsts = Interleaved([.. _columns.Select(column => Cumulative(column, true))]);
        _bounds = [.. Bounds()];
        _seasonal = Array.ConvertAll(_bounds, bounds => Seasonal(sums, firsts, bounds.From, bounds.To));
    }

    /// <summary>Whether this scan is over these bins.</summary>
    public bool IsOver(ReadOnlySpan<bool> valid) => valid.SequenceEqual(_valid);

    /// <summary>The shape with the highest score, of any length; null when there are too few bins.</summary>
    /// <param name="residuals">What the season leaves, per bin; NaN is missing.</param>
    public SlowShape? Best(double[] residuals)
    {
        double noise = Math.Max(1e-3, WhiteNoise(residuals));
        if (_count[^1] < _calendar.BinsPerDay)
        {
            return null;
        }

        double[] rest = ProjectedAndClipped(residuals);
        double[] sum = Cumulative(rest, false);
        double[] first = Cumulative(rest, true);
        int n = rest.Length;
        int shortestRamp = Math.Max(3, _calendar.BinsPerDay);
        Candidate shift = default;
        Candidate pulse = default;
        Candidate ramp = default;
        for (int pair = 0; pair < _bounds.Length; pair++)
        {
            (int a, int b) = _bounds[pair];
            (double step, double released, double lasting) = _seasonal[pair];
            if (a > 0)
            {
                Keep(ref b == n ? ref shift : ref pulse, SlowForm.Step, a, b, sum[b] - sum[a], _count[b] - _count[a], step);
            }

            if (b - a >= shortestRamp)
            {
                double length = b - a;
                double dot = (first[b] - first[a] - (a * (sum[b] - sum[a]))) / length;
                double square = (_second[b] - _second[a] - (2 * a * (_first[b] - _first[a])) + ((double)a * a * (_count[b] - _count[a]))) / (length * length);
                Keep(ref ramp, SlowForm.ReleasedRamp, a, b, dot, square, released);
                if (b < n)
                {
                    Keep(ref ramp, SlowForm.LastingRamp, a, b, dot + sum[n] - sum[b], square + _count[n] - _count[b], lasting);
                }
            }
        }

        Candidate richer = pulse.Gain > ramp.Gain ? pulse : ramp;
        double white = noise * noise;
        Candidate best = richer.Gain / white > (1.05 * shift.Gain / white) + 12 ? richer : shift;
        return best.Gain > 0 ? new SlowShape(best.Form, best.From, best.To, best.Amplitude, Math.Sqrt(best.Gain) / noise) : null;
    }

    // What the seasonal terms share with each form: the sum of squared projections. A form with a second free bound fits noise better by
    // itself, so Best asks it to explain clearly more than a plain shift (a twentieth, and twice the log-likelihood ratio beyond 12).
    private (double Step, double Released, double Lasting) Seasonal(double[] columnSum, double[] columnFirst, int a, int b)
    {
        int p = _columns.Length;
        int n = _valid.Length;
        double length = b - a;
        ReadOnlySpan<double> sumA = columnSum.AsSpan(a * p, p);
        ReadOnlySpan<double> sumB = columnSum.AsSpan(b * p, p);
        ReadOnlySpan<double> sumN = columnSum.AsSpan(n * p, p);
        ReadOnlySpan<double> firstA = columnFirst.AsSpan(a * p, p);
        ReadOnlySpan<double> firstB = columnFirst.AsSpan(b * p, p);
        (double step, double released, double lasting) = (0, 0, 0);
        for (int j = 0; j < p; j++)
        {
            double level = sumB[j] - sumA[j];
            double growth = (firstB[j] - firstA[j] - (a * level)) / length;
            double stays = growth + sumN[j] - sumB[j];
            step += level * level;
            released += growth * growth;
            lasting += stays * stays;
        }

        return (step, released, lasting);
    }

    // The first and the last bound of every form that is tried.
    private IEnumerable<(int From, int To)> Bounds()
    {
        int n = _valid.Length;
        for (int a = 0; a < n; a += _stride)
        {
            for (int b = a + Math.Max(_stride, 2); ; b += _stride)
            {
                b = Math.Min(b, n);
                yield return (a, b);
                if (b == n)
                {
                    break;
                }
            }
        }
    }

    private static void Keep(ref Candidate best, SlowForm form, int a, int b, double dot, double square, double seasonal)
    {
        double left = square - seasonal;
        // A form that the season can imitate almost wholly cannot be told from it.
        if (left >= 0.05 * square && left >= 0.5 && dot * dot / left > best.Gain)
        {
            best = new Candidate(form, a, b, dot / left, dot * dot / left);
        }
    }

    /// <summary>
    /// Standard deviation per bin of the white noise whose daily means would vary as these do: from differences at lag 1 and half a day
    /// as a first-order autoregression, and from the differences between daily medians; the larger.
    /// </summary>
    private double WhiteNoise(double[] residuals)
    {
        double near = DifferenceScale(residuals, 1);
        double far = Math.Max(near, DifferenceScale(residuals, Math.Max(2, _calendar.BinsPerDay / 2)));
        double correlation = far > 0 ? Math.Clamp(1 - (near * near / (far * far)), 0, 0.95) : 0;
        double byBins = far * Math.Sqrt((1 + correlation) / (1 - correlation));
        double[] medians = new double[_calendar.DayCount];
        List<double>[] days = [.. medians.Select(_ => new List<double>())];
        for (int b = 0; b < residuals.Length; b++)
        {
            if (double.IsFinite(residuals[b]))
            {
                days[_calendar.DayOf[_calendar.MiddleOf(b)]].Add(residuals[b]);
            }
        }

        for (int d = 0; d < medians.Length; d++)
        {
            medians[d] = days[d].Count * 2 >= _calendar.BinsPerDay ? Median.Of(days[d].ToArray()) : double.NaN;
        }

        double byDays = medians.Length >= 5 ? DifferenceScale(medians, 1) * Math.Sqrt(_calendar.BinsPerDay) : 0;
        return Math.Max(byBins, double.IsNaN(byDays) ? 0 : byDays);
    }

    private static double DifferenceScale(double[] values, int lag)
    {
        double[] differences = new double[Math.Max(0, values.Length - lag)];
        for (int i = 0; i < differences.Length; i++)
        {
            differences[i] = values[i + lag] - values[i];
        }

        double scale = MedianAbsoluteDeviation.Of(differences) / Math.Sqrt(2);
        return double.IsNaN(scale) ? 0 : scale;
    }

    private double[] ProjectedAndClipped(double[] residuals)
    {
        // Short excursions are not what is looked for here: each bin is held near the median of the bins around it.
        double[] smooth = Statistics.Smoothing.RunningMedian.Of(residuals, 3);
        double near = DifferenceScale(residuals, 1) * Math.Sqrt(2);
        double[] rest = new double[residuals.Length];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = !_valid[i] || !double.IsFinite(residuals[i]) ? 0
                : double.IsFinite(smooth[i]) ? Math.Clamp(residuals[i], smooth[i] - (2 * near), smooth[i] + (2 * near))
                : residuals[i];
        }

        foreach (double[] column in _columns)
        {
            double dot = 0;
            for (int i = 0; i < rest.Length; i++)
            {
                dot += column[i] * rest[i];
            }

            for (int i = 0; i < rest.Length; i++)
            {
                rest[i] -= dot * column[i];
            }
        }

        return rest;
    }

    private static double[] Cumulative(double[] values, bool moment)
    {
        double[] sums = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
        {
            sums[i + 1] = sums[i] + (moment ? i * values[i] : values[i]);
        }

        return sums;
    }

    // Element b * p + j holds element b of column j.
    private static double[] Interleaved(double[][] columns)
    {
        int length = columns.Length == 0 ? 0 : columns[0].Length;
        double[] flat = new double[length * columns.Length];
        for (int j = 0; j < columns.Length; j++)
        {
            for (int b = 0; b < length; b++)
            {
                flat[(b * columns.Length) + j] = columns[j][b];
            }
        }

        return flat;
    }

    // Modified Gram-Schmidt over the valid bins; a term that the others already span is left out.
    private static double[][] Orthonormal(double[] terms, int p, bool[] valid)
    {
        List<double[]> columns = [];
        for (int j = 0; j < p; j++)
        {
            double[] column = [.. valid.Select((isValid, b) => isValid ? terms[(b * p) + j] : 0)];
            double before = column.Sum(x => x * x);
            foreach (double[] other in columns)
            {
                double dot = other.Zip(column, (x, y) => x * y).Sum();
                for (int b = 0; b < column.Length; b++)
                {
                    column[b] -= dot * other[b];
                }
            }

            double norm = Math.Sqrt(column.Sum(x => x * x));
            if (norm * norm > 1e-6 * before && norm > 0)
            {
                columns.Add([.. column.Select(x => x / norm)]);
            }
        }

        return [.. columns];
    }

    private readonly record struct Candidate(SlowForm Form, int From, int To, double Amplitude, double Gain);
}
