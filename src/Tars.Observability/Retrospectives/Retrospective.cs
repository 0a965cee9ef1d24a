using Tars.Observability.Anomalies;
using Tars.Observability.Budgets;
using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Regressions;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>
/// The period told once: what it was, what went well, what did not, what changed, and what to do about it. It states only what was
/// measured: nothing has recovered unless data show it, no cause is named without evidence, and missing data are told as missing.
/// Findings carry an id (<c>D1</c> degradation, <c>I1</c> incident, <c>R1</c> regression, <c>B1</c> budget, <c>Q1</c> data quality) that recommendations
/// refer to. How each figure was obtained is in <see cref="Origins"/> and docs/math.md, "Retrospective".
/// </summary>
/// <param name="Window">The period.</param>
/// <param name="HistoryFrom">Start of the data before the period that served as history, UTC; the period's start when there was none.</param>
/// <param name="Step">The step of the data.</param>
/// <param name="MethodVersion">Version of the formulas.</param>
/// <param name="Summary">The period in a few figures.</param>
/// <param name="WentWell">What was measured to be good, with numbers.</param>
/// <param name="Degradations">Harmful deviations, the most severe first.</param>
/// <param name="Incidents">What users most likely noticed: by start.</param>
/// <param name="Regressions">Changes for the worse that stayed, the most severe first, with candidate causes.</param>
/// <param name="Improvements">Changes for the better that stayed.</param>
/// <param name="Budgets">Error budget of each objective.</param>
/// <param name="Recommendations">What to do, most urgent first; each tied to findings.</param>
/// <param name="Cost">Cost by configured prices, or null when there are none.</param>
/// <param name="Maintenance">Announced maintenance.</param>
/// <param name="DataQuality">How well everything was measured.</param>
/// <param name="Origins">How each figure was obtained.</param>
/// <param name="Kpis">The key figures of the period.</param>
/// <param name="PreviousKpis">The key figures of the period of the same length before it; null when the data do not reach back that far.</param>
/// <param name="Stability">Day by day.</param>
/// <param name="Anomalies">Everything unusual, harmless events included.</param>
/// <param name="Changes">Every comparison, those without a finding included.</param>
public sealed record Retrospective(
    TimeWindow Window,
    DateTimeOffset HistoryFrom,
    TimeSpan Step,
    string MethodVersion,
    RetrospectiveSummary Summary,
    IReadOnlyList<Success> WentWell,
    IReadOnlyList<Degradation> Degradations,
    IReadOnlyList<IncidentStory> Incidents,
    IReadOnlyList<RegressionStory> Regressions,
    IReadOnlyList<MetricComparison> Improvements,
    IReadOnlyList<BudgetStory> Budgets,
    IReadOnlyList<FollowUp> Recommendations,
    CostSummary? Cost,
    IReadOnlyList<MaintenanceReport> Maintenance,
    DataQuality DataQuality,
    IReadOnlyList<FigureOrigin> Origins,
    KpiSummary Kpis,
    KpiSummary? PreviousKpis,
    StabilityReport Stability,
    AnomalyReport Anomalies,
    RegressionReport Changes)
{
    /// <summary>
    /// Tells a period: looks for anomalies, compares deployments (what came and went left out) and, where the data reach back far enough, the
    /// period with the one before, and puts it all together.
    /// </summary>
    /// <param name="set">What was collected; time before the period serves as history and as the period to compare with.</param>
    /// <param name="settings">Objectives, maintenance, prices, time zone.</param>
    /// <param name="window">The period, inside the set's window.</param>
    /// <exception cref="ArgumentException">The period does not lie inside the set's window.</exception>
    public static Retrospective Of(SeriesSet set, AnalysisSettings settings, TimeWindow window)
    {
        ArgumentNullException.ThrowIfNull(set);
        AnomalyReport anomalies = AnomalyReport.Of(set, settings, AnomalyOptions.Default, window);
        bool reachesBack = window.From - window.Duration >= set.Window.From;
        RegressionOptions options = RegressionOptions.Default with
        {
            CompareTo = reachesBack ? new ComparisonBaseline.Previous() : new ComparisonBaseline.None(),
            CompareRegions = false, // the period is told once, and of a service as a whole
        };
        return Of(set, settings, window, anomalies, RegressionReport.Of(set, settings, options, window, KnownDisturbances.Of(anomalies)));
    }

    /// <summary>Tells a period from what was found in it.</summary>
    /// <param name="set">What was collected; time before the period serves as history and as the period to compare with.</param>
    /// <param name="settings">Objectives, maintenance, prices, time zone.</param>
    /// <param name="window">The period, inside the set's window.</param>
    /// <param name="anomalies">The anomalies of the same period.</param>
    /// <param name="changes">The comparisons of the same period.</param>
    /// <exception cref="ArgumentException">The period does not lie inside the set's window, or a report is of another period.</exception>
    public static Retrospective Of(SeriesSet set, AnalysisSettings settings, TimeWindow window, AnomalyReport anomalies, RegressionReport changes)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(anomalies);
        ArgumentNullException.ThrowIfNull(changes);
        if (window.From < set.Window.From || window.To > set.Window.To)
        {
            throw new ArgumentException($"the window {window} does not lie inside {set.Window}, which was collected", nameof(window));
        }

        if (anomalies.Window != window || changes.Window != window)
        {
            throw new ArgumentException($"anomalies of {anomalies.Window} and comparisons of {changes.Window} are not those of {window}", nameof(window));
        }

        return RetrospectiveComposition.Of(new RetrospectiveData(set, settings, window, anomalies, changes));
    }
}

