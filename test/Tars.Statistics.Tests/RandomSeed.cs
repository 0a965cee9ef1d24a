using System.Security.Cryptography;
using Tars.Statistics.Resampling;

namespace Tars.Statistics.Tests;

/// <summary>A seed drawn at run time; every property test puts it into its failure message.</summary>
internal static class RandomSeed
{
    internal static (Xoshiro256 Random, ulong Seed) Draw()
    {
        ulong seed = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(8));
        return (new Xoshiro256(seed), seed);
    }

    internal static double[] Normals(this Xoshiro256 random, int count, double gaps = 0)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextDouble() < gaps ? double.NaN : random.NextNormal();
        }

        return values;
    }

    /// <summary>Values on a coarse grid, so that ties are common.</summary>
    internal static double[] Tied(this Xoshiro256 random, int count, int levels)
    {
        double[] values = new double[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = random.NextInt32(levels);
        }

        return values;
    }

    internal static void Close(double expected, double actual, double tolerance, string about)
    {
        bool close = expected.Equals(actual) || Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected));
        Xunit.Assert.True(close, $"{about}: expected {expected:R}, was {actual:R}");
    }
}
