using Tars.Observability.Indicators;
using Tars.Observability.Regressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Retrospectives;

/// <summary>How well everything was measured, and how each figure was obtained.</summary>
internal static class QualityCheck
{
    /// <summary>How well the period was measured.</summary>
    public static DataQuality Of(RetrospectiveData data)
    {
        int id = 0;
        string NextId() => FormattableString.Invariant($"Q{++id}");
        GapStory[] gaps = [.. data.Kpis.DataGaps.Select(gap => new GapStory(NextId(), gap))];
        IndicatorQuality[] indicators =
        [
            .. Whole(data).Select(series =>
            {
                Ratio coverage = CoverageOf(data, series);
                string? problem = series.State switch
                {
                    ReadState.Empty empty => "no data: " + empty.Reason,
                    ReadState.Failed failed => "query failed: " + failed.Reason,
                    _ => coverage.Value == 0 ? "no samples in the period" : null,
                };
                return new IndicatorQuality(NextId(), series.Key.Service, series.Key.Indicator, coverage, problem, coverage >= data.Settings.CoverageMinimum);
            }),
        ];
        return new DataQuality(
            indicators,
            gaps,
            [.. data.Set.Queries.Where(query => query.State is ReadState.Failed)],
            [.. data.Set.Queries.Where(query => query.State is ReadState.Empty)],
            data.Kpis.Warnings,
            [.. data.Anomalies.Courses.Where(course => course.NotJudged is not null).Select(course =>
                $"{course.Service}/{course.Metric}{(course.Region is null ? string.Empty : "@" + course.Region)}: {course.NotJudged}")],
            [.. NotCompared(data.Changes)],
            data.Set.IncreasesPushedDown,
            [.. Notes(data)]);
    }

    /// <summary>How each figure was obtained.</summary>
    public static IReadOnlyList<FigureOrigin> OriginsOf(RetrospectiveData data) =>
    [
        .. Whole(data).Select(series => new FigureOrigin(
            series.Key.Service,
            series.Key.Indicator,
            [.. MetricSeriesNames(series)],
            series switch
            {
                IndicatorSeries.Ratio => "docs/math.md, \"Counters\" and \"KPIs\": ratio of summed increases",
                IndicatorSeries.Latency => "docs/math.md, \"Counters\" and \"KPIs\": quantile of merged buckets",
                IndicatorSeries.Gauge => "docs/math.md, \"KPIs\": mean and extreme of the aggregated gauge",
                _ => "docs/math.md, \"Counters\" and \"KPIs\": increase per second",
            },
            data.Set.QueriesOf(series.Key.Service, series.Key.Indicator),
            CoverageOf(data, series))),
    ];

    private static IEnumerable<string> MetricSeriesNames(IndicatorSeries series) => series switch
    {
        IndicatorSeries.Ratio { Key.Indicator: IndicatorNames.Availability } => [IndicatorNames.Availability, MetricNames.ErrorRate, MetricNames.RequestRate],
        IndicatorSeries.Latency latency => latency.Spec.Quantiles.Select(MetricNames.Latency),
        _ => [series.Key.Indicator],
    };

    private static IEnumerable<string> NotCompared(RegressionReport changes)
    {
        foreach (DeploymentComparison deployment in changes.Deployments)
        {
            string name = $"{deployment.Deployment.Service} {deployment.Deployment.Version} at {Instants.Format(deployment.Deployment.Time)}";
            if (deployment.NotCompared is not null)
            {
                yield return $"{name}: {deployment.NotCompared}";
            }

            foreach (MetricComparison metric in deployment.Metrics.Where(metric => metric.Outcome == ComparisonOutcome.NotEnoughData))
            {
                yield return $"{name}, {metric.Metric}: {metric.Reason}";
            }
        }

        if (changes.BaselineReason is not null)
        {
            yield return changes.BaselineReason;
        }

        foreach (MetricComparison metric in changes.Periods.Where(metric => metric.Outcome == ComparisonOutcome.NotEnoughData))
        {
            yield return $"{metric.Service} {metric.Metric} against the period before: {metric.Reason}";
        }
    }

    private static IEnumerable<string> Notes(RetrospectiveData data)
    {
        if (data.PreviousKpis is null)
        {
            yield return $"no period of the same length before it was collected: nothing is compared with one, and what is usual rests on data from {Instants.Format(data.Set.Window.From)} on";
        }

        if (data.Set.Alerts.State is not ReadState.Answered)
        {
            yield return data.Set.Alerts.State is ReadState.Failed failed ? "alerts could not be read: " + failed.Reason : "no alert fired, or the backend has no alert rules: which of the two is not known";
        }

        if (data.Set.IncreasesPushedDown)
        {
            yield return "some increases were computed by the backend because there were too many series; docs/math.md, \"Pushed-down increases\", bounds the error";
        }

        if (data.Changes.Deployments.Count == 0)
        {
            yield return "no deployment is known in the period: none was configured or seen";
        }
    }

    private static IEnumerable<IndicatorSeries> Whole(RetrospectiveData data) => data.Set.Indicators.Where(series => series.Key.Region is null);

    private static Ratio CoverageOf(RetrospectiveData data, IndicatorSeries series)
    {
        Range steps = data.Set.Grid.RangeOf(data.Period);
        return series.State is ReadState.Answered && RetrospectiveData.PresenceOf(series) is { } presence ? presence.Coverage(steps) : new Ratio(0);
    }
}