/// <summary>The period in a few figures.</summary>
/// <param name="Status">In a word.</param>
/// <param name="Verdict">Whether the objectives were kept.</param>
/// <param name="Availability">Good requests ÷ requests over all services, percent.</param>
/// <param name="Requests">Requests over all services.</param>
/// <param name="Errors">Failed requests over all services.</param>
/// <param name="DowntimeMinutes">Minutes in which at least one service was down.</param>
/// <param name="UnmeasuredMinutes">Minutes in which at least one service was not measured.</param>
/// <param name="IncidentCount">Incidents.</param>
/// <param name="DegradationCount">Degradations.</param>
/// <param name="OpenCount">Incidents and degradations of which no recovery was measured.</param>
/// <param name="RegressionCount">Regressions.</param>
/// <param name="DeploymentCount">Deployments in the period.</param>
/// <param name="Sentences">The same in plain sentences, each resting on the figures above.</param>
public sealed record RetrospectiveSummary(
    RetrospectiveStatus Status,
    Verdict Verdict,
    Figure Availability,
    Figure Requests,
    Figure Errors,
    Figure DowntimeMinutes,
    Figure UnmeasuredMinutes,
    int IncidentCount,
    int DegradationCount,
    int OpenCount,
    int RegressionCount,
    int DeploymentCount,
    IReadOnlyList<string> Sentences);

/// <summary>The period in a word; rules in docs/math.md, "Retrospective".</summary>
public enum RetrospectiveStatus
{
    /// <summary>Objectives kept, nothing of note.</summary>
    Good,

    /// <summary>Objectives kept, with degradations or regressions to look at.</summary>
    NeedsAttention,

    /// <summary>An objective missed, an incident open at the end, or a critical regression.</summary>
    Critical,

    /// <summary>Not measured well enough to say.</summary>
    Inconclusive,
}

/// <summary>Something that was measured to be good.</summary>
/// <param name="Service">The service, or null for all.</param>
/// <param name="Metric">The figure or objective.</param>
/// <param name="Value">The measured value.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Target">What it is compared with, or null.</param>
/// <param name="Coverage">How much of the period it rests on.</param>
/// <param name="Text">In a sentence.</param>
public sealed record Success(string? Service, string Metric, double Value, string Unit, double? Target, Ratio Coverage, string Text);

/// <summary>An error budget and its finding id.</summary>
/// <param name="Id"><c>B1</c> and so on.</param>
/// <param name="Budget">The budget.</param>
public sealed record BudgetStory(string Id, ErrorBudget Budget);

/// <summary>Something to do.</summary>
/// <param name="Priority"><c>P0</c> now, <c>P1</c> this week, <c>P2</c> when there is time.</param>
/// <param name="Service">The service it concerns, or null.</param>
/// <param name="Text">What to do.</param>
/// <param name="Because">Why, with numbers.</param>
/// <param name="Findings">Ids of the findings it rests on; never empty.</param>
public sealed record FollowUp(string Priority, string? Service, string Text, string Because, IReadOnlyList<string> Findings);

/// <summary>How a figure was obtained.</summary>
/// <param name="Service">The service.</param>
/// <param name="Indicator">The indicator.</param>
/// <param name="Figures">Names of the figures that rest on it.</param>
/// <param name="Method">The section of docs/math.md that says how.</param>
/// <param name="Queries">The PromQL texts.</param>
/// <param name="Coverage">Share of the period that was measured.</param>
public sealed record FigureOrigin(
    string Service, string Indicator, IReadOnlyList<string> Figures, string Method, IReadOnlyList<string> Queries, Ratio Coverage);
