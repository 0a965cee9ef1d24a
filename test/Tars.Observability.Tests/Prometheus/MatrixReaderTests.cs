using System.Text;
using Tars.Observability.Prometheus;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.Prometheus;

public sealed class MatrixReaderTests
{
    private const string Head = """{"status":"success","data":{"resultType":"matrix","result":[""";

    [Fact]
    public async Task Read_RegularAnswer_FillsTheGrid()
    {
        (LabelSet labels, double[] values) = await OneAsync(Head + """{"metric":{"__name__":"up","job":"a\"\\\u00e9"},"values":[[100,"1"],[110,"-2.5"],[130,"1e3"]]}]}}""");
        Assert.Equal(new LabelSet([new("__name__", "up"), new("job", "a\"\\é")]), labels);
        Assert.Equal([1, -2.5, double.NaN, 1000], values);
    }

    [Fact]
    public async Task Read_SpecialValues_AreKept()
    {
        (_, double[] values) = await OneAsync(Head + """{"metric":{},"values":[[100,"NaN"],[110,"+Inf"],[120,"-Inf"],[130,"-0"]]}]}}""");
        Assert.Equal([double.NaN, double.PositiveInfinity, double.NegativeInfinity, -0.0], values);
        Assert.True(double.IsNegative(values[3]));
    }

    [Fact]
    public async Task Read_ValuesBeforeMetricAndUnknownKeys_AreRead()
    {
        (LabelSet labels, double[] values) = await OneAsync(
            """{"stats":{"a":[1,{"b":null}]},"isPartial":false,"data":{"x":[[]],"result":[{"values":[[100,"7"]],"more":{"deep":[[[1]]]},"metric":{"a":"b"}}],"resultType":"matrix"},"status":"success"}""");
        Assert.Equal("b", labels["a"]);
        Assert.Equal(7, values[0]);
    }

    [Fact]
    public async Task Read_WhitespaceEverywhere_IsJson()
    {
        (_, double[] values) = await OneAsync(
            "{ \"status\" : \"success\" ,\n\"data\" : { \"resultType\":\"matrix\", \"result\" : [ { \"metric\" : { } , \"values\" : [ [ 100 , \"1\" ] ,\r\n\t[ 110.000 , \"2\" ] ] } ] } }");
        Assert.Equal([1, 2, double.NaN, double.NaN], values);
    }

    [Fact]
    public async Task Read_WarningsInfosAndPartial_AreKept()
    {
        MatrixReader reader = new("q", 100_000, 10_000, 4, (_, _, _) => { });
        await reader.ReadAsync(Bytes("""{"status":"success","isPartial":true,"data":{"resultType":"matrix","result":[]},"warnings":["w"],"infos":["i"]}"""), Cancellation);
        Assert.Equal([MatrixReader.PartialAnswer, "w", "i"], reader.Warnings);
    }

