using System.Globalization;

namespace Tars.Simulation.Backends.Queries;

/// <summary>
/// Reads the subset of PromQL that T.A.R.S. writes, by recursive descent: selectors with range and offset, functions over time,
/// <c>histogram_quantile</c>, <c>vector</c>, aggregations, arithmetic, comparisons as filters, and set operations. What is outside the
/// subset is refused as bad data, never answered approximately.
/// </summary>
internal sealed partial class ExpressionParser
{
    private static readonly string[] Functions = ["last_over_time", "avg_over_time", "count_over_time", "max_over_time", "min_over_time", "sum_over_time"];
    private static readonly string[] Aggregations = ["sum", "count", "max", "min", "avg"];
    private static readonly string[][] Precedence = [["or"], ["and", "unless"], ["==", "!=", ">=", "<=", ">", "<"], ["+", "-"], ["*", "/"]];

    private readonly string _query;
    private readonly List<Token> _tokens;
    private int _at;

    private ExpressionParser(string query) => (_query, _tokens) = (query, Tokens.Of(query));

    private Token Next => _tokens[_at];

    /// <summary>Parses a query.</summary>
    /// <exception cref="ApiException">It is malformed or outside the subset.</exception>
    public static Expression Parse(string query)
    {
        ExpressionParser parser = new(query);
        if (parser.Next.Kind == TokenKind.End)
        {
            throw Tokens.Error(query, 0, "no expression found in input");
        }

        Expression expression = parser.Operation(0);
        return parser.Next.Kind == TokenKind.End ? expression : throw parser.Unexpected();
    }

    /// <summary>Parses a query and, where it is refused, names the parameter it came in; the range query of Prometheus does not.</summary>
    /// <exception cref="ApiException">It is malformed or outside the subset.</exception>
    public static Expression Parse(string query, string parameter)
    {
        try
        {
            return Parse(query);
        }
        catch (ApiException exception)
        {
            throw ApiException.BadParameter(parameter, exception.Message);
        }
    }

    /// <summary>Parses the selector of a <c>match[]</c> parameter.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public static IReadOnlyList<Matcher> ParseSelector(string text) =>
        Parse(text, "match[]") is Expression.Selection { RangeMs: null, OffsetMs: 0 } selection
            ? selection.Matchers
            : throw ApiException.BadParameter("match[]", "expected a series selector");

    private Expression Operation(int level)
    {
        if (level == Precedence.Length)
        {
            return Operand();
        }

        Expression left = Operation(level + 1);
        while (Next.Kind is TokenKind.Symbol or TokenKind.Name && Precedence[level].Contains(Next.Value))
        {
            Token op = Take();
            Refuse("bool", "on", "ignoring", "group_left", "group_right");
            left = Join(op, left, Operation(level + 1));
        }

        return left;
    }

    private Expression.Binary Join(Token op, Expression left, Expression right)
    {
        if (left.Type == ExpressionType.RangeVector || right.Type == ExpressionType.RangeVector)
        {
            throw Tokens.Error(_query, op.Position, "binary expression must contain only scalar and instant vector types");
        }

        bool scalar = left.Type == ExpressionType.Scalar || right.Type == ExpressionType.Scalar;
        if (scalar && op.Value is "and" or "or" or "unless")
        {
            throw Tokens.Error(_query, op.Position, $"set operator \"{op.Value}\" not allowed in binary scalar expression");
        }

        return left.Type == ExpressionType.Scalar && right.Type == ExpressionType.Scalar && Precedence[2].Contains(op.Value)
            ? throw Tokens.Error(_query, op.Position, "comparisons between scalars must use BOOL modifier")
            : new Expression.Binary(op.Value, left, right);
    }

