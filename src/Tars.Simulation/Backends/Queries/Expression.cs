using System.Text.RegularExpressions;

namespace Tars.Simulation.Backends.Queries;

/// <summary>A label matcher.</summary>
internal sealed class Matcher
{
    private readonly Regex? _pattern;

    /// <summary>Creates a matcher; <paramref name="op"/> is one of <c>= != =~ !~</c>.</summary>
    /// <exception cref="ArgumentException">The pattern is no regular expression.</exception>
    public Matcher(string label, string op, string value)
    {
        (Label, Operator, Value) = (label, op, value);
        _pattern = op is "=~" or "!~" ? new Regex($"^(?:{value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant) : null;
    }

    /// <summary>The label.</summary>
    public string Label { get; }

    /// <summary>The operator.</summary>
    public string Operator { get; }

    /// <summary>The value or pattern.</summary>
    public string Value { get; }

    /// <summary>Whether a series without the label would pass: such a matcher alone selects everything.</summary>
    public bool PassesEmpty => PassesValue(string.Empty);

    /// <summary>Whether these labels pass; an absent label has the empty value.</summary>
    public bool Passes(SeriesLabels labels) => PassesValue(labels[Label]);

    private bool PassesValue(string value) => Operator switch
    {
        "=" => value == Value,
        "!=" => value != Value,
        "=~" => _pattern!.IsMatch(value),
        _ => !_pattern!.IsMatch(value),
    };
}

/// <summary>What an expression evaluates to.</summary>
internal enum ExpressionType
{
    /// <summary>A number.</summary>
    Scalar,

    /// <summary>At most one value per series.</summary>
    InstantVector,

    /// <summary>A range of samples per series.</summary>
    RangeVector,
}

/// <summary>An expression of the subset of PromQL that is understood here.</summary>
internal abstract record Expression(ExpressionType Type)
{
    /// <summary>A number.</summary>
    public sealed record Number(double Value) : Expression(ExpressionType.Scalar);

    /// <summary>The last sample within five minutes; with a <paramref name="RangeMs"/> the samples of that range.</summary>
    public sealed record Selection(IReadOnlyList<Matcher> Matchers, long? RangeMs, long OffsetMs)
        : Expression(RangeMs is null ? ExpressionType.InstantVector : ExpressionType.RangeVector);

    /// <summary>A function of a range of each series.</summary>
    public sealed record OverTime(string Function, Selection Range) : Expression(ExpressionType.InstantVector);

    /// <summary><c>histogram_quantile</c>.</summary>
    public sealed record Quantile(double Level, Expression Buckets) : Expression(ExpressionType.InstantVector);

    /// <summary><c>vector</c> of a number.</summary>
    public sealed record VectorOf(double Value) : Expression(ExpressionType.InstantVector);

    /// <summary>An aggregation <c>by</c> or <c>without</c> labels.</summary>
    public sealed record Aggregation(string Operator, bool Without, IReadOnlyList<string> Labels, Expression Inner) : Expression(ExpressionType.InstantVector);

    /// <summary>A binary operation; comparisons filter.</summary>
    public sealed record Binary(string Operator, Expression Left, Expression Right)
        : Expression(Left.Type == ExpressionType.Scalar && Right.Type == ExpressionType.Scalar ? ExpressionType.Scalar : ExpressionType.InstantVector);
}