    [Theory]
    [InlineData("""{"metric":{},"values":[[105,"1"]]}]}}""", "byte 84: expected a timestamp on the grid; 105000 ms is not")]
    [InlineData("""{"metric":{},"values":[[90,"1"]]}]}}""", "byte 84: expected a timestamp on the grid; 90000 ms is not")]
    [InlineData("""{"metric":{},"values":[[140,"1"]]}]}}""", "byte 84: expected a timestamp on the grid; 140000 ms is not")]
    [InlineData("""{"metric":{},"values":[[100,"1"],[100,"1"]]}]}}""", "byte 94: expected ascending timestamps; 100000 ms is a duplicate or out of order")]
    [InlineData("""{"metric":{},"values":[[100,1]]}]}}""", "byte 88: expected '\"' before a value")]
    [InlineData("""{"metric":{},"values":[[100,"1x"]]}]}}""", "byte 89: expected a number, NaN, +Inf or -Inf")]
    [InlineData("""{"metric":{},"values":[[0100,"1"]]}]}}""", "byte 84: expected a timestamp in Unix seconds")]
    [InlineData("""{"metric":{},"values":[[100.0001,"1"]]}]}}""", "byte 84: expected a timestamp in whole milliseconds")]
    [InlineData("""{"metric":{},"values":[[100,"1"][110,"1"]]}]}}""", "byte 92: expected ',' or ']' between points")]
    [InlineData("""{"metric":{},"values":[[100,"1"],]}]}}""", "byte 93: expected '[' of a point")]
    [InlineData("""{"metric":{},"values":[[100,"1",2]]}]}}""", "byte 91: expected ']' after a value")]
    [InlineData("""{"metric":{},"values":7}]}}""", "expected labels or points as \"values\"")]
    [InlineData("""{"values":[]}]}}""", "expected \"metric\" in a series")]
    [InlineData("""{"metric":{"a":1}}]}}""", "expected a text as value of the label a")]
    [InlineData("""{"metric":{"a":"1","a":"2"}}]}}""", "the label a appears twice")]
    [InlineData("""{"metric":{"a":"\ud800"}}]}}""", "not valid UTF-8")]
    [InlineData("""{"metric":{},"values":[[100,"1"]""", "the answer ends inside a series")]
    [InlineData("""{"metric":{},"values":[]}""", "byte ")]
    [InlineData("""]}} x""", "byte ")]
    public async Task Read_Unexpected_IsRefusedWithItsPlace(string rest, string message)
    {
        InvalidDataException refusal = await Assert.ThrowsAsync<InvalidDataException>(() => OneAsync(Head + rest));
        Assert.Contains(message, refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("byte ", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_NativeHistograms_AreTheQuerysFailure()
    {
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => OneAsync(Head + """{"metric":{},"histograms":[[100,{"count":"1"}]]}]}}"""));
        Assert.Equal(SourceFailure.Query, failure.Failure);
        Assert.Contains("native histograms", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_StatusError_IsTheQuerysFailure()
    {
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => OneAsync("""{"status":"error","errorType":"execution","error":"too many samples"}"""));
        Assert.Equal((SourceFailure.Query, "too many samples"), (failure.Failure, failure.Message));
    }

    [Theory]
    [InlineData("0.1")]
    [InlineData("123456789012345")]
    [InlineData("1234567890123456")]
    [InlineData("0.30000000000000004")]
    [InlineData("9007199254740993")]
    [InlineData("1.7976931348623157e+308")]
    [InlineData("5e-324")]
    [InlineData("-123.456")]
    [InlineData("000000000000000000001.5")]
    public void TryParse_Decimal_IsTheNearestDouble(string text)
    {
        Assert.True(DecimalText.TryParse(Encoding.ASCII.GetBytes(text), out double value));
        Assert.Equal(double.Parse(text, System.Globalization.CultureInfo.InvariantCulture), value);
    }

    [Fact]
    public void TryParse_ManyDigits_IsTheNearestDouble()
    {
        Random random = new(TestKit.Seeds.Draw());
        Span<byte> text = stackalloc byte[64];
        for (int i = 0; i < 300_000; i++)
        {
            string digits = random.NextInt64(1_000_000_000_000_000, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture);
            int point = random.Next(digits.Length + 1);
            string number = i % 3 == 0
                ? BitConverter.Int64BitsToDouble(random.NextInt64(0x3F00_0000_0000_0000, 0x4400_0000_0000_0000)).ToString("R", System.Globalization.CultureInfo.InvariantCulture)
                : i % 3 == 1 ? digits[..point] + "." + digits[point..]
                : Halfway(random);
            int length = Encoding.ASCII.GetBytes(number, text);
            Assert.True(DecimalText.TryParse(text[..length], out double value), number);
            Assert.True(double.Parse(number, System.Globalization.CultureInfo.InvariantCulture) == value, number);
        }

        // Exactly between two doubles: a whole number of 54 bits that ends in one, as many decimals as it takes.
        static string Halfway(Random random)
        {
            decimal between = (((long)random.NextInt64(1L << 53, 1L << 54)) | 1) / (decimal)(1 << random.Next(0, 4));
            return between.ToString(System.Globalization.CultureInfo.InvariantCulture);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("+NaN")]
    [InlineData("nan")]
    [InlineData("Infinity")]
    [InlineData("1 ")]
    [InlineData(" 1")]
    [InlineData("1.2.3")]
    [InlineData("--1")]
    [InlineData("0x10")]
    [InlineData(".")]
    public void TryParse_NoDecimal_IsRefused(string text) => Assert.False(DecimalText.TryParse(Encoding.ASCII.GetBytes(text), out _));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static MemoryStream Bytes(string json) => new(Encoding.UTF8.GetBytes(json));

    private static async Task<(LabelSet Labels, double[] Values)> OneAsync(string json)
    {
        (LabelSet, double[])? found = null;
        MatrixReader reader = new("q", 100_000, 10_000, 4, (labels, values, _) => found = (labels, [.. values]));
        await reader.ReadAsync(Bytes(json), Cancellation);
        return found!.Value;
    }
}
