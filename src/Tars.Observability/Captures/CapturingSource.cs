using System.Collections.Concurrent;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>
/// Passes queries to another source and records every answer, empty and failed ones too. Queries the capture already has are answered
/// from it, so that an interrupted capture goes on where it stopped. Safe for concurrent use.
/// </summary>
/// <param name="inner">The source that is asked.</param>
/// <param name="writer">Where answers are recorded.</param>
public sealed class CapturingSource(ISeriesSource inner, CaptureWriter writer) : ISeriesSource
{
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _gates = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) => inner.DescribeAsync(cancellationToken);

    /// <inheritdoc/>
    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) =>
        inner.CountSeriesAsync(selector, window, cancellationToken);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The query's grid is not the capture's.</exception>
    public async Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        if (query.Grid != writer.Grid)
        {
            throw new ArgumentException($"the capture's grid is {writer.Grid}, not {query.Grid}", nameof(query));
        }

        SemaphoreSlim gate = _gates.GetOrAdd(query.Text, _ => new SemaphoreSlim(1)); // two indicators may need the same query
        await gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return writer.Find(query.Text) switch
            {
                null => await RecordAsync(query, consumer, cancellationToken).ConfigureAwait(false),
                { File: null } empty => new QueryAnswer(0, 0, empty.Warnings),
                { } known => await AnswerFile.ReadAsync(writer.PathOf(query.Text), known, writer.Grid.Count, (0, writer.Grid.Count), consumer, cancellationToken).ConfigureAwait(false),
            };
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<QueryAnswer> RecordAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        try
        {
            AnswerRecording recording = await AnswerRecording.BeginAsync(writer.PathOf(query.Text), query.Text, query.Grid.Count, cancellationToken).ConfigureAwait(false);
            await using (recording.ConfigureAwait(false))
            {
                QueryAnswer answer = await inner.ReadAsync(query, Both(recording, consumer), cancellationToken).ConfigureAwait(false);
                CapturedQuery captured = await recording.CompleteAsync(answer.Warnings).ConfigureAwait(false);
                writer.Record(captured);
                return new QueryAnswer(captured.SeriesCount, captured.PointCount, captured.Warnings);
            }
        }
        catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.Query)
        {
            writer.Record(new CapturedQuery(query.Text, null, 0, 0, 0, null, [], exception.Message));
            throw;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CaptureLayout.Failed(writer.PathOf(query.Text), exception);
        }
    }

    private static SeriesConsumer Both(AnswerRecording recording, SeriesConsumer consumer) => (labels, values) =>
    {
        recording.Add(labels, values);
        consumer(labels, values);
    };
}