    private Expression Operand()
    {
        Token token = Next;
        switch (token.Kind)
        {
            case TokenKind.Number:
            case TokenKind.Symbol when token.Value is "-" or "+":
                return new Expression.Number(Number());
            case TokenKind.Symbol when token.Value == "(":
                Take();
                Expression inner = Operation(0);
                Expect(")");
                RefuseSubquery();
                return inner;
            case TokenKind.Symbol when token.Value == "{":
                return Selection(null);
            case TokenKind.Name when _tokens[_at + 1] is { Kind: TokenKind.Symbol, Value: "(" } || (Aggregations.Contains(token.Value) && IsGrouping(_tokens[_at + 1])):
                Expression call = Aggregations.Contains(token.Value) ? Aggregation() : Call();
                RefuseSubquery();
                return call;
            case TokenKind.Name:
                return Selection(Take().Value);
            default:
                throw Unexpected();
        }
    }

    private Expression Call()
    {
        Token name = Take();
        Expect("(");
        Expression call;
        if (Functions.Contains(name.Value))
        {
            int position = Next.Position;
            Expression argument = Operation(0);
            call = argument is Expression.Selection { RangeMs: not null } range
                ? new Expression.OverTime(name.Value, range)
                : throw Tokens.Error(_query, position, $"expected type range vector in call to function \"{name.Value}\", got {TypeName(argument)}");
        }
        else if (name.Value == "histogram_quantile")
        {
            double level = Number();
            Expect(",");
            call = new Expression.Quantile(level, InstantVector(name.Value));
        }
        else
        {
            call = name.Value == "vector"
                ? new Expression.VectorOf(Number())
                : throw Tokens.Error(_query, name.Position, $"unknown function with name \"{name.Value}\"");
        }

        Expect(")");
        return call;
    }

    private Expression.Aggregation Aggregation()
    {
        string name = Take().Value;
        (bool without, List<string> labels) = IsGrouping(Next) ? Grouping() : (false, []);
        Expect("(");
        Expression inner = InstantVector(name);
        Expect(")");
        if (IsGrouping(Next))
        {
            (without, labels) = Grouping();
        }

        return new Expression.Aggregation(name, without, labels, inner);
    }

    private (bool Without, List<string> Labels) Grouping()
    {
        bool without = Take().Value == "without";
        Expect("(");
        List<string> labels = [];
        while (Next.Kind == TokenKind.Name)
        {
            labels.Add(Take().Value);
            if (Next.Value != ")")
            {
                Expect(",");
            }
        }

        Expect(")");
        return (without, labels);
    }

    private Expression InstantVector(string function)
    {
        int position = Next.Position;
        Expression argument = Operation(0);
        return argument.Type == ExpressionType.InstantVector
            ? argument
            : throw Tokens.Error(_query, position, $"expected type instant vector in call to function \"{function}\", got {TypeName(argument)}");
    }

    private double Number()
    {
        double sign = 1;
        while (Next is { Kind: TokenKind.Symbol, Value: "-" or "+" })
        {
            sign *= Take().Value == "-" ? -1 : 1;
        }

        return Next.Kind == TokenKind.Number ? sign * double.Parse(Take().Value, NumberStyles.Float, CultureInfo.InvariantCulture) : throw Unexpected();
    }

    private static bool IsGrouping(Token token) => token is { Kind: TokenKind.Name, Value: "by" or "without" };

    private static string TypeName(Expression expression) => expression.Type switch
    {
        ExpressionType.Scalar => "scalar",
        ExpressionType.InstantVector => "instant vector",
        _ => "range vector",
    };

    private Token Take() => _at < _tokens.Count - 1 ? _tokens[_at++] : _tokens[_at];

    private void Expect(string symbol)
    {
        if (Next.Kind != TokenKind.Symbol || Next.Value != symbol)
        {
            throw Unexpected();
        }

        Take();
    }

    private void Refuse(params ReadOnlySpan<string> words)
    {
        if (Next.Kind == TokenKind.Name && words.Contains(Next.Value))
        {
            throw Unexpected();
        }
    }

    private void RefuseSubquery()
    {
        if (Next is { Kind: TokenKind.Symbol, Value: "[" } or { Kind: TokenKind.Name, Value: "offset" })
        {
            throw Unexpected();
        }
    }

    private ApiException Unexpected() => Tokens.Error(_query, Next.Position, Next.Kind == TokenKind.End ? "unexpected end of input" : $"unexpected \"{Next.Value}\"");
}
