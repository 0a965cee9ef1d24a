using System.Globalization;
using System.Text;
using Tars.Sealing.CanonicalJson;
using Tars.TestKit;

namespace Tars.Sealing.Tests.CanonicalJson;

public sealed class CanonicalTextTests
{
    [Theory]
    [InlineData("arrays")]
    [InlineData("french")]
    [InlineData("structures")]
    [InlineData("unicode")]
    [InlineData("values")]
    [InlineData("weird")]
    public void Of_FilesOfTheReferenceImplementation_IsExact(string name)
    {
        byte[] canonical = Canonical(File.ReadAllBytes(TestData.Require($"jcs/input/{name}.json")));
        Assert.Equal(File.ReadAllBytes(TestData.Require($"jcs/output/{name}.json")), canonical);
        string digits = string.Concat(File.ReadAllText(TestData.Require($"jcs/outhex/{name}.txt")).Where(char.IsAsciiHexDigit));
        Assert.Equal(digits, Convert.ToHexString(canonical), ignoreCase: true);
    }

    // RFC 8785, section 3.2.2: the example with its result.
    [Fact]
    public void Of_ExampleOfTheStandard_IsExact() => Assert.Equal(
        """{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}""",
        Encoding.UTF8.GetString(Canonical(Encoding.UTF8.GetBytes(
            """
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """))));

    [Theory]
    [InlineData("""{"a":1,"b":2,"a":3}""", 13, "the name \"a\" stands twice in one object")]
    [InlineData("""{"a":1,"\u0061":3}""", 7, "the name \"a\" stands twice in one object")]
    [InlineData("""["\ud800"]""", 1, "half of a surrogate pair")]
    [InlineData("""["\udc00\ud800"]""", 1, "half of a surrogate pair")]
    [InlineData("[1e400]", 1, "beyond the range of a double")]
    [InlineData("[NaN]", 1, "is an invalid start of a value")]
    [InlineData("[-Infinity]", 2, "is invalid")]
    [InlineData("[1]\n[2]", 4, "is invalid after a single JSON value")]
    [InlineData("[1,]", 3, "trailing comma")]
    [InlineData("// c\n1", 0, "is an invalid start of a value")]
    [InlineData("\uFEFF1", 0, "is an invalid start of a value")]
    [InlineData("", 0, "The input does not contain any JSON tokens")]
    [InlineData("[01]", 2, "Invalid leading zero")]
    public void Of_TextWithoutCanonicalForm_SaysWhereAndWhy(string text, long offset, string reason)
    {
        CanonicalText.Malformed malformed = Assert.IsType<CanonicalText.Malformed>(CanonicalText.Of(Encoding.UTF8.GetBytes(text)));
        Assert.Contains(reason, malformed.Reason, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(offset, malformed.Offset);
    }

    [Fact]
    public void Of_BytesThatAreNoUtf8_IsMalformed() => Assert.IsType<CanonicalText.Malformed>(CanonicalText.Of([(byte)'"', 0xC3, 0x28, (byte)'"']));

    [Fact]
    public void Of_SixtyFiveLevels_IsMalformed()
    {
        Assert.IsType<CanonicalText.Canonical>(CanonicalText.Of(Encoding.UTF8.GetBytes(new string('[', 64) + new string(']', 64))));
        Assert.IsType<CanonicalText.Malformed>(CanonicalText.Of(Encoding.UTF8.GetBytes(new string('[', 65) + new string(']', 65))));
    }

    [Fact]
    public void Of_SameValueInAnyLayout_IsTheSame()
    {
        Random random = new(Seeds.Draw());
        for (int round = 0; round < 300; round++)
        {
            object? value = Value(random, 4);
            byte[] one = Canonical(Encoding.UTF8.GetBytes(Text(value, new Random(random.Next()))));
            byte[] other = Canonical(Encoding.UTF8.GetBytes(Text(value, new Random(random.Next()))));
            Assert.Equal(one, other);
            Assert.Equal(one, Canonical(one));
        }
    }

    private static byte[] Canonical(byte[] utf8) => Assert.IsType<CanonicalText.Canonical>(CanonicalText.Of(utf8)).Utf8.ToArray();

    private static object? Value(Random random, int depth) => random.Next(depth > 0 ? 6 : 4) switch
    {
        0 => null,
        1 => random.Next(2) == 0,
        2 => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, 0x7fe0000000000000)) is var number && double.IsFinite(number) ? number : 1.5,
        3 => Word(random),
        4 => Enumerable.Range(0, random.Next(4)).Select(_ => Value(random, depth - 1)).ToList(),
        _ => Enumerable.Range(0, random.Next(5)).Select(_ => Word(random)).Distinct().ToDictionary(name => name, _ => Value(random, depth - 1)),
    };

    private static string Word(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(5)).Select(_ => char.ConvertFromUtf32(random.Next(4) switch { 0 => random.Next(0x80), 1 => random.Next(0xE000, 0x10000), 2 => random.Next(0x10000, 0x110000), _ => random.Next(0x80, 0xD800) })));

    // Another layout of the same value: spaces, the order of names, escapes or none, the digits of numbers.
    private static string Text(object? value, Random layout)
    {
        string space = new(' ', layout.Next(3));
        return space + (value switch
        {
            null => "null",
            bool flag => flag ? "true" : "false",
            double number => layout.Next(2) == 0 ? number.ToString("R", CultureInfo.InvariantCulture) : number.ToString("E17", CultureInfo.InvariantCulture),
            string text => Quoted(text, layout),
            List<object?> list => $"[{string.Join(',', list.Select(item => Text(item, layout)))}{space}]",
            Dictionary<string, object?> map => $"{{{string.Join(',', map.OrderBy(_ => layout.Next()).Select(pair => $"{space}{Quoted(pair.Key, layout)}\n:{Text(pair.Value, layout)}"))}}}",
            _ => throw new ArgumentOutOfRangeException(nameof(value)),
        }) + space;
    }

    private static string Quoted(string text, Random layout) =>
        $"\"{string.Concat(text.EnumerateRunes().Select(rune => rune.Value < 0x20 || rune.Value is '"' or '\\' || layout.Next(2) == 0
            ? string.Concat(rune.ToString().Select(c => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}")))
            : rune.ToString()))}\"";
}
