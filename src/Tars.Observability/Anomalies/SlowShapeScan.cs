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
    private readonly double[][] _columnSum;
    private readonly double[][] _columnFirst;

    /// <summary>Prepares a scan over the bins that hold values.</summary>
    public SlowShapeScan(Calendar calendar, double[] terms, double[] values)
    {
        _calendar = calendar;
        _valid = [.. values.Select(double.IsFinite)];
        int n = values.Length;
        (_count, _first, _second) = (new double[n + 1], new double[n + 1], new double[n + 1]);
        for (int i = 0; i < n; i++)
        {
            double one = _valid[i] ? 1 : 0;
            _count[i + 1] = _count[i] + one;
            _first[i + 1] = _first[i] + (one * i);
            _second[i + 1] = _second[i] + (one * i * i);
        }

        _columns = Orthonormal(terms, calendar.ColumnCount, _valid);
        _columnSum = [.. _columns.Select(column => Cumulative(column, false))];
        _columnFirst = [.. _columns.Select(column => Cumulative(column, true))];
    }

    /// <summary>The shape with the highest score, of any length; null when there are too few bins.</summary>
    /// <param name="residuals">What the season leaves, per bin; NaN is missing.</param>
    public SlowShape? Best(double[] residuals)
    {
        double noise = WhiteNoise(residuals);
        if (!(noise > 0) || _count[^1] < _calendar.BinsPerDay)
        {
            return null;
        }

        double[] rest = ProjectedAndClipped(residuals);
        double[] sum = Cumulative(rest, false);
        double[] first = Cumulative(rest, true);
        int n = rest.Length;
        int stride = Math.Max(1, n / 112);
        int shortestRamp = Math.Max(3, _calendar.BinsPerDay * 3 / 4);
        SlowShape? best = null;
        for (int a = 0; a < n; a += stride)
        {
            for (int b = a + Math.Max(stride, 2); ; b += stride)
            {
                b = Math.Min(b, n);
                if (a > 0 || b < n)
                {
                    Keep(ref best, SlowForm.Step, a, b, sum, first, noise);
                }

                if (b - a >= shortestRamp)
                {
                    Keep(ref best, SlowForm.ReleasedRamp, a, b, sum, first, noise);
                    if (b < n)
                    {
                        Keep(ref best, SlowForm.LastingRamp, a, b, sum, first, noise);
                    }
                }

                if (b == n)
                {
                    break;
                }
            }
        }

        return best;
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

    private void Keep(ref SlowShape? best, SlowForm form, int a, int b, double[] sum, double[] first, double noise)
    {
        double length = b - a;
        double Dot(double[] zeroth, double[] moment) => form == SlowForm.Step
            ? zeroth[b] - zeroth[a]
            : ((moment[b] - moment[a] - (a * (zeroth[b] - zeroth[a]))) / length) + (form == SlowForm.LastingRamp ? zeroth[^1] - zeroth[b] : 0);

        double square = form == SlowForm.Step
            ? _count[b] - _count[a]
            : ((_second[b] - _second[a] - (2 * a * (_first[b] - _first[a])) + ((double)a * a * (_count[b] - _count[a]))) / (length * length))
                + (form == SlowForm.LastingRamp ? _count[^1] - _count[b] : 0);
        double left = square;
        for (int j = 0; j < _columnSum.Length; j++)
        {
            double part = Dot(_columnSum[j], _columnFirst[j]);
            left -= part * part;
        }

        if (left < 0.05 * square || left < 0.5)
        {
            return;
        }

        double dot = Dot(sum, first);
        double score = Math.Abs(dot) / (noise * Math.Sqrt(left));
        if (best is null || score > best.Score)
        {
            best = new SlowShape(form, a, b, dot / left, score);
        }
    }

    private double[] ProjectedAndClipped(double[] residuals)
    {
        (double median, double scale) = MedianAbsoluteDeviation.WithMedian(residuals);
        double[] rest = new double[residuals.Length];
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = _valid[i] && double.IsFinite(residuals[i]) ? Math.Clamp(residuals[i], median - (4 * scale), median + (4 * scale)) : 0;
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
}
