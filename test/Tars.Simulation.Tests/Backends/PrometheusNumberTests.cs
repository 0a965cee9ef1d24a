using System.Globalization;
using Tars.Simulation.Backends;
using Tars.TestKit;
using Xunit;

namespace Tars.Simulation.Tests.Backends;

public sealed class PrometheusNumberTests
{
    [Theory] // Go's strconv.FormatFloat(v, 'f' or 'e' below 1e-6 and from 1e21, -1, 64), which the Prometheus API uses
    [InlineData(0, "0")]
    [InlineData(1767571260, "1767571260")]
    [InlineData(3.5e-7, "3.5e-07")]
    [InlineData(1e-7, "1e-07")]
    [InlineData(1.25e-300, "1.25e-300")]
    [InlineData(1e-6, "0.000001")]
    [InlineData(1.25e-5, "0.0000125")]
    [InlineData(0.1, "0.1")]
    [InlineData(-12.75, "-12.75")]
    [InlineData(1e15, "1000000000000000")]
    [InlineData(1.5e17, "150000000000000000")]
    [InlineData(123456789012345680000.0, "123456789012345680000")]
    [InlineData(1e21, "1e+21")]
    [InlineData(-1.5e21, "-1.5e+21")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.PositiveInfinity, "+Inf")]
    [InlineData(double.NegativeInfinity, "-Inf")]
    public void Text_Value_IsWhatPrometheusWrites(double value, string expected) => Assert.Equal(expected, PrometheusNumber.Text(value));

    [Fact]
    public void Text_RandomBits_ReadsBackAsTheSameNumber()
    {
        Random random = new(Seeds.Draw());
        for (int i = 0; i < 20_000; i++)
        {
            double value = BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue));
            if (double.IsFinite(value))
            {
                Assert.Equal(value, double.Parse(PrometheusNumber.Text(value), CultureInfo.InvariantCulture));
            }
        }
    }
}
