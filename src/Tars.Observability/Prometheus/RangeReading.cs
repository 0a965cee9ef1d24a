using System.Globalization;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Prometheus;

/// <summary>
/// One range query: cut into pieces under the limit of points, joined per label set. When a connection breaks within an answer the piece
/// is asked for again, and series that were handed on before are not handed on twice.
/// </summary>
internal sealed class RangeReading(BackendConnection connection, RangeQuery query, PrometheusOptions options, IReadOnlyList<KeyValuePair<string, string>> more, RequestTally tally)
{
    private readonly TimeGrid _grid = query.Grid;
    private readonly HashSet<string> _warnings = [];
    private int _seriesCount;
    private long _pointCount;

    /// <summary>Reads all pieces.</summary>
    public async Task<QueryAnswer> ReadAsync(SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        if (_grid.Count <= options.MaxPointsPerRequest)
        {
            await ReadPieceAsync(0, _grid.Count, (labels, values, _) => consumer(labels, values), cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await ReadPiecesAsync(consumer, cancellationToken).ConfigureAwait(false);
        }

        return new QueryAnswer(_seriesCount, _pointCount, [.. _warnings]);
    }

    private async Task ReadPiecesAsync(SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        Dictionary<LabelSet, double[]> joined = [];
        for (int from = 0; from < _grid.Count; from += options.MaxPointsPerRequest)
        {
            int offset = from;
            await ReadPieceAsync(
                from,
                Math.Min(options.MaxPointsPerRequest, _grid.Count - from),
                (labels, values, _) =>
                {
                    if (!joined.TryGetValue(labels, out double[]? whole))
                    {
                        whole = new double[_grid.Count];
                        Array.Fill(whole, double.NaN);
                        joined.Add(labels, whole);
                    }

                    values.CopyTo(whole, offset);
                },
                cancellationToken).ConfigureAwait(false);
        }

        _seriesCount = joined.Count;
        foreach ((LabelSet labels, double[] values) in joined)
        {
            cancellationToken.ThrowIfCancellationRequested();
            consumer(labels, values);
        }
    }

    private async Task ReadPieceAsync(int from, int count, MatrixConsumer consumer, CancellationToken cancellationToken)
    {
        DateTimeOffset first = _grid.TimeOf(from + 1);
        ApiRequest request = new("query_range", Parameters(first, _grid.TimeOf(from + count)), MayPost: true, query.Text);
        Dictionary<LabelSet, int> handedOn = []; // and in which attempt the series was seen last
        int attempt = 0;
        try
        {
            await connection.SendAsync(request, ReadAttemptAsync, tally, cancellationToken).ConfigureAwait(false);
        }
        catch (InvalidDataException exception)
        {
            throw BackendFailures.NotJson(request.AddressUnder(options.Address), $"something else ({exception.Message})", exception);
        }
        catch (SeriesSourceException exception) when (exception.Failure == SourceFailure.Query && exception.Query is null)
        {
            throw new SeriesSourceException(exception.Failure, exception.Message, query.Text, exception.Hint, exception);
        }

        async Task<bool> ReadAttemptAsync(Stream stream, CancellationToken token)
        {
            attempt++;
            MatrixReader reader = new(query.Text, first.ToUnixTimeMilliseconds(), (long)_grid.Step.TotalMilliseconds, count, OnSeries);
            await reader.ReadAsync(stream, token).ConfigureAwait(false);
            _warnings.UnionWith(reader.Warnings.Select(connection.Mask));
            return handedOn.Values.All(last => last == attempt)
                ? true
                : throw new InvalidDataException("a repeated answer lacks series of the first: the backend's data changed meanwhile");
        }

        void OnSeries(LabelSet labels, double[] values, int points)
        {
            if (!handedOn.TryGetValue(labels, out int seen))
            {
                handedOn.Add(labels, attempt);
                if (points > 0)
                {
                    _seriesCount++;
                    _pointCount += points;
                    consumer(labels, values, points); // a series that is NaN throughout holds nothing: it is no series
                }

                return;
            }

            handedOn[labels] = seen < attempt ? attempt : throw new InvalidDataException($"the series {labels} comes twice");
        }
    }

    private KeyValuePair<string, string>[] Parameters(DateTimeOffset first, DateTimeOffset last) =>
    [
        new("query", query.Text),
        new("start", PrometheusClient.UnixSeconds(first)),
        new("end", PrometheusClient.UnixSeconds(last)),
        new("step", ((long)_grid.Step.TotalMilliseconds / 1000m).ToString(CultureInfo.InvariantCulture)),
        .. more,
    ];
}
