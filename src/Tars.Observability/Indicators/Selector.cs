using System.Text;
using System.Text.RegularExpressions;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>How a matcher compares.</summary>
public enum MatchOperator
{
    /// <summary><c>=</c></summary>
    Equal,

    /// <summary><c>!=</c></summary>
    NotEqual,

    /// <summary><c>=~</c>, anchored at both ends.</summary>
    Matches,

    /// <summary><c>!~</c>, anchored at both ends.</summary>
    NotMatches,
}

/// <summary>A label matcher of a PromQL selector. An absent label has the empty value, as in Prometheus.</summary>
/// <param name="Label">The label name.</param>
/// <param name="Operator">How it compares.</param>
/// <param name="Value">The value, or the regular expression (RE2 syntax).</param>
public sealed record LabelMatcher(string Label, MatchOperator Operator, string Value)
{
    private Regex? _pattern;

    /// <summary>Whether a series with these labels passes.</summary>
    public bool Matches(LabelSet labels)
    {
        ArgumentNullException.ThrowIfNull(labels);
        string value = labels[Label] ?? string.Empty;
        return Operator switch
        {
            MatchOperator.Equal => value == Value,
            MatchOperator.NotEqual => value != Value,
            MatchOperator.Matches => Pattern.IsMatch(value),
            MatchOperator.NotMatches => !Pattern.IsMatch(value),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
    }

    private Regex Pattern => _pattern ??= new Regex($"^(?:{Value})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline);

    /// <summary>PromQL notation: <c>code!~"5.."</c>.</summary>
    public override string ToString()
    {
        string op = Operator switch
        {
            MatchOperator.Equal => "=",
            MatchOperator.NotEqual => "!=",
            MatchOperator.Matches => "=~",
            _ => "!~",
        };
        return Label + op + PromQl.Quote(Value);
    }

    /// <summary>Equality ignores the compiled pattern.</summary>
    public bool Equals(LabelMatcher? other) => other is not null && Label == other.Label && Operator == other.Operator && Value == other.Value;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Label, Operator, Value);
}

/// <summary>A PromQL instant-vector selector: one metric name and matchers. Nothing else of PromQL can enter an indicator.</summary>
/// <param name="Metric">The metric name.</param>
/// <param name="Matchers">The matchers, in the order they are written.</param>
public sealed record Selector(string Metric, IReadOnlyList<LabelMatcher> Matchers)
{
    /// <summary>The same selector with more matchers in front.</summary>
    public Selector With(IEnumerable<LabelMatcher> matchers) => this with { Matchers = [.. matchers.Concat(Matchers).Distinct()] };

    /// <summary>The same selector on another metric.</summary>
    public Selector OnMetric(string metric) => this with { Metric = metric };

    /// <summary>Whether a series of this metric with these labels is selected.</summary>
    public bool Matches(LabelSet labels) => Matchers.All(matcher => matcher.Matches(labels));

    /// <summary>
    /// Whether the part of a ratio can be told from the answer for its whole: both select the same metric. What counts is then the
    /// series of the whole that this selector matches, so that a part nobody has seen yet (no request ever failed) is zero, not missing.
    /// </summary>
    public bool IsPartOf(Selector whole)
    {
        ArgumentNullException.ThrowIfNull(whole);
        return Metric == whole.Metric;
    }

    /// <summary>PromQL notation.</summary>
    public override string ToString()
    {
        StringBuilder text = new(Metric);
        return Matchers.Count == 0 ? text.ToString() : text.Append('{').AppendJoin(',', Matchers).Append('}').ToString();
    }

    /// <summary>Equality by metric and matchers in order.</summary>
    public bool Equals(Selector? other) => other is not null && Metric == other.Metric && Matchers.SequenceEqual(other.Matchers);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Metric, Matchers.Count);
}
