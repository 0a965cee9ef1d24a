using System.Globalization;
using Tars.TestKit;
using Tars.TestKit.Notation;
using Xunit;

namespace Tars.Repository.Tests.TestKit;

public sealed class SeriesNotationTests
{
    private const double None = double.NaN;

    // Examples of the Prometheus documentation, "Unit testing for rules", section <series>.
    [Theory]
    [InlineData("-2+4x3", new[] { -2.0, 2, 6, 10 })]
    [InlineData("1-2x4", new[] { 1.0, -1, -3, -5, -7 })]
    [InlineData("1x4", new[] { 1.0, 1, 1, 1, 1 })]
    [InlineData("1 _x3 stale", new[] { 1.0, None, None, None, None })]
    [InlineData("0+10x2 _ 5+1x1", new[] { 0.0, 10, 20, None, 5, 6 })]
    [InlineData("1e3 .5 -Inf Inf", new[] { 1000, 0.5, double.NegativeInfinity, double.PositiveInfinity })]
    [InlineData("  ", new double[0])]
    public void Parse_DocumentedForms_GiveTheirValues(string notation, double[] expected) =>
        Assert.Equal(expected, SeriesNotation.Parse(notation));

    [Theory]
    [InlineData("1+x3")]
    [InlineData("1+2")]
    [InlineData("x3")]
    [InlineData("__")]
    [InlineData("1+2x-3")]
    [InlineData("stalex2")]
    public void Parse_UnknownItem_NamesItAndItsPosition(string item)
    {
        FormatException failure = Assert.Throws<FormatException>(() => SeriesNotation.Parse("1 " + item));
        Assert.Contains($"item 2, \"{item}\"", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_RandomItems_AgreesWithExpansionByHand()
    {
        Random random = new(Seeds.Draw());
        for (int round = 0; round < 500; round++)
        {
            List<string> items = [];
            List<double> expected = [];
            for (int item = random.Next(0, 8); item > 0; item--)
            {
                int start = random.Next(-50, 50);
                int step = random.Next(-9, 10);
                int times = random.Next(0, 6);
                switch (random.Next(5))
                {
                    case 0:
                        items.Add(string.Create(CultureInfo.InvariantCulture, $"{start}{(step < 0 ? '-' : '+')}{Math.Abs(step)}x{times}"));
                        expected.AddRange(Enumerable.Range(0, times + 1).Select(i => (double)(start + (i * step))));
                        break;
                    case 1:
                        items.Add(string.Create(CultureInfo.InvariantCulture, $"{start}x{times}"));
                        expected.AddRange(Enumerable.Repeat((double)start, times + 1));
                        break;
                    case 2:
                        items.Add(string.Create(CultureInfo.InvariantCulture, $"_x{times}"));
                        expected.AddRange(Enumerable.Repeat(None, times));
                        break;
                    case 3:
                        items.Add(random.Next(2) == 0 ? "_" : "stale");
                        expected.Add(None);
                        break;
                    default:
                        items.Add(start.ToString(CultureInfo.InvariantCulture));
                        expected.Add(start);
                        break;
                }
            }

            Assert.Equal(expected, SeriesNotation.Parse(string.Join(' ', items)));
        }
    }
}
