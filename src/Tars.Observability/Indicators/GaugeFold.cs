namespace Tars.Observability.Indicators;

/// <summary>Puts gauge series together, one at a time.</summary>
internal sealed class GaugeFold
{
    private readonly Aggregation _aggregation;
    private readonly int _leadIn;
    private readonly double[] _values;
    private readonly int[] _live;
    private readonly int[] _measured;

    /// <summary>Creates an empty fold.</summary>
    public GaugeFold(Aggregation aggregation, int steps, int leadIn)
    {
        _aggregation = aggregation;
        _leadIn = leadIn;
        _values = new double[steps];
        _live = new int[steps];
        _measured = new int[steps];
    }

    /// <summary>Number of series added.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>Adds a series, one value per step read.</summary>
    public void Add(ReadOnlySpan<double> values)
    {
        int first = -1;
        int last = -1;
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                first = first < 0 ? i : first;
                last = i;
                Put(i, values[i]);
            }
        }

        if (first < 0)
        {
            return;
        }

        SeriesCount++;
        for (int i = first; i <= last; i++)
        {
            _live[i]++;
        }
    }

    /// <summary>The aggregate, cut to the analysed window; a sum is scaled up for the few live series that did not report.</summary>
    public GaugeSteps Finish()
    {
        StepPresence presence = new(_live[_leadIn..], _measured[_leadIn..]);
        double[] values = new double[_values.Length - _leadIn];
        for (int i = 0; i < values.Length; i++)
        {
            double share = presence.ShareAt(i);
            values[i] = share < StepPresence.UsableShare ? double.NaN : _aggregation switch
            {
                Aggregation.Sum => _values[i + _leadIn] / share,
                Aggregation.Average => _values[i + _leadIn] / presence.Measured[i],
                _ => _values[i + _leadIn],
            };
        }

        return new GaugeSteps(values, presence);
    }

    private void Put(int step, double value)
    {
        bool isFirst = _measured[step]++ == 0;
        _values[step] = _aggregation switch
        {
            Aggregation.Max => isFirst ? value : Math.Max(_values[step], value),
            Aggregation.Min => isFirst ? value : Math.Min(_values[step], value),
            _ => _values[step] + value,
        };
    }
}
