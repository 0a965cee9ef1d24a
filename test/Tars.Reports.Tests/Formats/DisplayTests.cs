using System.Globalization;
using Tars.Reports.Formats;

namespace Tars.Reports.Tests.Formats;

public sealed class DisplayTests
{
    [Theory]
    [InlineData(100, "%", "100 %")]
    [InlineData(99.99996, "%", "99.99996 %")]
    [InlineData(99.9499999, "%", "99.95 %")]
    [InlineData(0.0005, "%", "0.0005 %")]
    [InlineData(0, "%", "0 %")]
    [InlineData(1e-12, "%", "≤ 0.000001 %")]
    [InlineData(0.999, "ratio", "99.9 %")]
    [InlineData(1234567, "", "1,234,567")]
    [InlineData(512.754, "ms", "513 ms")]
    [InlineData(41.257, "ms", "41.3 ms")]
    [InlineData(805306368, "bytes", "768 MiB")]
    [InlineData(-1536, "bytes", "-1.5 KiB")]
    [InlineData(-0.0, "", "0")]
    [InlineData(double.NaN, "ms", "no data")]
    public void Number_Value_IsRoundedWithoutHiding(double value, string unit, string expected) => Assert.Equal(expected, Display.Number(value, unit));

    [Theory]
    [InlineData(0, "0 s")]
    [InlineData(59, "59 s")]
    [InlineData(3600, "1 h")]
    [InlineData(90000, "1 d 1 h")]
    [InlineData(86460, "1 d")]
    public void Duration_Seconds_HasTwoLargestUnits(int seconds, string expected) => Assert.Equal(expected, Display.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Number_OtherCulture_IsTheSame()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        comma.NumberFormat.NumberDecimalSeparator = ",";
        comma.NumberFormat.NegativeSign = "~";
        try
        {
            CultureInfo.CurrentCulture = comma;
            Assert.Equal("-1.25 ms", Display.Number(-1.25, "ms"));
            Assert.Equal("-1.25", CsvText.Cell(-1.25));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
