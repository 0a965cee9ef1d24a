namespace Tars.Statistics.Segmentation;

/// <summary>
/// Residual sum of squares of any segment of a series about its mean or its least-squares line, in O(1) from prefix sums.
/// Source: R. Killick, P. Fearnhead and I. A. Eckley, Journal of the American Statistical Association 107 (2012) 1590-1598, doi:10.1080/01621459.2012.737745, section 3.
/// </summary>
public sealed class SegmentCost
{
    private readonly double[] _sums;
    private readonly double[] _squares;
    private readonly double[] _moments;

    /// <summary>Costs of the segments of a series.</summary>
    /// <param name="values">The series, without NaN; best near mean 0 and variance 1, for the differences of sums lose digits otherwise.</param>
    /// <param name="trend">False: each segment has a level. True: each segment has a level and a slope.</param>
    public SegmentCost(ReadOnlySpan<double> values, bool trend)
    {
        Trend = trend;
        Length = values.Length;
        _sums = new double[values.Length + 1];
        _squares = new double[values.Length + 1];
        _moments = new double[values.Length + 1];
        for (int i = 0; i < values.Length; i++)
        {
            _sums[i + 1] = _sums[i] + values[i];
            _squares[i + 1] = _squares[i] + (values[i] * values[i]);
            _moments[i + 1] = _moments[i] + (i * values[i]);
        }
    }

    /// <summary>Number of values.</summary>
    public int Length { get; }

    /// <summary>Whether a segment has a slope.</summary>
    public bool Trend { get; }

    /// <summary>Residual sum of squares of the half-open segment [start, end).</summary>
    /// <param name="start">In [0, end).</param>
    /// <param name="end">In (start, length].</param>
    /// <returns>At least 0.</returns>
    public double Of(int start, int end)
    {
        double n = end - start;
        double sum = _sums[end] - _sums[start];
        double residual = _squares[end] - _squares[start] - (sum * sum / n);
        if (Trend && n > 1)
        {
            double cross = _moments[end] - _moments[start] - (sum * (start + end - 1) * 0.5);
            residual -= cross * cross / (n * ((n * n) - 1) / 12);
        }

        return Math.Max(0, residual);
    }

    /// <summary>Slope per step of the least-squares line through [start, end); 0 for segments without slope or with one value.</summary>
    /// <param name="start">In [0, end).</param>
    /// <param name="end">In (start, length].</param>
    public double Slope(int start, int end)
    {
        double n = end - start;
        double sum = _sums[end] - _sums[start];
        return Trend && n > 1 ? (_moments[end] - _moments[start] - (sum * (start + end - 1) * 0.5)) / (n * ((n * n) - 1) / 12) : 0;
    }

    /// <summary>Mean of [start, end).</summary>
    /// <param name="start">In [0, end).</param>
    /// <param name="end">In (start, length].</param>
    public double Mean(int start, int end) => (_sums[end] - _sums[start]) / (end - start);
}
