using Tars.Observability.Indicators;
using Tars.Observability.Objectives;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Anomalies;

/// <summary>What was unusual in a window, and how well each figure could be judged.</summary>
/// <param name="Window">The window whose events are told.</param>
/// <param name="HistoryFrom">Start of the data that baselines rest on, UTC; at or before the window's start.</param>
/// <param name="Step">The length of a step.</param>
/// <param name="Options">How it was looked for.</param>
/// <param name="Events">Events that overlap the window, by start, service and metric.</param>
/// <param name="Courses">Every figure that was looked at, in the order of the series set.</param>
public sealed record AnomalyReport(
    TimeWindow Window,
    DateTimeOffset HistoryFrom,
    TimeSpan Step,
    AnomalyOptions Options,
    IReadOnlyList<AnomalyEvent> Events,
    IReadOnlyList<JudgedCourse> Courses)
{
    /// <summary>Looks for events. Pure: the same set, settings and options give the same report.</summary>
    /// <param name="set">The series; steps before (and after) <paramref name="window"/> serve as history.</param>
    /// <param name="settings">Time zone and maintenance.</param>
    /// <param name="options">How to look.</param>
    /// <param name="window">The window whose events are told; inside the set's window, often its tail.</param>
    /// <exception cref="ArgumentException">The window does not lie in the set's, or an option is out of its range.</exception>
    public static AnomalyReport Of(SeriesSet set, AnalysisSettings settings, AnomalyOptions options, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(options);
        if (window.From < set.Window.From || window.To > set.Window.To)
        {
            throw new ArgumentException($"the window {window} does not lie in that of the series, {set.Window}", nameof(window));
        }

        if (!(options.FalseDiscoveryRate is > 0 and < 1) || !(options.ZThreshold > 0) || !(options.EwmaAlpha is > 0 and <= 1) || options.ZWindow < 3)
        {
            throw new ArgumentException($"an option is out of its range: {options}", nameof(options));
        }

        return AnomalyDetection.Of(set, settings, options, window);
    }
}

/// <summary>How well one figure could be judged.</summary>
/// <param name="Service">The service.</param>
/// <param name="Metric">The figure.</param>
/// <param name="Region">The region, or null for all together.</param>
/// <param name="Baseline">What was expected from: weekday and weekend days, days, or only the level nearby.</param>
/// <param name="Coverage">Share of the window's steps with a value.</param>
/// <param name="NotJudged">Why the figure was not judged, or null when it was.</param>
public sealed record JudgedCourse(
    string Service, string Metric, string? Region, BaselineKind Baseline, Ratio Coverage, string? NotJudged);

/// <summary>What an expectation rests on.</summary>
public enum BaselineKind
{
    /// <summary>Nothing: the figure was not judged.</summary>
    None,

    /// <summary>The level in the hours around: there is too little history for a season, so a daily rhythm may show as events.</summary>
    LocalLevel,

    /// <summary>Time of day and the level nearby: at least three days of history.</summary>
    TimeOfDay,

    /// <summary>Time of day, weekday and weekend apart, and the level nearby: history with a weekend and weekdays to compare with.</summary>
    WeekdayAndWeekend,

    /// <summary>Earlier steps alone, as the named methods do.</summary>
    EarlierSteps,
}
