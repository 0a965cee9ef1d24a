using Tars.Simulation.Randomness;
using Tars.TestKit;
using Xunit;

namespace Tars.Simulation.Tests.Randomness;

/// <summary>Moments against theory: each bound is six standard errors or more, so a right implementation fails in fewer than one of a hundred million runs.</summary>
public sealed class RandomStreamTests
{
    private const int Draws = 100_000;

    [Theory]
    [InlineData(3.0)]
    [InlineData(39.0)]
    [InlineData(400.0)]
    public void Poisson_ManyDraws_HasItsMeanAndVariance(double mean)
    {
        RandomStream random = new((ulong)Seeds.Draw(), "poisson");
        double[] drawn = [.. Enumerable.Range(0, Draws).Select(_ => (double)random.Poisson(mean))];
        Assert.Equal(mean, drawn.Average(), 6 * Math.Sqrt(mean / Draws));
        Assert.InRange(Variance(drawn) / mean, 0.96, 1.04);
    }

    [Theory]
    [InlineData(1000, 0.002)]
    [InlineData(50, 0.3)]
    [InlineData(2000, 0.4)]
    [InlineData(300, 0.97)]
    public void Binomial_ManyDraws_HasItsMeanAndVariance(int trials, double probability)
    {
        RandomStream random = new((ulong)Seeds.Draw(), "binomial");
        double[] drawn = [.. Enumerable.Range(0, Draws).Select(_ => (double)random.Binomial(trials, probability))];
        double variance = trials * probability * (1 - probability);
        Assert.Equal(trials * probability, drawn.Average(), 6 * Math.Sqrt(variance / Draws));
        Assert.InRange(Variance(drawn) / variance, 0.95, 1.06);
    }

    [Fact]
    public void NextBits_Seed_AgreesWithPublishedAlgorithm()
    {
        // A stream's numbers are part of what a seed means; the reference below writes the published algorithm again.
        RandomStream random = new(1, "pin");
        ulong[] first = [random.NextBits(), random.NextBits(), random.NextBits()];
        Assert.Equal(Reference(1, "pin", 3), first);
    }

    [Fact]
    public void Index_ManyDraws_StaysInRangeAndReachesEveryNumber()
    {
        RandomStream random = new((ulong)Seeds.Draw(), "index");
        Assert.Equal([0, 1, 2, 3, 4, 5, 6], Enumerable.Range(0, 2000).Select(_ => random.Index(7)).Distinct().Order());
    }

    private static double Variance(double[] values)
    {
        double mean = values.Average();
        return values.Sum(value => (value - mean) * (value - mean)) / (values.Length - 1);
    }

    /// <summary>The published algorithm written again with 128-bit integers and a plain array.</summary>
    private static ulong[] Reference(ulong seed, string name, int count)
    {
        UInt128 mask = ulong.MaxValue;
        UInt128 hash = name.Aggregate((UInt128)14695981039346656037, (h, c) => (h ^ c) * 1099511628211 & mask);
        UInt128 state = seed ^ hash;
        UInt128[] s = new UInt128[4];
        for (int i = 0; i < 4; i++)
        {
            state = (state + 0x9E3779B97F4A7C15) & mask;
            UInt128 z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & mask;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask;
            s[i] = z ^ (z >> 31);
        }

        UInt128 Rotate(UInt128 x, int k) => ((x << k) | (x >> (64 - k))) & mask;
        ulong[] numbers = new ulong[count];
        for (int n = 0; n < count; n++)
        {
            numbers[n] = (ulong)(Rotate(s[1] * 5 & mask, 7) * 9 & mask);
            UInt128 t = (s[1] << 17) & mask;
            s[2] ^= s[0];
            s[3] ^= s[1];
            s[1] ^= s[2];
            s[0] ^= s[3];
            s[2] ^= t;
            s[3] = Rotate(s[3], 45);
        }

        return numbers;
    }
}
