namespace Tars.Observability.Anomalies;

/// <summary>An unusual stretch of one course, before neighbours are put together.</summary>
/// <param name="Course">Index of the course.</param>
/// <param name="Kind">Its shape.</param>
/// <param name="From">First step.</param>
/// <param name="To">First step after.</param>
/// <param name="Sign">+1 above expectation, −1 below, 0 where nothing deviates (missing, flat).</param>
/// <param name="Effect">Typical deviation in multiples of the figure's smallest event, at least 1.</param>
/// <param name="ScaledEffect">Typical deviation on the course's scale.</param>
/// <param name="PValue">Probability that fitted noise produces such a stretch anywhere in the course.</param>
/// <param name="Peak">The farthest step, or null for missing data.</param>
internal sealed record Finding(
    int Course, AnomalyKind Kind, int From, int To, int Sign, double Effect, double ScaledEffect, double PValue, AnomalyPeak? Peak)
{
    /// <summary>Whether it is a lasting change: not to be put together with short ones.</summary>
    public bool IsLasting => Kind is AnomalyKind.LevelShift or AnomalyKind.Drift;

    /// <summary>Steps it lasts.</summary>
    public int Length => To - From;

    /// <summary>Whether two stretches overlap, or lie no more than <paramref name="slack"/> steps apart.</summary>
    public bool Touches(Finding other, int slack) => From < other.To + slack && other.From < To + slack;
}
