using Tars.Observability.Indicators;

namespace Tars.Observability.Anomalies;

/// <summary>What kind of figure a course is: on which scale deviations are compared, how large one must be to matter, and which way hurts.</summary>
/// <param name="Scale">The scale.</param>
/// <param name="HarmfulUp">Whether values above expectation may be events.</param>
/// <param name="HarmfulDown">Whether values below expectation may be events.</param>
/// <param name="Excursion">Smallest event of minutes to hours: a difference of logarithms, or percentage points where the scale is linear or of counts.</param>
/// <param name="Shift">Smallest lasting change, same unit.</param>
/// <param name="Drift">Smallest growth by a slow trend, same unit.</param>
/// <param name="AbsoluteFloor">Smallest deviation in the figure's own unit.</param>
/// <param name="FollowsLoad">Whether the figure may rise because traffic does, without harm.</param>
internal sealed record FigureTraits(
    FigureScale Scale, bool HarmfulUp, bool HarmfulDown, double Excursion, double Shift, double Drift, double AbsoluteFloor, bool FollowsLoad)
{
    private static readonly double Collapse = Math.Log(1 / 0.6);

    /// <summary>The traits of a course.</summary>
    public static FigureTraits Of(MetricSeries course) => course switch
    {
        { Metric: MetricNames.ErrorRate } => new(FigureScale.Counts, true, false, 0.3, 0.3, 0.3, 0.3, false),
        { Metric: MetricNames.RequestRate } => new(FigureScale.Logarithmic, false, true, Collapse, Collapse, Collapse, 0, false),
        { Unit: "ms", Weights: not null } => new(FigureScale.Logarithmic, true, false, 0.25, 0.06, 0.10, 0.5, false),
        { Unit: "%", Weights: not null } => new(FigureScale.Linear, Up(course), Down(course), 5, 3, 3, 1, false),
        { Metric: IndicatorNames.Memory } => new(FigureScale.Logarithmic, Up(course), Down(course), 0.20, 0.12, 0.06, 0, true),
        _ => new(FigureScale.Logarithmic, Up(course), Down(course), 0.40, 0.30, 0.25, 0, true),
    };

    /// <summary>Whether a deviation of this sign may be an event.</summary>
    public bool IsEvent(double deviation) => deviation > 0 ? HarmfulUp : HarmfulDown;

    private static bool Up(MetricSeries course) => course.Better != Better.Higher;

    private static bool Down(MetricSeries course) => course.Better != Better.Lower;
}

/// <summary>The scale on which deviations of a figure are compared.</summary>
internal enum FigureScale
{
    /// <summary>Ratios count: twice as slow is as far as half as fast.</summary>
    Logarithmic,

    /// <summary>Differences count.</summary>
    Linear,

    /// <summary>Bad events among events: the number of events decides how much a share means.</summary>
    Counts,
}
