namespace Tars.Observability.Anomalies;

/// <summary>
/// Mean and spread of the values before the newest one, for the two named methods: a plain moving mean or an exponentially weighted one, and the
/// standard deviation of the moving window. Unusual values are not learnt until a whole window of them says that the level is new.
/// </summary>
/// <param name="options">Method, threshold, weight and window.</param>
internal sealed class MovingBaseline(AnomalyOptions options)
{
    private const int FewestValues = 12;
    private readonly Queue<double> _window = new();
    private double _average = double.NaN;
    private int _refused;

    /// <summary>The distance of the next value from those before it, in standard deviations; 0 with too few of them or no spread. Then it is learnt.</summary>
    /// <param name="value">Finite.</param>
    public (double Z, double Centre, double Deviation) Next(double value)
    {
        (double mean, double deviation) = Moments();
        double centre = options.Method == AnomalyMethod.Ewma ? _average : mean;
        bool isKnown = _window.Count >= Math.Min(FewestValues, options.ZWindow);
        double z = isKnown && deviation > 0 ? (value - centre) / deviation : 0;
        bool unusual = Math.Abs(z) >= options.ZThreshold;
        _refused += unusual ? 1 : 0;
        if (!unusual || _refused > options.ZWindow)
        {
            _refused = unusual ? _refused : 0;
            _average = double.IsNaN(_average) ? value : (options.EwmaAlpha * value) + ((1 - options.EwmaAlpha) * _average);
            _window.Enqueue(value);
            if (_window.Count > options.ZWindow)
            {
                _window.Dequeue();
            }
        }

        return isKnown ? (z, centre, deviation) : (0, double.NaN, double.NaN);
    }

    /// <summary>The next value as a scored point: one half at the threshold, 1 - 2^(-z / threshold) elsewhere; missing values score 0 and are not learnt.</summary>
    /// <param name="time">Its time; windows count values, not time.</param>
    /// <param name="value">The value; NaN and infinities are missing.</param>
    public ScoredPoint Score(DateTimeOffset time, double value)
    {
        if (!double.IsFinite(value))
        {
            return new ScoredPoint(time, value, 0, false, double.NaN, double.NaN);
        }

        (double z, double centre, double deviation) = Next(value);
        double distance = Math.Abs(z) / options.ZThreshold;
        double reach = deviation > 0 ? options.ZThreshold * deviation : double.NaN; // without spread nothing is judged, so nothing is expected
        return new ScoredPoint(time, value, 1 - Math.Pow(2, -distance), distance >= 1, centre - reach, centre + reach);
    }

    private (double Mean, double Deviation) Moments()
    {
        if (_window.Count < 2)
        {
            return (double.NaN, double.NaN);
        }

        double mean = _window.Average();
        return (mean, Math.Sqrt(_window.Sum(value => (value - mean) * (value - mean)) / (_window.Count - 1)));
    }
}
