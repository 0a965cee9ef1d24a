namespace Tars.Statistics.Segmentation;

/// <summary>Settings of <see cref="ChangePoints"/>.</summary>
public sealed record ChangePointOptions
{
    /// <summary>Shortest segment in measured values, at least 2; null: a twentieth of the series, but 10 to 30 (and at most a third of it).</summary>
    public int? MinimumSegment { get; init; }

    /// <summary>Largest number of changes, at least 0.</summary>
    public int MaximumChanges { get; init; } = 10;

    /// <summary>Factor on the penalty log(n) per parameter, positive; 1 is the Bayesian information criterion.</summary>
    public double PenaltyFactor { get; init; } = 1;

    /// <summary>Changes with a larger p-value are dropped again, the most doubtful first; in (0, 1], 1 keeps all. The default drops only what its own neighbours contradict.</summary>
    public double MaximumPValue { get; init; } = 0.5;

    /// <summary>Whether segments may have slopes. When false, a steady drift is told as a staircase or not at all.</summary>
    public bool AllowTrends { get; init; } = true;

    /// <summary>Whether a strong season is looked for and removed first.</summary>
    public bool AdjustSeason { get; init; } = true;
}
