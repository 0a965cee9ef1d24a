using Tars.Observability.Indicators;
using Tars.Statistics.Quantiles;

namespace Tars.Observability.Anomalies;

/// <summary>One figure prepared for judging: its values on the scale of its kind, NaN where missing or set aside.</summary>
internal sealed class Course
{
    private readonly double _offset;

    /// <summary>Prepares a course.</summary>
    public Course(MetricSeries series)
    {
        Series = series;
        Traits = FigureTraits.Of(series);
        Missing = MissingSteps(series);
        double[] measured = MeasuredOf(series.Values);
        MeasuredCount = measured.Length;
        _offset = OffsetOf(measured);
        Scaled = new double[series.Values.Length];
        for (int i = 0; i < Scaled.Length; i++)
        {
            Scaled[i] = ToScale(series.Values[i]);
        }
    }

    /// <summary>The figure.</summary>
    public MetricSeries Series { get; }

    /// <summary>What kind of figure it is.</summary>
    public FigureTraits Traits { get; }

    /// <summary>Steps in which nothing was measured (a latency without requests is not missing).</summary>
    public bool[] Missing { get; }

    /// <summary>Steps with a value.</summary>
    public int MeasuredCount { get; }

    /// <summary>Values on the figure's scale.</summary>
    public double[] Scaled { get; }

    /// <summary>Sets steps aside: they are neither judged nor part of a baseline.</summary>
    public void SetAside(int from, int to) => Scaled.AsSpan(from, to - from).Fill(double.NaN);

    /// <summary>A value on the figure's scale.</summary>
    public double ToScale(double value) => Traits.Scale == FigureScale.Logarithmic ? Math.Log(Math.Max(value, 0) + _offset) : value;

    /// <summary>The inverse of <see cref="ToScale"/>.</summary>
    public double FromScale(double scaled) => Traits.Scale == FigureScale.Logarithmic ? Math.Exp(scaled) - _offset : scaled;

    // Logarithms need a positive argument. Where zero is rare, a fiftieth of the median is added, so that a collapse stays a large but finite
    // distance; where zero is common (queues), half the upper quartile, so that the step from 0 to 1 is not larger than from 10 to 20.
    private static double OffsetOf(double[] measured)
    {
        if (measured.Length == 0)
        {
            return 1;
        }

        Array.Sort(measured);
        double offset = Quantile.OfSorted(measured, 0.02) > 0 ? 0.02 * Quantile.OfSorted(measured, 0.5) : 0.5 * Quantile.OfSorted(measured, 0.75);
        return offset > 0 ? offset : Math.Max(1e-9, 0.5 * measured[^1]);
    }

    private static double[] MeasuredOf(double[] values) => Array.FindAll(values, double.IsFinite);

    private static bool[] MissingSteps(MetricSeries series)
    {
        bool[] missing = new bool[series.Values.Length];
        for (int i = 0; i < missing.Length; i++)
        {
            missing[i] = double.IsNaN(series.Values[i]) && (series.Presence is not { } presence || presence.ShareAt(i) < StepPresence.UsableShare);
        }

        return missing;
    }
}
