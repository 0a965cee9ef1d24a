using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tars.Reports.Formats;

/// <summary>Markup that is safe to put into a page: made only from literals, and from values that were escaped on the way in.</summary>
/// <param name="Markup">The markup.</param>
internal readonly record struct Html(string Markup)
{
    /// <summary>Nothing.</summary>
    public static Html Empty { get; } = new(string.Empty);

    /// <summary>Markup with values: <c>Html.Of($"&lt;td&gt;{name}&lt;/td&gt;")</c> escapes the name.</summary>
    public static Html Of(HtmlInterpolation markup) => new(markup.ToString());

    /// <summary>One piece per item, in order.</summary>
    public static Html Each<T>(IEnumerable<T> items, Func<T, Html> render)
    {
        StringBuilder text = new();
        foreach (T item in items)
        {
            text.Append(render(item).Markup);
        }

        return new Html(text.ToString());
    }

    /// <summary>The piece when a condition holds.</summary>
    public static Html When(bool condition, Func<Html> render) => condition ? render() : Empty;

    /// <summary>Plain text as markup, for an element or a quoted attribute.</summary>
    public static string Escape(string text)
    {
        StringBuilder safe = new(text.Length + 8);
        foreach (char c in text)
        {
            safe = c switch
            {
                '&' => safe.Append("&amp;"),
                '<' => safe.Append("&lt;"),
                '>' => safe.Append("&gt;"),
                '"' => safe.Append("&quot;"),
                '\'' => safe.Append("&#39;"),
                _ when char.IsControl(c) => safe.Append(' '),
                _ => safe.Append(c),
            };
        }

        return safe.ToString();
    }
}

/// <summary>Escapes every value of an interpolated string, markup excepted.</summary>
[InterpolatedStringHandler]
internal readonly ref struct HtmlInterpolation
{
    private readonly StringBuilder _text;

    /// <summary>Called by the compiler.</summary>
    public HtmlInterpolation(int literalLength, int formattedCount) => _text = new StringBuilder(literalLength + (formattedCount * 16));

    /// <summary>Literals are markup.</summary>
    public void AppendLiteral(string literal) => _text.Append(literal);

    /// <summary>Markup stays markup.</summary>
    public void AppendFormatted(Html markup) => _text.Append(markup.Markup);

    /// <summary>Text is escaped.</summary>
    public void AppendFormatted(string? text) => _text.Append(Html.Escape(text ?? string.Empty));

    /// <summary>Whole numbers.</summary>
    public void AppendFormatted(int number) => _text.Append(number.ToString(CultureInfo.InvariantCulture));

    /// <summary>The markup.</summary>
    public override string ToString() => _text.ToString();
}
