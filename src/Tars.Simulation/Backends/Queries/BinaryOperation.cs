namespace Tars.Simulation.Backends.Queries;

/// <summary>Arithmetic, comparisons as filters and set operations, matched one to one on all labels but the metric name.</summary>
internal static class BinaryOperation
{
    /// <summary>Whether the operator compares.</summary>
    public static bool IsComparison(string op) => op is "==" or "!=" or ">" or "<" or ">=" or "<=";

    /// <summary>Arithmetic on two numbers.</summary>
    public static double Compute(string op, double left, double right) => op switch
    {
        "+" => left + right,
        "-" => left - right,
        "*" => left * right,
        _ => left / right,
    };

    /// <summary>A vector with a number; <paramref name="numberFirst"/> tells on which side the number stands.</summary>
    public static List<Column> WithNumber(string op, List<Column> vector, double number, bool numberFirst)
    {
        bool compares = IsComparison(op);
        List<Column> result = [.. vector.Select(column => new Column(compares ? column.Labels : Nameless(column), Array.ConvertAll(column.Values, value =>
            !Column.IsPresent(value) ? value : numberFirst ? Apply(op, number, value, value) : Apply(op, value, number, value))))];
        return compares ? result : Distinct(result);
    }

    /// <summary>Two vectors.</summary>
    /// <exception cref="ApiException">Matching is not one to one at some instant.</exception>
    public static List<Column> OfVectors(string op, List<Column> left, List<Column> right, int count) => op switch
    {
        "and" => [.. Kept(left, right, count, whenMatched: true)],
        "unless" => [.. Kept(left, right, count, whenMatched: false)],
        "or" => Distinct([.. left, .. Kept(right, left, count, whenMatched: false)]),
        _ => Matched(op, left, right, count),
    };

    /// <summary>Joins columns that have the same labels and never a value at the same instant.</summary>
    /// <exception cref="ApiException">Two of them have.</exception>
    public static List<Column> Distinct(IReadOnlyList<Column> columns) => [.. columns.GroupBy(column => column.Labels).Select(group => Join(
        group, () => ApiException.Execution("vector cannot contain metrics with the same labelset")))];

    /// <summary>The labels without the metric name.</summary>
    public static SeriesLabels Nameless(Column column) => column.Labels.Without(SeriesLabels.MetricName);

    private static List<Column> Matched(string op, List<Column> left, List<Column> right, int count)
    {
        List<Column> result = [];
        Dictionary<SeriesLabels, Column> others = OnePerGroup(right, "right");
        foreach ((SeriesLabels labels, Column column) in OnePerGroup(left, "left"))
        {
            if (!others.TryGetValue(labels, out Column? other))
            {
                continue;
            }

            double[] values = Column.Blank(count);
            for (int i = 0; i < count; i++)
            {
                if (Column.IsPresent(column.Values[i]) && Column.IsPresent(other.Values[i]))
                {
                    values[i] = Apply(op, column.Values[i], other.Values[i], column.Values[i]);
                }
            }

            result.Add(new Column(IsComparison(op) ? column.Labels : labels, values));
        }

        return result;
    }

    private static double Apply(string op, double left, double right, double kept) => !IsComparison(op) ? Compute(op, left, right) : op switch
    {
        "==" => left == right,
        "!=" => left != right,
        ">" => left > right,
        "<" => left < right,
        ">=" => left >= right,
        _ => left <= right,
    } ? kept : Column.Absent;

    private static IEnumerable<Column> Kept(List<Column> columns, List<Column> others, int count, bool whenMatched)
    {
        ILookup<SeriesLabels, Column> byLabels = others.ToLookup(Nameless);
        foreach (Column column in columns)
        {
            Column[] matching = [.. byLabels[Nameless(column)]];
            double[] values = Column.Blank(count);
            for (int i = 0; i < count; i++)
            {
                bool matched = Array.Exists(matching, other => Column.IsPresent(other.Values[i]));
                values[i] = matched == whenMatched ? column.Values[i] : Column.Absent;
            }

            yield return new Column(column.Labels, values);
        }
    }

    private static Dictionary<SeriesLabels, Column> OnePerGroup(List<Column> columns, string side) => columns.GroupBy(Nameless).ToDictionary(
        group => group.Key,
        group => Join(group, () => ApiException.Execution(
            $"found duplicate series for the match group {group.Key} on the {side} hand-side of the operation;many-to-many matching not allowed: matching labels must be unique on one side")));

    private static Column Join(IEnumerable<Column> group, Func<ApiException> twice)
    {
        Column? joined = null;
        foreach (Column column in group)
        {
            if (joined is null)
            {
                joined = column;
                continue;
            }

            double[] values = [.. joined.Values];
            for (int i = 0; i < values.Length; i++)
            {
                if (Column.IsPresent(column.Values[i]))
                {
                    values[i] = Column.IsPresent(values[i]) ? throw twice() : column.Values[i];
                }
            }

            joined = joined with { Values = values };
        }

        return joined!;
    }
}
