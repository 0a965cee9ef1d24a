using Tars.Observability.TimeSeries;

namespace Tars.Observability.Tests.TimeSeries;

public sealed class TimestampedValuesTests
{
    private static TimestampedValues Read(string csv)
    {
        using StringReader reader = new(csv);
        return TimestampedValues.ReadCsv(reader, "x.csv");
    }

    [Fact]
    public void ReadCsv_HeaderInAnyOrder_FindsItsColumns()
    {
        TimestampedValues series = Read("value,host,timestamp\n1.5,a,2026-01-05T00:00:00Z\n,\"b,\"\"c\"\"\",2026-01-05 01:00:00\n");
        Assert.Equal([1.5, double.NaN], series.Values);
        Assert.Equal(["2026-01-05T00:00:00Z", "2026-01-05 01:00:00"], series.Timestamps);
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 1, 0, 0, TimeSpan.Zero), series.Instants[1]);
    }

    [Theory]
    [InlineData("1767571200,1")]
    [InlineData("1767571200000,1")]
    [InlineData("2026-01-05T00:00:00Z,1")]
    [InlineData("2026-01-05 00:00:00,1")]
    [InlineData("2026-01-05T01:00:00+01:00,1")]
    [InlineData("2026-01-05,1")]
    public void ReadCsv_SpellingsOfOneInstant_AreThatInstant(string csv) =>
        Assert.Equal(new DateTimeOffset(2026, 1, 5, 0, 0, 0, TimeSpan.Zero), Assert.Single(Read(csv).Instants));

    [Theory]
    [InlineData("", "x.csv:1:1: no row of timestamp,value")]
    [InlineData("timestamp,value\n", "x.csv:1:1: no row of timestamp,value")]
    [InlineData("time,value\n1,2", "x.csv:1:1: the header names no column \"timestamp\"; expected timestamp,value")]
    [InlineData("timestamp,value\n1,2\nyesterday,3", "x.csv:3:1: timestamp: \"yesterday\" is no time; write 2026-01-05T00:00:00Z or seconds since 1970")]
    [InlineData("timestamp,value\n1,2\n2,1e999", "x.csv:3:2: value: \"1e999\" is no finite number; write 12.5, or nothing where it is missing")]
    [InlineData("1,\"2", "x.csv:1:2: a quoted field does not end with a quote before the next comma")]
    [InlineData("1", "x.csv:1:1: 1 fields, so no value in field 2; expected timestamp,value")]
    public void ReadCsv_NotWhatItShouldBe_SaysWhere(string csv, string message) =>
        Assert.Equal(message, Assert.Throws<CsvException>(() => Read(csv)).Message);
}
