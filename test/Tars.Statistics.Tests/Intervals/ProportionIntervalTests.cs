using Tars.Statistics.Intervals;
using Xunit;

namespace Tars.Statistics.Tests.Intervals;

public sealed class ProportionIntervalTests
{
    // R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, method 3.
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    public void WilsonOf_NewcombesExamples_Agrees(double x, double n, double lower, double upper)
    {
        ConfidenceInterval interval = WilsonInterval.Of(x, n);
        Assert.Equal(lower, interval.Lower, 4);
        Assert.Equal(upper, interval.Upper, 4);
    }

    [Fact]
    public void ClopperPearsonOf_MendelsPeas_AgreesWithR()
    {
        // R help page of binom.test: binom.test(682, 682 + 243).
        ConfidenceInterval interval = ClopperPearsonInterval.Of(682, 925);
        Assert.Equal(0.7076683, interval.Lower, 7);
        Assert.Equal(0.7654066, interval.Upper, 7);
    }

    // Brown, Cai and DasGupta (2001), table 5, n = 10.
    [Theory]
    [InlineData(0, 0, 0.217)]
    [InlineData(1, 0.011, 0.381)]
    [InlineData(2, 0.044, 0.503)]
    [InlineData(5, 0.224, 0.776)]
    public void JeffreysOf_BrownCaiDasGuptaTable_Agrees(double x, double lower, double upper)
    {
        ConfidenceInterval interval = JeffreysInterval.Of(x, 10);
        Assert.Equal(lower, interval.Lower, 3);
        Assert.Equal(upper, interval.Upper, 3);
    }

    [Fact]
    public void AllIntervals_EdgeCounts_StayInTheUnitIntervalAndMirror()
    {
        foreach (var of in new Func<double, double, double, ConfidenceInterval>[] { WilsonInterval.Of, ClopperPearsonInterval.Of, JeffreysInterval.Of })
        {
            Assert.True(double.IsNaN(of(0, 0, 0.95).Lower));
            Assert.Equal((0, 1), (of(0, 7, 0.9).Lower, of(7, 7, 0.9).Upper));
            Assert.Equal(of(2, 9, 0.9).Lower, 1 - of(7, 9, 0.9).Upper, 12);
            Assert.True(of(3, 10, 0.99).Contains(0.3));
            Assert.Throws<ArgumentOutOfRangeException>(() => of(3, 2, 0.95));
            Assert.Throws<ArgumentOutOfRangeException>(() => of(1, 2, 1));
        }
    }
}
