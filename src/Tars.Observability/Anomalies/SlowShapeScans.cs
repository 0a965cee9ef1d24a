namespace Tars.Observability.Anomalies;

/// <summary>
/// The scans of a run. Nearly all courses have values in the same bins, and what the seasonal terms share with each form depends on nothing
/// else: it is computed once for them. Which scans are kept changes no result.
/// </summary>
/// <param name="calendar">The calendar.</param>
/// <param name="terms">The seasonal terms of the bins.</param>
internal sealed class SlowShapeScans(Calendar calendar, double[] terms)
{
    private const int Kept = 8;
    private readonly Lock _lock = new();
    private readonly List<SlowShapeScan> _scans = [];

    /// <summary>The seasonal terms of the bins, see <see cref="SeasonFit.TermsOf"/>.</summary>
    public double[] Terms => terms;

    /// <summary>The scan over the bins that hold finite values. Safe to call at once from several threads.</summary>
    public SlowShapeScan Over(double[] values)
    {
        bool[] valid = Array.ConvertAll(values, double.IsFinite);
        lock (_lock)
        {
            if (_scans.Find(scan => scan.IsOver(valid)) is { } known)
            {
                return known;
            }
        }

        SlowShapeScan made = new(calendar, terms, valid);
        lock (_lock)
        {
            if (_scans.Count < Kept && !_scans.Exists(scan => scan.IsOver(valid)))
            {
                _scans.Add(made);
            }
        }

        return made;
    }
}
