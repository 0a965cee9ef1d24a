using Tars.Reports.Charts;

namespace Tars.Reports.Tests.Charts;

public sealed class PixelColumnsTests
{
    [Fact]
    public void Line_MoreStepsThanColumns_KeepsTheSpike()
    {
        double[] values = new double[1000];
        values[503] = 100;
        PixelColumns columns = PixelColumns.Of(values, 10);
        Assert.Equal(100, columns.Largest);
        Assert.Contains("L5 0", columns.Area(100), StringComparison.Ordinal); // column 5 reaches the top
    }

    [Fact]
    public void Line_GapOfAColumn_Breaks()
    {
        double[] values = [.. Enumerable.Repeat(1.0, 30)];
        values.AsSpan(10, 10).Fill(double.NaN);
        string line = PixelColumns.Of(values, 30).Line(1);
        Assert.Equal(2, line.Count(c => c == 'M'));
        Assert.DoesNotContain("L15 ", line, StringComparison.Ordinal);
    }

    [Fact]
    public void Line_LoneValue_IsADot() => Assert.Equal("M1 0h.5", PixelColumns.Of([double.NaN, 5, double.NaN], 3).Line(5));

    [Fact]
    public void Area_OneStepPerColumn_IsEmpty() => Assert.Empty(PixelColumns.Of([1, 2, 3], 3).Area(3));

    [Fact]
    public void Of_NoValue_DrawsNothing()
    {
        PixelColumns columns = PixelColumns.Of([double.NaN, double.PositiveInfinity], 480);
        Assert.Equal((0, "", ""), (columns.Largest, columns.Line(1), columns.Area(1)));
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0.07, 0.08)]
    [InlineData(100, 100)]
    [InlineData(912.5, 1000)]
    [InlineData(2431, 2500)]
    [InlineData(double.NaN, 1)]
    public void Ceiling_Value_IsARoundNumberAbove(double value, double expected) => Assert.Equal(expected, PixelColumns.Ceiling(value), 12);
}
