using System.Globalization;
using System.Text;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>Reads S-expressions in canonical (<c>3:rsa</c>) and advanced form (<c>rsa</c>, <c>#0A#</c>, <c>"text"</c>).</summary>
internal ref struct SExpressionReader(ReadOnlySpan<byte> input)
{
    private const int DepthLimit = 16;

    private readonly ReadOnlySpan<byte> _input = input;
    private int _at;

    /// <summary>Returns the first expression of <paramref name="input"/>; what follows it, such as padding, is passed over.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static SExpression.List ReadList(ReadOnlySpan<byte> input)
    {
        SExpressionReader reader = new(input);
        return reader.Read(0) as SExpression.List ?? throw new FormatException("an S-expression begins with (");
    }

    private SExpression Read(int depth)
    {
        SkipWhiteSpace();
        if (depth > DepthLimit)
        {
            throw new FormatException("an S-expression is nested too deeply");
        }

        if (Peek() != '(')
        {
            return ReadAtom();
        }

        _at++;
        List<SExpression> items = [];
        while (true)
        {
            SkipWhiteSpace();
            if (Peek() == ')')
            {
                _at++;
                return new SExpression.List(items);
            }

            items.Add(Read(depth + 1));
        }
    }

    private SExpression.Atom ReadAtom()
    {
        byte first = Peek();
        if (first == '#')
        {
            return new SExpression.Atom(ReadHex());
        }

        if (first == '"')
        {
            return new SExpression.Atom(ReadQuoted());
        }

        int start = _at;
        while (_at < _input.Length && char.IsAsciiDigit((char)_input[_at]))
        {
            _at++;
        }

        if (_at > start && _at < _input.Length && _input[_at] == ':')
        {
            int length = int.Parse(_input[start.._at], NumberStyles.None, CultureInfo.InvariantCulture);
            _at++;
            if (length > _input.Length - _at)
            {
                throw new FormatException("an S-expression ends within a value");
            }

            _at += length;
            return new SExpression.Atom(_input[(_at - length).._at].ToArray());
        }

        while (_at < _input.Length && _input[_at] is not ((byte)'(' or (byte)')') && !IsWhiteSpace(_input[_at]))
        {
            _at++;
        }

        return _at > start ? new SExpression.Atom(_input[start.._at].ToArray()) : throw new FormatException("an S-expression has an empty token");
    }

    private byte[] ReadHex()
    {
        StringBuilder digits = new();
        for (_at++; Peek() != '#'; _at++)
        {
            if (!IsWhiteSpace(_input[_at]))
            {
                digits.Append((char)_input[_at]);
            }
        }

        _at++;
        return Convert.FromHexString(digits.ToString());
    }

    private byte[] ReadQuoted()
    {
        List<byte> bytes = [];
        for (_at++; Peek() != '"'; _at++)
        {
            bytes.Add(_input[_at] == '\\' ? ReadEscape() : _input[_at]);
        }

        _at++;
        return [.. bytes];
    }

    /// <summary>Reads an escape as in C, up to its last character: <c>\n</c>, <c>\"</c>, <c>\x0A</c>, <c>\012</c>.</summary>
    private byte ReadEscape()
    {
        _at++;
        byte kind = Peek();
        if (kind is >= (byte)'0' and <= (byte)'7' && _at + 2 < _input.Length)
        {
            _at += 2;
            return Convert.ToByte(Encoding.ASCII.GetString(_input[(_at - 2)..(_at + 1)]), 8);
        }

        if (kind == 'x' && _at + 2 < _input.Length)
        {
            _at += 2;
            return byte.Parse(_input[(_at - 1)..(_at + 1)], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        return kind switch
        {
            (byte)'b' => (byte)'\b',
            (byte)'t' => (byte)'\t',
            (byte)'v' => (byte)'\v',
            (byte)'n' => (byte)'\n',
            (byte)'f' => (byte)'\f',
            (byte)'r' => (byte)'\r',
            (byte)'"' or (byte)'\'' or (byte)'\\' => kind,
            _ => throw new FormatException("an S-expression has an escape that is none"),
        };
    }

    private readonly byte Peek() => _at < _input.Length ? _input[_at] : throw new FormatException("an S-expression is cut off");

    private void SkipWhiteSpace()
    {
        while (_at < _input.Length && IsWhiteSpace(_input[_at]))
        {
            _at++;
        }
    }

    private static bool IsWhiteSpace(byte value) => value is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t';
}
