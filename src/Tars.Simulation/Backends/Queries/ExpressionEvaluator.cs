namespace Tars.Simulation.Backends.Queries;

/// <summary>Evaluates an expression at every instant of a query, column by column.</summary>
internal sealed class ExpressionEvaluator(SeriesStore store, Instants instants)
{
    /// <summary>The value of a scalar expression, the same at every instant.</summary>
    public static double Scalar(Expression expression) => expression switch
    {
        Expression.Number number => number.Value,
        Expression.Binary binary => BinaryOperation.Compute(binary.Operator, Scalar(binary.Left), Scalar(binary.Right)),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>The columns of an instant-vector expression, in no particular order; some may have no value at all.</summary>
    /// <exception cref="ApiException">It fails on the data.</exception>
    public List<Column> Vector(Expression expression) => expression switch
    {
        Expression.Selection selection => Select(selection, "last_over_time", RangeFunction.LookbackMs),
        Expression.OverTime over => OverTime(over),
        Expression.Quantile quantile => [.. BucketQuantile.Of(quantile.Level, Vector(quantile.Buckets), instants.Count)],
        Expression.VectorOf constant => [new Column(new SeriesLabels([]), Repeat(constant.Value))],
        Expression.Aggregation aggregation => [.. Aggregate(aggregation)],
        Expression.Binary binary => Combine(binary),
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    private List<Column> Select(Expression.Selection selection, string function, long rangeMs) =>
        [.. store.Select(selection.Matchers).Select(series => new Column(series.Labels, RangeFunction.Evaluate(function, series, instants, rangeMs, selection.OffsetMs)))];

    private List<Column> OverTime(Expression.OverTime over)
    {
        List<Column> columns = Select(over.Range, over.Function, over.Range.RangeMs!.Value);
        return over.Function == "last_over_time" // the one that keeps the metric name
            ? columns
            : BinaryOperation.Distinct([.. columns.Select(column => column with { Labels = BinaryOperation.Nameless(column) })]);
    }

    private List<Column> Combine(Expression.Binary binary) => (binary.Left.Type, binary.Right.Type) switch
    {
        (ExpressionType.Scalar, _) => BinaryOperation.WithNumber(binary.Operator, Vector(binary.Right), Scalar(binary.Left), numberFirst: true),
        (_, ExpressionType.Scalar) => BinaryOperation.WithNumber(binary.Operator, Vector(binary.Left), Scalar(binary.Right), numberFirst: false),
        _ => BinaryOperation.OfVectors(binary.Operator, Vector(binary.Left), Vector(binary.Right), instants.Count),
    };

    private IEnumerable<Column> Aggregate(Expression.Aggregation aggregation)
    {
        string[] excluded = [.. aggregation.Labels, SeriesLabels.MetricName];
        foreach (IGrouping<SeriesLabels, Column> group in Vector(aggregation.Inner)
            .GroupBy(column => aggregation.Without ? column.Labels.Without(excluded) : column.Labels.Only(aggregation.Labels)))
        {
            double[] values = Column.Blank(instants.Count);
            int[] counts = new int[instants.Count];
            foreach (Column column in group)
            {
                Fold(aggregation.Operator, column.Values, values, counts);
            }

            yield return new Column(group.Key, values);
        }
    }

    private static void Fold(string op, double[] added, double[] values, int[] counts)
    {
        for (int i = 0; i < values.Length; i++)
        {
            double value = added[i];
            if (!Column.IsPresent(value))
            {
                continue;
            }

            int count = ++counts[i];
            values[i] = count == 1 ? (op == "count" ? 1 : value) : op switch
            {
                "sum" => values[i] + value,
                "count" => count,
                "max" => values[i] < value || double.IsNaN(values[i]) ? value : values[i],
                "min" => values[i] > value || double.IsNaN(values[i]) ? value : values[i],
                _ => values[i] + ((value / count) - (values[i] / count)),
            };
        }
    }

    private double[] Repeat(double value)
    {
        double[] values = new double[instants.Count];
        Array.Fill(values, value);
        return values;
    }
}
