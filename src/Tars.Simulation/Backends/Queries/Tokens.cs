using System.Globalization;
using System.Text;

namespace Tars.Simulation.Backends.Queries;

/// <summary>The kinds of token.</summary>
internal enum TokenKind
{
    /// <summary>A name: metric, function, keyword or label.</summary>
    Name,

    /// <summary>A number.</summary>
    Number,

    /// <summary>A duration.</summary>
    Duration,

    /// <summary>A quoted string, unquoted here.</summary>
    Text,

    /// <summary>An operator or bracket.</summary>
    Symbol,

    /// <summary>The end of the input.</summary>
    End,
}

/// <summary>A token and where it begins (zero-based).</summary>
internal readonly record struct Token(TokenKind Kind, string Value, int Position);

/// <summary>Cuts a query into tokens.</summary>
internal static class Tokens
{
    private static readonly string[] Symbols = [">=", "<=", "==", "!=", "=~", "!~", "=", ">", "<", "+", "-", "*", "/", "(", ")", "{", "}", "[", "]", ","];

    private static readonly (string Name, long Ms)[] Units = [("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000), ("y", 31_536_000_000)];

    /// <summary>The tokens of a query, ended by <see cref="TokenKind.End"/>.</summary>
    /// <exception cref="ApiException">A character belongs to no token.</exception>
    public static List<Token> Of(string query)
    {
        List<Token> tokens = [];
        int at = 0;
        while (at < query.Length)
        {
            char c = query[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            int start = at;
            if (IsNameStart(c))
            {
                at = EndOf(query, at, static next => IsNameStart(next) || char.IsAsciiDigit(next));
                tokens.Add(new Token(TokenKind.Name, query[start..at], start));
            }
            else if (char.IsAsciiDigit(c) || c == '.')
            {
                at = EndOf(query, at, static next => char.IsAsciiLetterOrDigit(next) || next == '.');
                at += at < query.Length - 1 && query[at - 1] is 'e' or 'E' && query[at] is '+' or '-' ? EndOf(query, at + 1, char.IsAsciiDigit) - at : 0;
                tokens.Add(NumberOrDuration(query[start..at], start));
            }
            else if (c is '"' or '\'' or '`')
            {
                tokens.Add(new Token(TokenKind.Text, Unquote(query, ref at), start));
            }
            else
            {
                string symbol = Symbols.FirstOrDefault(symbol => query.AsSpan(at).StartsWith(symbol, StringComparison.Ordinal))
                    ?? throw Error(query, at, $"unexpected character: '{c}'");
                at += symbol.Length;
                tokens.Add(new Token(TokenKind.Symbol, symbol, start));
            }
        }

        tokens.Add(new Token(TokenKind.End, string.Empty, query.Length));
        return tokens;
    }

    /// <summary>A parse error at a position, in Prometheus's words.</summary>
    public static ApiException Error(string query, int position, string message)
    {
        int line = query.AsSpan(0, position).Count('\n') + 1;
        int column = position - (position == 0 ? -1 : query.LastIndexOf('\n', position - 1));
        return ApiException.BadData(FormattableString.Invariant($"{line}:{column}: parse error: {message}"));
    }

    /// <summary>A duration in milliseconds, units descending: <c>1h30m</c>.</summary>
    public static bool TryDuration(string text, out long milliseconds)
    {
        milliseconds = 0;
        int at = 0;
        long last = long.MaxValue;
        while (at < text.Length)
        {
            int digits = EndOf(text, at, char.IsAsciiDigit);
            int end = EndOf(text, digits, char.IsAsciiLetter);
            string unit = text[digits..end];
            (string Name, long Ms) known = Array.Find(Units, known => known.Name == unit);
            if (known.Name is null || known.Ms >= last || !long.TryParse(text[at..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > long.MaxValue / 4 / known.Ms)
            {
                return false;
            }

            milliseconds += count * known.Ms;
            (last, at) = (known.Ms, end);
        }

        return text.Length > 0;
    }

    private static Token NumberOrDuration(string text, int start) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _) ? new Token(TokenKind.Number, text, start)
        : TryDuration(text, out _) ? new Token(TokenKind.Duration, text, start)
        : throw Error(text, 0, $"bad number or duration syntax: \"{text}\"");

    private static string Unquote(string query, ref int at)
    {
        char quote = query[at];
        StringBuilder text = new();
        for (int i = at + 1; i < query.Length; i++)
        {
            if (query[i] == quote)
            {
                at = i + 1;
                return text.ToString();
            }

            if (query[i] == '\\' && quote != '`')
            {
                i++;
                text.Append(i == query.Length ? '\\' : query[i] switch
                {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    '\\' or '"' or '\'' => query[i],
                    _ => throw Error(query, i, "unknown escape sequence"),
                });
            }
            else
            {
                text.Append(query[i]);
            }
        }

        throw Error(query, at, "unterminated quoted string");
    }

    private static bool IsNameStart(char c) => char.IsAsciiLetter(c) || c is '_' or ':';

    private static int EndOf(string text, int at, Func<char, bool> belongs)
    {
        while (at < text.Length && belongs(text[at]))
        {
            at++;
        }

        return at;
    }
}
