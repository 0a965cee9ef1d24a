using Tars.Application.Sharding;
using Tars.Observability.Indicators;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Collecting;

/// <summary>What to read.</summary>
/// <param name="CaptureFolder">A capture to read in place of the backends; null for the backends.</param>
/// <param name="Services">Names of the services to read; empty for all.</param>
/// <param name="Timings">Receives the timing of each query sent, or null.</param>
public sealed record ReadingRequest(string? CaptureFolder, IReadOnlyList<string> Services, IProgress<QueryTiming>? Timings)
{
    /// <summary>The part of the fleet to read; null for all of it.</summary>
    public Shard? Shard { get; init; }
}

/// <summary>The queries one backend is to answer.</summary>
/// <param name="Backend">Its name in the configuration.</param>
/// <param name="Plan">The queries.</param>
public sealed record BackendPlan(string Backend, QueryPlan Plan)
{
    /// <summary>Who is to answer; null for the one source of the backend.</summary>
    internal OpenedSource? Source { get; init; }
}

/// <summary>A query before it is sent, with what one series of it costs. How many series it has only the backend knows.</summary>
/// <param name="Backend">The backend's name.</param>
/// <param name="Query">The query.</param>
/// <param name="Text">Its PromQL text.</param>
/// <param name="PointsPerSeries">Points that are asked for, per series; the lead-in included.</param>
/// <param name="Pieces">Requests it is cut into; zero when a capture answers it.</param>
/// <param name="BytesPerSeries">About how many bytes an answer takes, per series, uncompressed.</param>
public sealed record PlannedLoad(string Backend, PlannedQuery Query, string Text, int PointsPerSeries, int Pieces, long BytesPerSeries)
{
    // [1767571200,"1234567.89"], : a point in a matrix answer; the labels of a series come to some 200 bytes per piece.
    private const int BytesPerPoint = 26;
    private const int BytesOfLabels = 200;

    internal static PlannedLoad Of(BackendPlan plan, PlannedQuery query, RangeBoundary boundary, int? pointsLimit)
    {
        int points = plan.Plan.ReadGrid.Count;
        int pieces = pointsLimit is { } limit ? (points + limit - 1) / limit : 0;
        return new PlannedLoad(
            plan.Backend, query, query.PerSeriesText(plan.Plan.Grid.Step, boundary), points, pieces, ((long)points * BytesPerPoint) + (pieces * BytesOfLabels));
    }
}
