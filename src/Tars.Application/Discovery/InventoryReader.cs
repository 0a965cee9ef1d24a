using System.Collections.Concurrent;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Discovery;

/// <summary>Reads an inventory from a backend's index; no samples are read.</summary>
/// <param name="client">The backend.</param>
/// <param name="concurrency">Requests under way at once, at least one.</param>
/// <param name="seriesLimit">
/// Most series of a metric that are looked at. Of a metric with as many or more each job's share of them is looked at, at least 20, of at
/// most 500 jobs; the inventory's notes say so.
/// </param>
public sealed class InventoryReader(PrometheusClient client, int concurrency, int seriesLimit = 10_000)
{
    private const int LeastPerJob = 20;
    private const int MostJobs = 500;

    /// <summary>Reads what had samples in a window; an empty backend gives an inventory without metrics.</summary>
    /// <exception cref="SeriesSourceException">The backend cannot be reached or does not answer as the API says.</exception>
    public async Task<MetricInventory> ReadAsync(TimeWindow window, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> metrics = await client.LabelValuesAsync("__name__", [], window, cancellationToken).ConfigureAwait(false);
        ConcurrentQueue<string> notes = [];
        Dictionary<string, string> types = await TypesAsync(notes, cancellationToken).ConfigureAwait(false);
        ConcurrentDictionary<string, IReadOnlyList<LabelSet>> series = new(StringComparer.Ordinal);
        ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(metrics.Where(MetricInventory.IsSought), options, async (metric, token) =>
            series[metric] = await SeriesAsync(metric, window, notes, token).ConfigureAwait(false)).ConfigureAwait(false);
        return new MetricInventory([.. metrics.Distinct().Order(StringComparer.Ordinal)], types, series, [.. notes.Order(StringComparer.Ordinal)]);
    }

    private async Task<Dictionary<string, string>> TypesAsync(ConcurrentQueue<string> notes, CancellationToken cancellationToken)
    {
        Dictionary<string, string> types = new(StringComparer.Ordinal);
        try
        {
            foreach (MetricMetadata entry in await client.MetadataAsync(null, cancellationToken).ConfigureAwait(false))
            {
                types.TryAdd(entry.Metric, entry.Type);
            }
        }
        catch (SeriesSourceException exception)
        {
            // Types only make the list of what is not used shorter; the backend has just listed its metrics.
            notes.Enqueue($"the backend gives no metadata: {exception.Message}");
        }

        return types;
    }

    private async Task<IReadOnlyList<LabelSet>> SeriesAsync(string metric, TimeWindow window, ConcurrentQueue<string> notes, CancellationToken cancellationToken)
    {
        string bucket = metric.EndsWith("_bucket", StringComparison.Ordinal) ? "le=\"+Inf\"" : string.Empty;
        IReadOnlyList<LabelSet> found = await ReadAsync($"{metric}{{{bucket}}}", window, seriesLimit, cancellationToken).ConfigureAwait(false);
        if (found.Count < seriesLimit)
        {
            return found;
        }

        IReadOnlyList<string> jobs = await client.LabelValuesAsync(TargetGroup.JobLabel, [metric], window, cancellationToken).ConfigureAwait(false);
        List<LabelSet> parts = [];
        int share = Math.Max(LeastPerJob, seriesLimit / Math.Max(1, jobs.Count));
        foreach (string job in jobs.Take(MostJobs))
        {
            string separator = bucket.Length > 0 ? "," : string.Empty;
            string selector = $"{metric}{{{bucket}{separator}{TargetGroup.JobLabel}={PromQl.Quote(job)}}}";
            parts.AddRange(await ReadAsync(selector, window, share, cancellationToken).ConfigureAwait(false));
        }

        notes.Enqueue($"{metric} has {seriesLimit} series or more; of each job {share} were looked at{(jobs.Count > MostJobs ? $", of the first {MostJobs} jobs of {jobs.Count}" : string.Empty)}");
        return parts.Count == 0 ? found : parts;
    }

    private async Task<IReadOnlyList<LabelSet>> ReadAsync(string selector, TimeWindow window, int limit, CancellationToken cancellationToken) =>
        [.. (await client.SeriesAsync([selector], window, limit, cancellationToken).ConfigureAwait(false)).Take(limit).Select(labels => labels.Without("__name__"))];
}
