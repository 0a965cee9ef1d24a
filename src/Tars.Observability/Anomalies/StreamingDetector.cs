using Tars.Statistics.Monitoring;

namespace Tars.Observability.Anomalies;

/// <summary>
/// Scores one value after another; a score depends on this value and earlier ones only. Three questions are asked of every value: how far
/// is it from the nearest values seen before, how far is the shape of the last values from the most similar stretch seen before
/// (E. Burnaev and V. Ishimtsev, "Conformalized density- and distance-based anomaly detection in time-series data", 2016, arXiv:1608.04585,
/// is the idea), and how far has a fast moving mean left a slow one. Each distance is turned into a tail probability among the same
/// distances of earlier values (<see cref="DistanceTail"/>); the mean of their negative logarithms, less a slowly fading memory of the last
/// alarm, is the score: an event is loud when it begins, not as long as it lasts. Windows count values, not time; there are no settings.
/// </summary>
public sealed class StreamingDetector
{
    /// <summary>The score from which a value is called an anomaly.</summary>
    public const double AlarmScore = 0.5;

    // Mean decimal exponent of the tail probabilities at which the score is one half.
    private const double HalfScore = 0.6;
    private const double Fade = 0.995;
    private const double FastWeight = 0.1;
    private const double SlowWeight = 0.01;
    private const double RelativeFloor = 0.02;
    private const int Neighbours = 10;
    private const int FewestValues = 12;
    private const int LevelDelay = 8;
    private const double GapFactor = 10;

    private readonly RollingWindow _values = new(4000);
    private readonly RollingWindow _level = new(150);
    private readonly RollingWindow _intervals = new(101);
    private readonly Queue<double> _delayed = new();
    private readonly ShapeMemory _shapes = new();
    private readonly DistanceTail[] _tails = [new(), new(), new()];
    private DateTimeOffset? _previous;
    private double _fast = double.NaN;
    private double _slow = double.NaN;
    private double _alarm;

    /// <summary>Scores the next value.</summary>
    /// <param name="time">Its time; a gap of more than ten usual intervals, or a clock set back, ends the current shape.</param>
    /// <param name="value">The value; NaN and infinities are missing: they score 0 and are not learnt.</param>
    public ScoredPoint Next(DateTimeOffset time, double value)
    {
        (double low, double high) = ExpectedRange();
        if (!double.IsFinite(value))
        {
            return new ScoredPoint(time, value, 0, false, low, high);
        }

        NoteInterval(time);
        double surprise = Surprise(value);
        double news = Math.Max(0, surprise - _alarm);
        _alarm = Math.Max(_alarm * Fade, surprise);
        Learn(value);
        double score = 1 - Math.Pow(2, -news / HalfScore);
        return new ScoredPoint(time, value, score, score >= AlarmScore, low, high);
    }

    private double Unit()
    {
        double scale = _values.Scale();
        return Math.Max(1e-12, Math.Max(scale, RelativeFloor * Math.Abs(_values.Median)));
    }

    private double Surprise(double value)
    {
        if (_values.Count < FewestValues)
        {
            return 0;
        }

        double unit = Unit();
        Span<double> distances = [NearestValues(value) / unit, _shapes.Distance(value) / unit, Math.Abs(_fast - _slow) / unit];
        double sum = 0;
        for (int k = 0; k < distances.Length; k++)
        {
            sum += _tails[k].Surprise(distances[k]);
            _tails[k].Add(distances[k]);
        }

        return sum / distances.Length;
    }

    private void Learn(double value)
    {
        _fast = double.IsNaN(_fast) ? value : _fast + (FastWeight * (value - _fast));
        _slow = double.IsNaN(_slow) ? value : _slow + (SlowWeight * (value - _slow));
        _values.Add(value);
        _shapes.Add(value);
        _delayed.Enqueue(value);
        if (_delayed.Count > LevelDelay)
        {
            _level.Add(_delayed.Dequeue());
        }
    }

    private void NoteInterval(DateTimeOffset time)
    {
        if (_previous is { } previous)
        {
            double seconds = (time - previous).TotalSeconds;
            if (seconds < 0 || (_intervals.Count >= FewestValues && seconds > GapFactor * _intervals.Median))
            {
                _shapes.Break();
            }

            _intervals.Add(Math.Max(0, seconds));
        }

        _previous = time;
    }

    private (double Low, double High) ExpectedRange()
    {
        if (_level.Count < FewestValues)
        {
            return (double.NaN, double.NaN);
        }

        double reach = 3 * Math.Max(_level.Scale(), RelativeFloor * Math.Abs(_level.Median));
        return (_level.Median - reach, _level.Median + reach);
    }

    // Distance to the tenth nearest of the values seen before.
    private double NearestValues(double value)
    {
        ReadOnlySpan<double> sorted = _values.Sorted;
        int above = sorted.BinarySearch(value);
        above = above < 0 ? ~above : above;
        int below = above - 1;
        double distance = 0;
        for (int k = 0; k < Math.Min(Neighbours, sorted.Length); k++)
        {
            double down = below >= 0 ? value - sorted[below] : double.PositiveInfinity;
            double up = above < sorted.Length ? sorted[above] - value : double.PositiveInfinity;
            if (down < up)
            {
                (distance, below) = (down, below - 1);
            }
            else
            {
                (distance, above) = (up, above + 1);
            }
        }

        return distance;
    }
}
