using Microsoft.AspNetCore.Http;
using Tars.Simulation.Backends.Queries;

namespace Tars.Simulation.Backends;

/// <summary><c>/api/v1/query</c> and <c>/api/v1/query_range</c>.</summary>
internal sealed class QueryRoutes(SeriesStore store)
{
    private const long MostPoints = 11_000;

    /// <summary>Answers a query at one instant.</summary>
    public async Task QueryAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        long time = parameters.Time("time", store.EndMs);
        Expression expression = ExpressionParser.Parse(parameters.One("query"), "query");
        if (expression.Type == ExpressionType.Scalar)
        {
            await AnswerWriter.ScalarAsync(context.Response, time, ExpressionEvaluator.Scalar(expression)).ConfigureAwait(false);
            return;
        }

        bool matrix = expression is Expression.Selection { RangeMs: not null };
        IEnumerable<(SeriesLabels, IEnumerable<(long, double)>)> series = matrix
            ? RawSamples((Expression.Selection)expression, time)
            : Points(new ExpressionEvaluator(store, new Instants(time, 1, 1)).Vector(expression), new Instants(time, 1, 1));
        await AnswerWriter.SeriesAsync(context.Response, matrix, series, context.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Answers a query on a grid, both ends included.</summary>
    public async Task QueryRangeAsync(HttpContext context)
    {
        RequestParameters parameters = await RequestParameters.ReadAsync(context.Request).ConfigureAwait(false);
        long start = parameters.Time("start");
        long end = parameters.Time("end");
        if (end < start)
        {
            throw ApiException.BadParameter("end", "end timestamp must not be before start time");
        }

        long step = parameters.Step("step");
        if ((end - start) / step > MostPoints)
        {
            throw ApiException.BadData("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)");
        }

        Expression expression = ExpressionParser.Parse(parameters.One("query"));
        Instants instants = new(start, step, (int)((end - start) / step) + 1);
        List<Column> columns = expression.Type switch
        {
            ExpressionType.RangeVector => throw ApiException.BadData("invalid expression type \"range vector\" for range query, must be Scalar or instant Vector"),
            ExpressionType.Scalar => new ExpressionEvaluator(store, instants).Vector(new Expression.VectorOf(ExpressionEvaluator.Scalar(expression))),
            _ => new ExpressionEvaluator(store, instants).Vector(expression),
        };
        columns.Sort((a, b) => a.Labels.CompareTo(b.Labels));
        await AnswerWriter.SeriesAsync(context.Response, true, Points(columns, instants), context.RequestAborted).ConfigureAwait(false);
    }

    private static IEnumerable<(SeriesLabels, IEnumerable<(long, double)>)> Points(List<Column> columns, Instants instants) =>
        columns.Where(column => Array.Exists(column.Values, Column.IsPresent)).Select(column => (column.Labels, PointsOf(column, instants)));

    private static IEnumerable<(long, double)> PointsOf(Column column, Instants instants)
    {
        for (int i = 0; i < column.Values.Length; i++)
        {
            if (Column.IsPresent(column.Values[i]))
            {
                yield return (instants.At(i), column.Values[i]);
            }
        }
    }

    private IEnumerable<(SeriesLabels, IEnumerable<(long, double)>)> RawSamples(Expression.Selection selection, long time)
    {
        long to = time - selection.OffsetMs;
        long from = to - selection.RangeMs!.Value;
        return store.Select(selection.Matchers).Where(series => series.HasSampleIn(from, to)).Select(series => (series.Labels, Samples(series, from, to)));
    }

    private static IEnumerable<(long, double)> Samples(StoredSeries series, long from, long to)
    {
        for (int k = series.IndexFrom(from); k <= series.IndexAt(to); k++)
        {
            if (!double.IsNaN(series.Samples[k]))
            {
                yield return (series.FirstMs + (k * series.IntervalMs), series.Samples[k]);
            }
        }
    }
}
