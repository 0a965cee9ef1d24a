using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Tars.Observability.Indicators;

/// <summary>Reads a selector from its PromQL notation: <c>metric</c> or <c>metric{label="value",other!~"pattern"}</c>.</summary>
public static partial class SelectorParser
{
    /// <summary>Parses a selector.</summary>
    /// <param name="text">The PromQL text.</param>
    /// <param name="selector">The selector, or null.</param>
    /// <param name="problem">What is wrong and at which character (one-based), or null.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out Selector? selector, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(text);
        selector = null;
        Cursor cursor = new(text);
        cursor.SkipSpace();
        string metric = cursor.Take(MetricName());
        if (metric.Length == 0)
        {
            problem = cursor.Expected("a metric name");
            return false;
        }

        List<LabelMatcher> matchers = [];
        if (cursor.TryTake("{"))
        {
            while (!cursor.TryTake("}"))
            {
                if (!TryMatcher(ref cursor, out LabelMatcher? matcher, out problem))
                {
                    return false;
                }

                matchers.Add(matcher);
                if (!cursor.TryTake(",") && !cursor.Peek('}'))
                {
                    problem = cursor.Expected("',' or '}'");
                    return false;
                }
            }
        }

        if (!cursor.AtEnd)
        {
            problem = cursor.Expected("the end: an indicator names one metric with matchers, functions and arithmetic are written by T.A.R.S.");
            return false;
        }

        selector = new Selector(metric, matchers);
        problem = null;
        return true;
    }

    /// <summary>Parses a selector that is known to be well-formed.</summary>
    /// <exception cref="FormatException">It is not.</exception>
    public static Selector Parse(string text) =>
        TryParse(text, out Selector? selector, out string? problem) ? selector : throw new FormatException($"{text}: {problem}");

    private static bool TryMatcher(ref Cursor cursor, [NotNullWhen(true)] out LabelMatcher? matcher, [NotNullWhen(false)] out string? problem)
    {
        matcher = null;
        cursor.SkipSpace();
        string label = cursor.Take(LabelName());
        if (label.Length == 0)
        {
            problem = cursor.Expected("a label name");
            return false;
        }

        MatchOperator? op = cursor.TryTake("=~") ? MatchOperator.Matches
            : cursor.TryTake("!~") ? MatchOperator.NotMatches
            : cursor.TryTake("!=") ? MatchOperator.NotEqual
            : cursor.TryTake("=") ? MatchOperator.Equal
            : null;
        if (op is null)
        {
            problem = cursor.Expected("one of = != =~ !~");
            return false;
        }

        if (cursor.TakeQuoted() is not { } value)
        {
            problem = cursor.Expected("a quoted value");
            return false;
        }

        matcher = new LabelMatcher(label, op.Value, value);
        problem = op is MatchOperator.Matches or MatchOperator.NotMatches ? PatternProblem(value) : null;
        return problem is null;
    }

    private static string? PatternProblem(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking);
            return null;
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            return $"the pattern \"{pattern}\" is not a regular expression: {exception.Message}";
        }
    }

    [GeneratedRegex(@"\G[a-zA-Z_:][a-zA-Z0-9_:]*", RegexOptions.CultureInvariant)]
    private static partial Regex MetricName();

    [GeneratedRegex(@"\G[a-zA-Z_][a-zA-Z0-9_]*", RegexOptions.CultureInvariant)]
    private static partial Regex LabelName();

    private ref struct Cursor(string text)
    {
        private int _at;

        public bool AtEnd
        {
            get
            {
                SkipSpace();
                return _at == text.Length;
            }
        }

        public void SkipSpace()
        {
            while (_at < text.Length && char.IsWhiteSpace(text[_at]))
            {
                _at++;
            }
        }

        public string Take(Regex pattern)
        {
            Match match = pattern.Match(text, _at);
            _at += match.Length;
            return match.Value;
        }

        public bool Peek(char c)
        {
            SkipSpace();
            return _at < text.Length && text[_at] == c;
        }

        public bool TryTake(string token)
        {
            SkipSpace();
            bool found = string.CompareOrdinal(text, _at, token, 0, token.Length) == 0;
            _at += found ? token.Length : 0;
            return found;
        }

        public string? TakeQuoted()
        {
            SkipSpace();
            if (_at >= text.Length || text[_at] is not ('"' or '\''))
            {
                return null;
            }

            char quote = text[_at];
            StringBuilder value = new();
            for (int i = _at + 1; i < text.Length; i++)
            {
                if (text[i] == quote)
                {
                    _at = i + 1;
                    return value.ToString();
                }

                if (text[i] == '\\' && i + 1 < text.Length)
                {
                    i++;
                    value.Append(text[i] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', char other => other });
                }
                else
                {
                    value.Append(text[i]);
                }
            }

            return null;
        }

        public readonly string Expected(string what) => $"character {_at + 1}: expected {what}";
    }
}
