namespace Tars.Simulation.Backends.Queries;

/// <summary>Selectors, their matchers, ranges and offsets.</summary>
internal sealed partial class ExpressionParser
{
    private Expression.Selection Selection(string? metric)
    {
        int position = Next.Position;
        List<Matcher> matchers = metric is null ? [] : [new Matcher(SeriesLabels.MetricName, "=", metric)];
        if (Next.Value == "{" && Next.Kind == TokenKind.Symbol)
        {
            Take();
            while (Next.Value != "}" || Next.Kind != TokenKind.Symbol)
            {
                matchers.Add(LabelMatcher());
                if (Next.Value != "}")
                {
                    Expect(",");
                }
            }

            Take();
        }

        if (matchers.TrueForAll(matcher => matcher.PassesEmpty))
        {
            throw Tokens.Error(_query, position, "vector selector must contain at least one non-empty matcher");
        }

        long? range = null;
        if (Next is { Kind: TokenKind.Symbol, Value: "[" })
        {
            Take();
            range = Duration();
            Expect("]");
        }

        long offset = 0;
        if (Next is { Kind: TokenKind.Name, Value: "offset" })
        {
            Take();
            bool negative = Next.Value == "-" && Take().Kind == TokenKind.Symbol;
            offset = Duration() * (negative ? -1 : 1);
        }

        return new Expression.Selection(matchers, range, offset);
    }

    private Matcher LabelMatcher()
    {
        Token label = Take();
        Token op = Take();
        Token value = Take();
        if (label.Kind == TokenKind.End || op.Kind == TokenKind.End || value.Kind == TokenKind.End)
        {
            throw Tokens.Error(_query, _query.Length, "unexpected end of input inside braces");
        }

        if (label.Kind != TokenKind.Name || op.Value is not ("=" or "!=" or "=~" or "!~") || value.Kind != TokenKind.Text)
        {
            throw Tokens.Error(_query, label.Position, "unexpected input in label matching, expected label, operator and string");
        }

        try
        {
            return new Matcher(label.Value, op.Value, value.Value);
        }
        catch (ArgumentException exception)
        {
            throw Tokens.Error(_query, value.Position, $"error parsing regexp: {exception.Message}");
        }
        catch (NotSupportedException exception)
        {
            throw Tokens.Error(_query, value.Position, $"error parsing regexp: {exception.Message}");
        }
    }

    private long Duration() => Next.Kind == TokenKind.Duration && Tokens.TryDuration(Next.Value, out long milliseconds) && milliseconds > 0 && Take().Kind == TokenKind.Duration
        ? milliseconds
        : throw Tokens.Error(_query, Next.Position, "expected a positive duration");
}
