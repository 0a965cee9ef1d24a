using Tars.Observability.Indicators;
using Tars.Observability.Kpis;
using Tars.Observability.Objectives;
using Tars.Observability.Stability;
using Tars.Observability.TimeSeries;
using Tars.Statistics.Comparisons;

namespace Tars.Observability.Health;

/// <summary>One figure of one service on a day.</summary>
/// <param name="Service">The service.</param>
/// <param name="Metric">The figure's name, see <see cref="KpiNames"/>.</param>
/// <param name="Unit">Its unit.</param>
/// <param name="Value">Its value.</param>
/// <param name="Threshold">The objective's limit in the same unit, or null when no objective concerns the figure itself.</param>
/// <param name="Status">Of the objective, or null when none concerns the figure: then nobody said what is good.</param>
/// <param name="Previous">The value of the day before, or no data.</param>
/// <param name="ChangePercent">Change from the day before, percent of it; null when not compared or when it was zero.</param>
/// <param name="Trend">The judgement of that change, see <see cref="MinimumChangePercent"/>.</param>
public sealed record HealthMetric(
    string Service,
    string Metric,
    string Unit,
    Figure Value,
    double? Threshold,
    HealthStatus? Status,
    Figure Previous,
    double? ChangePercent,
    TrendDirection Trend)
{
    /// <summary>
    /// From one day to the next a figure is stable up to a change of 10 %. A share of requests (availability, error rate) changes only
    /// when the two days also differ significantly (p ≤ 0.01, score test or Fisher's exact test).
    /// </summary>
    public const double MinimumChangePercent = 10;

    private const double Significance = 0.01;

    private static readonly string[] Shown =
    [
        KpiNames.Availability, KpiNames.ErrorRate, KpiNames.RequestRate, KpiNames.P50Latency, KpiNames.P95Latency, KpiNames.P99Latency,
        KpiNames.AverageCpu, KpiNames.AverageMemory, KpiNames.AverageSaturation,
    ];

    /// <summary>The figures of every service and piece of infrastructure; standard figures without an indicator are left out.</summary>
    internal static IReadOnlyList<HealthMetric> Of(KpiSummary day, KpiSummary? previous, SeriesSet set) =>
    [
        .. day.Services.Concat(day.Infrastructure).SelectMany(scope => scope.Figures
            .Where(figure => Shown.Contains(figure.Name) && figure.Queries.Count > 0).Concat(scope.Others)
            .Select(figure => Of(scope, figure, day.Certification, previous?.Find(scope.Service!), previous is not null, set))),
    ];

    private static HealthMetric Of(KpiScope scope, KpiFigure figure, Certification certification, KpiScope? before, bool hasPrevious, SeriesSet set)
    {
        ObjectiveResult? judged = certification.Objectives.FirstOrDefault(result => result.Service == scope.Service && Concerns(result, figure, set));
        Figure previous = before?.Find(figure.Name)?.Figure ?? new Figure.NoData(hasPrevious ? "the day before has no such figure" : "the day before was not given");
        double? change = figure.Value is { } now && previous.Value is { } then && then != 0 ? 100 * (now - then) / Math.Abs(then) : null;
        return new HealthMetric(
            scope.Service!,
            figure.Name,
            figure.Unit,
            figure.Figure,
            judged is null ? null : ThresholdOf(judged, figure),
            judged is null ? null : HealthStatuses.Of(judged.Verdict, ObjectiveScore.Of([judged])),
            previous,
            change,
            TrendOf(scope, figure, before, previous));
    }

    private static bool Concerns(ObjectiveResult result, KpiFigure figure, SeriesSet set)
    {
        IndicatorDefinition? definition = set.Services.FirstOrDefault(service => service.Name == result.Service)?.Indicators.FirstOrDefault(i => i.Name == result.Indicator);
        return definition switch
        {
            IndicatorDefinition.Ratio { Name: IndicatorNames.Availability } => figure.Name is KpiNames.Availability or KpiNames.ErrorRate,
            IndicatorDefinition.Latency { Name: IndicatorNames.Latency } => result.Quantile is { } quantile && figure.Name == MetricNames.Latency(quantile),
            IndicatorDefinition.Ratio ratio => figure.Name == ratio.Name,
            _ => false,
        };
    }

    private static double ThresholdOf(ObjectiveResult result, KpiFigure figure) => result.Unit == "ms" ? result.Threshold
        : figure.Name == KpiNames.ErrorRate ? 100 * (1 - result.Threshold)
        : 100 * result.Threshold;

    private static TrendDirection TrendOf(KpiScope scope, KpiFigure figure, KpiScope? before, Figure previous)
    {
        if (figure.Value is not { } now || previous.Value is not { } then)
        {
            return TrendDirection.NotJudged;
        }

        bool isShare = figure.Name is KpiNames.Availability or KpiNames.ErrorRate;
        double level = figure.Name == KpiNames.Availability ? 100 - then : Math.Abs(then);
        bool large = Math.Abs(now - then) > level * MinimumChangePercent / 100;
        if (!large || (isShare && !DiffersSignificantly(scope, before!)))
        {
            return TrendDirection.Stable;
        }

        bool rises = now > then;
        return figure.Better switch
        {
            Better.Neither => rises ? TrendDirection.Rising : TrendDirection.Falling,
            Better.Higher => rises ? TrendDirection.Improving : TrendDirection.Worsening,
            _ => rises ? TrendDirection.Worsening : TrendDirection.Improving,
        };
    }

    private static bool DiffersSignificantly(KpiScope now, KpiScope before)
    {
        (double Errors, double Requests) Counts(KpiScope scope) =>
            (scope.Find(KpiNames.TotalErrors)?.Value ?? double.NaN, scope.Find(KpiNames.TotalRequests)?.Value ?? double.NaN);
        (double errors, double requests) = Counts(now);
        (double errorsBefore, double requestsBefore) = Counts(before);
        return requests > 0 && requestsBefore > 0
            && ProportionComparison.Of(errorsBefore, requestsBefore, errors, requests).PValue <= Significance;
    }
}
