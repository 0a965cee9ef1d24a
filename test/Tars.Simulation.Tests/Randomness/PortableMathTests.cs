using Tars.Simulation.Randomness;
using Xunit;

namespace Tars.Simulation.Tests.Randomness;

/// <summary>Expected values are the platform's own functions, which are right to the last bit or two.</summary>
public sealed class PortableMathTests
{
    [Fact]
    public void Exp_ManyArguments_AgreesWithPlatform()
    {
        for (double x = -690; x < 690; x += 0.3711)
        {
            Assert.InRange(PortableMath.Exp(x) / Math.Exp(x), 1 - 1e-13, 1 + 1e-13);
        }
    }

    [Fact]
    public void Log_ManyArguments_AgreesWithPlatform()
    {
        for (double x = 1e-300; x < 1e300; x *= 1.737)
        {
            Assert.Equal(Math.Log(x), PortableMath.Log(x), 1e-13 * Math.Max(1, Math.Abs(Math.Log(x))));
        }
    }

    [Fact]
    public void CosineOfTurns_ManyArguments_AgreesWithPlatform()
    {
        for (double turns = -3; turns < 3; turns += 0.00137)
        {
            Assert.Equal(Math.Cos(2 * Math.PI * turns), PortableMath.CosineOfTurns(turns), 1e-13);
        }
    }

    [Theory] // Abramowitz and Stegun, Handbook of Mathematical Functions, table 26.1
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.691462461274013)]
    [InlineData(1, 0.841344746068543)]
    [InlineData(2, 0.977249868051821)]
    [InlineData(3, 0.998650101968370)]
    [InlineData(-1, 0.158655253931457)]
    public void NormalCdf_TabulatedArguments_AgreesWithTable(double z, double expected) =>
        Assert.Equal(expected, PortableMath.NormalCdf(z), 1e-7);
}
