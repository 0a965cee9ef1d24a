using System.Collections.Concurrent;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>Receives one series of a planned query, and whether its values are increases that the backend computed.</summary>
internal delegate void PlannedSeriesConsumer(bool pushedDown, LabelSet labels, ReadOnlySpan<double> values);

/// <summary>Sends planned queries, choosing between per-series and pushed-down form, and keeps the record of each.</summary>
internal sealed class QueryReader(ISeriesSource source, SourceDescription description, QueryPlan plan)
{
    private readonly ConcurrentDictionary<PlannedQuery, QueryRecord> _records = [];

    /// <summary>The plan whose queries are read.</summary>
    public QueryPlan Plan => plan;

    /// <summary>Whether any increases were computed by the backend.</summary>
    public bool AnyPushedDown { get; private set; }

    /// <summary>Reads one query; a query that fails by itself leaves a failed record and no series.</summary>
    public async Task ReadAsync(PlannedQuery query, string aggregation, PlannedSeriesConsumer consumer, CancellationToken cancellationToken)
    {
        string perSeries = query.PerSeriesText(plan.Grid.Step, description.Boundary);
        string pushedDown = query.PushedDownText(plan.Grid.Step, description, aggregation);
        bool mayPush = query.Role is not (QueryRole.Alerts or QueryRole.Deployments) && aggregation != "avg"; // means of means are no means
        bool push = false;
        try
        {
            long? count = mayPush
                ? await source.CountSeriesAsync(query.Selector.ToString(), plan.ReadGrid.Window, cancellationToken).ConfigureAwait(false)
                : null;
            push = count > plan.Request.SeriesLimit;
            QueryAnswer answer;
            try
            {
                answer = await SendAsync(push ? pushedDown : perSeries, push, consumer, cancellationToken).ConfigureAwait(false);
            }
            catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.NotCaptured && mayPush && !push)
            {
                push = true;
                answer = await RetryPushedDownAsync(pushedDown, consumer, exception, cancellationToken).ConfigureAwait(false);
            }

            AnyPushedDown |= push && query.IsCounter;
            ReadState state = answer.SeriesCount == 0 ? new ReadState.Empty($"no series with a value matched {query.Selector}") : new ReadState.Answered();
            Record(query, push ? pushedDown : perSeries, state, answer);
        }
        catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.Query)
        {
            Record(query, push ? pushedDown : perSeries, new ReadState.Failed(exception.Message), new QueryAnswer(0, 0, []));
        }
    }

    /// <summary>The worst state among queries: failed before empty before answered.</summary>
    public ReadState StateOf(IReadOnlyList<PlannedQuery> queries)
    {
        ReadState[] states = [.. queries.Select(query => _records[query].State)];
        return states.FirstOrDefault(state => state is ReadState.Failed) ?? states.FirstOrDefault(state => state is ReadState.Empty) ?? states[0];
    }

    /// <summary>The state of one query.</summary>
    public ReadState StateOf(PlannedQuery query) => _records[query].State;

    /// <summary>All records, in plan order.</summary>
    public IReadOnlyList<QueryRecord> Records() => [.. plan.Queries.Where(_records.ContainsKey).Select(query => _records[query])];

    private async Task<QueryAnswer> RetryPushedDownAsync(
        string text, PlannedSeriesConsumer consumer, SeriesSourceException first, CancellationToken cancellationToken)
    {
        try
        {
            return await SendAsync(text, true, consumer, cancellationToken).ConfigureAwait(false);
        }
        catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.NotCaptured)
        {
            throw first; // the per-series form is the one a user recognises
        }
    }

    private Task<QueryAnswer> SendAsync(string text, bool push, PlannedSeriesConsumer consumer, CancellationToken cancellationToken) =>
        source.ReadAsync(new RangeQuery(text, plan.ReadGrid), (labels, values) => consumer(push, labels, values), cancellationToken);

    private void Record(PlannedQuery query, string text, ReadState state, QueryAnswer answer) =>
        _records[query] = new QueryRecord(query.Service, query.Indicator, text, state, answer.SeriesCount, answer.PointCount, answer.Warnings);
}
