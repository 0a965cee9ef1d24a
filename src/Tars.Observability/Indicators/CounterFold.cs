using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>
/// Adds counter series into one <see cref="CounterSteps"/>, one series at a time, each differenced by itself.
/// Rules (docs/math.md, "Counters"): a smaller value is a reset and counts from zero; a gap up to the bridge limit is bridged in the
/// step where the series returns; a series that appears while its target was already being scraped began at zero, any other first
/// sample is only a starting point.
/// </summary>
internal sealed class CounterFold
{
    private readonly int _leadIn;
    private readonly int _bridgeSteps;
    private readonly double[] _increase;
    private readonly int[] _live;
    private readonly int[] _measured;
    private readonly Dictionary<int, double> _bridged = [];
    private readonly TargetPresence _targets;
    private readonly List<(LabelSet Target, int Step, double Value)> _births = [];

    /// <summary>Creates an empty fold over the read grid of a plan.</summary>
    /// <param name="steps">Steps read, lead-in included.</param>
    /// <param name="leadIn">Steps of lead-in.</param>
    /// <param name="targets">When each target was scraped; shared by all counters of an indicator, so that the first error of a target
    /// that had only successes is seen to begin at zero.</param>
    public CounterFold(int steps, int leadIn, TargetPresence targets)
    {
        _targets = targets;
        _leadIn = leadIn;
        _bridgeSteps = leadIn;
        _increase = new double[steps];
        _live = new int[steps];
        _measured = new int[steps];
    }

    /// <summary>Number of series added.</summary>
    public int SeriesCount { get; private set; }

    /// <summary>Adds a series of counter values, one per step read.</summary>
    public void Add(LabelSet labels, ReadOnlySpan<double> values)
    {
        int first = FirstPresent(values);
        if (first < 0)
        {
            return;
        }

        SeriesCount++;
        LabelSet name = TargetPresence.TargetOf(labels);
        bool[] target = _targets.Of(name);
        target[first] = true;
        if (first > 0)
        {
            _births.Add((name, first, values[first]));
        }

        int last = first;
        for (int i = first + 1; i < values.Length; i++)
        {
            if (double.IsNaN(values[i]))
            {
                continue;
            }

            target[i] = true;
            AddDifference(last, i, values[last], values[i]);
            last = i;
        }

        for (int i = first + 1; i <= last; i++)
        {
            _live[i]++;
        }
    }

    /// <summary>Adds increases that the backend computed, one per step read; a missing value is a step nobody measured.</summary>
    public void AddPushedDown(ReadOnlySpan<double> increases)
    {
        SeriesCount++;
        int first = FirstPresent(increases);
        int last = LastPresent(increases);
        for (int i = first; first >= 0 && i <= last; i++)
        {
            _live[i]++;
            if (!double.IsNaN(increases[i]))
            {
                _measured[i]++;
                _increase[i] += increases[i];
            }
        }
    }

    /// <summary>The sum, cut to the analysed window.</summary>
    public CounterSteps Finish()
    {
        foreach ((LabelSet target, int step, double value) in _births)
        {
            if (_targets.Of(target)[step - 1])
            {
                _increase[step] += value;
                _live[step]++;
                _measured[step]++;
            }
        }

        _births.Clear(); // counted once, however often the sum is asked for
        Dictionary<int, double> bridged = _bridged
            .Where(entry => entry.Key >= _leadIn)
            .ToDictionary(entry => entry.Key - _leadIn, entry => entry.Value);
        return new CounterSteps(_increase[_leadIn..], bridged, new StepPresence(_live[_leadIn..], _measured[_leadIn..]));
    }

    private void AddDifference(int last, int now, double before, double after)
    {
        double gain = after >= before ? after - before : after;
        if (now == last + 1)
        {
            _increase[now] += gain;
            _measured[now]++;
        }
        else if (now - last <= _bridgeSteps)
        {
            _increase[now] += gain;
            _bridged[now] = _bridged.GetValueOrDefault(now) + gain;
        }
    }

    private static int FirstPresent(ReadOnlySpan<double> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsNaN(values[i]))
            {
                return i;
            }
        }

        return -1;
    }

    private static int LastPresent(ReadOnlySpan<double> values)
    {
        int last = values.Length - 1;
        while (last >= 0 && double.IsNaN(values[last]))
        {
            last--;
        }

        return last;
    }
}
