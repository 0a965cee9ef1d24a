namespace Tars.Statistics.Smoothing;

/// <summary>
/// Exponentially weighted moving average and variance, one value at a time.
/// Sources: S. W. Roberts, Technometrics 1 (1959) 239-250, doi:10.1080/00401706.1959.10489860; variance after D. H. D. West, Communications of the ACM 22 (1979) 532-535, doi:10.1145/359146.359153.
/// </summary>
public sealed class ExponentialSmoothing
{
    private readonly double _alpha;

    /// <summary>An average that has seen nothing.</summary>
    /// <param name="alpha">Weight of the newest value, in (0, 1].</param>
    /// <exception cref="ArgumentOutOfRangeException">The weight is outside (0, 1].</exception>
    public ExponentialSmoothing(double alpha)
    {
        if (!(alpha > 0 && alpha <= 1))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "a weight in (0, 1] is expected");
        }

        _alpha = alpha;
    }

    /// <summary>The average; NaN before the first measured value, which starts it.</summary>
    public double Mean { get; private set; } = double.NaN;

    /// <summary>The weighted variance about the average; 0 after one value, NaN before.</summary>
    public double Variance { get; private set; } = double.NaN;

    /// <summary>How many measured values were added.</summary>
    public long Count { get; private set; }

    /// <summary>Distance of a value from the average in standard deviations, before it is added; NaN before the first value or when the variance is 0.</summary>
    /// <param name="value">The value to score; NaN gives NaN.</param>
    public double ZScore(double value) => Variance > 0 ? (value - Mean) / Math.Sqrt(Variance) : double.NaN;

    /// <summary>Adds a value; NaN is skipped.</summary>
    /// <param name="value">The newest value.</param>
    public void Add(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        Count++;
        if (Count == 1)
        {
            Mean = value;
            Variance = 0;
            return;
        }

        double delta = value - Mean;
        Mean += _alpha * delta;
        Variance = (1 - _alpha) * (Variance + (_alpha * delta * delta));
    }
}
