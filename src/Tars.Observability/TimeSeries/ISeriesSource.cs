namespace Tars.Observability.TimeSeries;

/// <summary>
/// Where series come from: a live backend or a capture of one. Both answer the same queries with the same numbers, so that whoever
/// analyses cannot tell them apart.
/// </summary>
public interface ISeriesSource
{
    /// <summary>What the source is. A live backend is asked once (build information); a capture repeats what was written when it was made.</summary>
    /// <exception cref="SeriesSourceException">The backend does not answer.</exception>
    Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Reads a query on its grid and hands each series to <paramref name="consumer"/>, one after another, never concurrently, in an
    /// order that may differ between sources.
    /// </summary>
    /// <returns>How many series and points came, and every warning the backend gave.</returns>
    /// <exception cref="SeriesSourceException">
    /// The backend is unreachable or failing (<see cref="SourceFailure.Backend"/>), it refused this query
    /// (<see cref="SourceFailure.Query"/>), or a capture does not hold it (<see cref="SourceFailure.NotCaptured"/>).
    /// </exception>
    Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken);

    /// <summary>
    /// How many series a selector has in the window, cheaply, to decide whether differences must be pushed down; null when the source
    /// need not decide (a capture repeats the decision that was made when it was written).
    /// </summary>
    Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken);
}

/// <summary>Receives one series.</summary>
/// <param name="labels">Its labels, without <c>__name__</c> where the query drops it.</param>
/// <param name="values">
/// One value per step of the query's grid, element i evaluated at the end of step i; NaN where the backend had none. Valid only during
/// the call.
/// </param>
public delegate void SeriesConsumer(LabelSet labels, ReadOnlySpan<double> values);

/// <summary>A PromQL range query on a grid.</summary>
/// <param name="Text">The PromQL text.</param>
/// <param name="Grid">Its steps; evaluation instants are <c>Grid.TimeOf(1)</c> to <c>Grid.TimeOf(Grid.Count)</c>.</param>
public sealed record RangeQuery(string Text, TimeGrid Grid);

/// <summary>What came back for a query.</summary>
/// <param name="SeriesCount">Number of series.</param>
/// <param name="PointCount">Number of values that were not missing.</param>
/// <param name="Warnings">Warnings of the backend, partial responses included; empty when there were none.</param>
public sealed record QueryAnswer(int SeriesCount, long PointCount, IReadOnlyList<string> Warnings);

/// <summary>What a source is, without its address: reports must not depend on where a backend happens to be reached.</summary>
/// <param name="Application">For example <c>Prometheus</c>, <c>VictoriaMetrics</c>, <c>Mimir</c>.</param>
/// <param name="Version">As the backend states it; empty when it does not.</param>
/// <param name="Boundary">How its ranges treat a sample at their start.</param>
/// <param name="PushesIncrease">Whether <c>increase</c> there is exact (VictoriaMetrics), so that it may be pushed down.</param>
public sealed record SourceDescription(string Application, string Version, RangeBoundary Boundary, bool PushesIncrease);
