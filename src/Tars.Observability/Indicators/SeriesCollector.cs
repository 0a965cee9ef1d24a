using System.Collections.Concurrent;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>How far a collection is.</summary>
/// <param name="Done">Indicators read.</param>
/// <param name="Total">Indicators to read.</param>
/// <param name="Current">What was read last, <c>service/indicator</c>.</param>
public readonly record struct CollectionProgress(int Done, int Total, string Current);

/// <summary>Sends a plan's queries to a source and folds the answers into a <see cref="SeriesSet"/>, keeping no raw series.</summary>
/// <param name="source">Where to read.</param>
/// <param name="concurrency">Indicators read at the same time, at least one.</param>
public sealed class SeriesCollector(ISeriesSource source, int concurrency)
{
    /// <summary>Collects.</summary>
    /// <exception cref="SeriesSourceException">
    /// The backend as a whole failed, or a capture lacks a query. A single refused query is no exception: its indicator is
    /// <see cref="ReadState.Failed"/>.
    /// </exception>
    public async Task<SeriesSet> CollectAsync(QueryPlan plan, IProgress<CollectionProgress>? progress, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(plan);
        SourceDescription description = await source.DescribeAsync(cancellationToken).ConfigureAwait(false);
        QueryReader reader = new(source, description, plan);
        (string Service, string Indicator)[] parts = [.. plan.Queries.Select(query => (query.Service, query.Indicator)).Distinct()];
        ConcurrentDictionary<(string, string), object> results = [];
        int done = 0;
        ParallelOptions options = new() { MaxDegreeOfParallelism = concurrency, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(parts, options, async (part, token) =>
        {
            PlannedQuery[] queries = [.. plan.Queries.Where(query => (query.Service, query.Indicator) == part)];
            results[part] = queries[0].Role switch
            {
                QueryRole.Alerts => await AlertReading.ReadAsync(reader, queries[0], token).ConfigureAwait(false),
                QueryRole.Deployments => await DeploymentReading.ReadAsync(reader, queries[0], token).ConfigureAwait(false),
                _ => await ReadIndicatorAsync(reader, plan, part, queries, token).ConfigureAwait(false),
            };
            progress?.Report(new CollectionProgress(Interlocked.Increment(ref done), parts.Length, $"{part.Service}/{part.Indicator}"));
        }).ConfigureAwait(false);

        return new SeriesSet(
            plan.Grid,
            plan.Request.Services,
            [.. parts.Select(part => results[part]).OfType<IReadOnlyList<IndicatorSeries>>().SelectMany(series => series)],
            parts.Select(part => results[part]).OfType<AlertSeries>().FirstOrDefault() ?? new AlertSeries(new ReadState.Empty("alerts were not asked for"), []),
            [.. parts.Select(part => results[part]).OfType<IReadOnlyList<VersionChange>>().SelectMany(changes => changes)
                .OrderBy(change => change.Time).ThenBy(change => change.Service, StringComparer.Ordinal)],
            reader.Records(),
            description,
            reader.AnyPushedDown);
    }

    private static async Task<IReadOnlyList<IndicatorSeries>> ReadIndicatorAsync(
        QueryReader reader, QueryPlan plan, (string Service, string Indicator) part, PlannedQuery[] queries, CancellationToken cancellationToken)
    {
        ServiceDefinition service = plan.Request.Services.First(s => s.Name == part.Service);
        IndicatorDefinition definition = service.Indicators.First(i => i.Name == part.Indicator);
        IndicatorFold fold = new(service, definition, plan.ReadGrid.Count, plan.LeadIn);
        foreach (PlannedQuery query in queries)
        {
            await reader.ReadAsync(query, fold.AggregationName, (pushed, labels, values) => fold.Add(query.Role, pushed, labels, values), cancellationToken)
                .ConfigureAwait(false);
        }

        return fold.Finish(plan.Grid, reader.StateOf(queries));
    }
}
