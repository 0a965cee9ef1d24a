using Tars.Reports.Formats;

namespace Tars.Reports.Tests.Formats;

public sealed class EscapingTests
{
    [Theory]
    [InlineData("a|b", @"a\|b")]
    [InlineData("<b>&", "&lt;b&gt;&amp;")]
    [InlineData("p99_latency_ms", "p99_latency_ms")]
    [InlineData("_em_", @"\_em\_")]
    [InlineData("a\nb\u2028c", "a b c")]
    [InlineData("`x` *y* [z]", @"\`x\` \*y\* \[z\]")]
    [InlineData("-0.27 points", "-0.27 points")]
    [InlineData("- item", @"\- item")]
    public void MarkdownEscape_Text_IsNoMarkup(string text, string expected) => Assert.Equal(expected, MarkdownText.Escape(text));

    [Theory]
    [InlineData("up", "`up`")]
    [InlineData("a`b", "`` a`b ``")]
    [InlineData("``", "``` `` ```")]
    public void MarkdownCode_Backticks_FenceIsLonger(string text, string expected) => Assert.Equal(expected, MarkdownText.Code(text));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("a,b", "\"a,b\"")]
    [InlineData("a\"b", "\"a\"\"b\"")]
    [InlineData("=1+1", "'=1+1")]
    [InlineData("@x,y", "\"'@x,y\"")]
    [InlineData(null, "")]
    public void CsvCell_Text_IsQuotedAndNoFormula(string? text, string expected) => Assert.Equal(expected, CsvText.Cell(text));

    [Theory]
    [InlineData(0.1, "0.1")]
    [InlineData(1e21, "1E+21")]
    [InlineData(-0.0, "0")]
    [InlineData(double.NaN, "")]
    public void CsvCell_Number_IsExactOrEmpty(double number, string expected) => Assert.Equal(expected, CsvText.Cell(number));
}
