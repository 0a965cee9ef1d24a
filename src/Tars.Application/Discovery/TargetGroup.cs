using Tars.Observability.Indicators;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>The series that belong to one job, or to one service of a job that serves several.</summary>
/// <param name="Name">The label's value.</param>
/// <param name="Labels">The labels that select it.</param>
/// <param name="Series">Its series by metric; no metric without series.</param>
internal sealed record TargetGroup(string Name, LabelSet Labels, IReadOnlyDictionary<string, IReadOnlyList<LabelSet>> Series)
{
    /// <summary>The label Prometheus gives every series it scrapes.</summary>
    public const string JobLabel = "job";

    private const string ServiceLabel = "service";

    /// <summary>
    /// Splits an inventory by <c>job</c>; a job whose request metrics carry several values of <c>service</c> is split by both, and series
    /// without <c>job</c> by <c>service</c> alone. Ordered by name. Series with neither label belong to no target.
    /// </summary>
    public static IReadOnlyList<TargetGroup> In(MetricInventory inventory)
    {
        HashSet<string> shared =
        [
            .. inventory.Series.Where(metric => RequestSpellings.IsRequestMetric(metric.Key) || metric.Key.StartsWith("grpc_server_", StringComparison.Ordinal))
                .SelectMany(metric => metric.Value)
                .Where(labels => labels[JobLabel] is not null && labels[ServiceLabel] is not null)
                .GroupBy(labels => labels[JobLabel]!)
                .Where(job => job.Select(labels => labels[ServiceLabel]).Distinct().Count() > 1)
                .Select(job => job.Key),
        ];
        return
        [
            .. inventory.Series
                .SelectMany(metric => metric.Value.Select(labels => (Metric: metric.Key, Labels: labels, Target: TargetOf(labels, shared))))
                .Where(series => series.Target is not null)
                .GroupBy(series => series.Target!)
                .OrderBy(group => group.Key)
                .Select(group => new TargetGroup(
                    group.Key[ServiceLabel] ?? group.Key[JobLabel]!,
                    group.Key,
                    group.GroupBy(series => series.Metric).ToDictionary(
                        metric => metric.Key, metric => (IReadOnlyList<LabelSet>)[.. metric.Select(series => series.Labels)], StringComparer.Ordinal))),
        ];
    }

    /// <summary>How many of its series a selector selects.</summary>
    public int Count(Selector selector) => Series.TryGetValue(selector.Metric, out IReadOnlyList<LabelSet>? series) ? series.Count(selector.Matches) : 0;

    private static LabelSet? TargetOf(LabelSet labels, HashSet<string> shared)
    {
        string? job = labels[JobLabel];
        string? service = labels[ServiceLabel];
        return (job, service) switch
        {
            (not null, not null) when shared.Contains(job) => new LabelSet([new(JobLabel, job), new(ServiceLabel, service)]),
            (not null, _) => new LabelSet([new(JobLabel, job)]),
            (null, not null) => new LabelSet([new(ServiceLabel, service)]),
            _ => null,
        };
    }
}
