using System.Numerics;

namespace Tars.Accuracy.IndependentFleet;

/// <summary>
/// The xoshiro256** generator of Blackman and Vigna (doi:10.1145/3460772), its state filled by SplitMix64 (doi:10.1145/2714064.2660195),
/// with the random variates a fleet needs. Own code, so that a seed means the same bytes on every version of the runtime.
/// </summary>
public sealed class Xoshiro256
{
    private ulong _s0;
    private ulong _s1;
    private ulong _s2;
    private ulong _s3;
    private double _spareNormal = double.NaN;

    /// <summary>Starts the stream named by a seed and a path of numbers; different paths give unrelated streams.</summary>
    /// <param name="seed">Any value, zero included.</param>
    /// <param name="path">What the stream is for, for example purpose, service, region.</param>
    public Xoshiro256(ulong seed, params ReadOnlySpan<int> path)
    {
        ulong state = seed;
        foreach (int step in path)
        {
            state = SplitMix64(ref state) ^ ((ulong)(uint)step * 0xD1342543DE82EF95UL);
        }

        _s0 = SplitMix64(ref state);
        _s1 = SplitMix64(ref state);
        _s2 = SplitMix64(ref state);
        _s3 = SplitMix64(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double Unit() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [low, high).</summary>
    public double Uniform(double low, double high) => low + ((high - low) * Unit());

    /// <summary>Uniform on the logarithmic scale in [low, high); both positive.</summary>
    public double LogUniform(double low, double high) => low * Math.Exp(Unit() * Math.Log(high / low));

    /// <summary>Uniform whole number in [low, highExclusive); the bias below 2⁻³² for the small ranges used here is accepted.</summary>
    public int Whole(int low, int highExclusive) => low + (int)(((NextBits() >> 32) * (ulong)(highExclusive - low)) >> 32);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>Standard normal, by Marsaglia's polar method (doi:10.1137/1006063).</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spareNormal))
        {
            double spare = _spareNormal;
            _spareNormal = double.NaN;
            return spare;
        }

        double u, v, radius;
        do
        {
            u = (2 * Unit()) - 1;
            v = (2 * Unit()) - 1;
            radius = (u * u) + (v * v);
        }
        while (radius is >= 1 or 0);

        double scale = Math.Sqrt(-2 * Math.Log(radius) / radius);
        _spareNormal = v * scale;
        return u * scale;
    }

    /// <summary>Gamma with mean 1 and the given shape (at least 1), by Marsaglia and Tsang (doi:10.1145/358407.358414).</summary>
    public double GammaMeanOne(double shape)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shape, 1);
        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double x = Normal();
            double v = 1 + (c * x);
            if (v <= 0)
            {
                continue;
            }

            v = v * v * v;
            if (Math.Log(Unit()) < (0.5 * x * x) + d - (d * v) + (d * Math.Log(v)))
            {
                return d * v / shape;
            }
        }
    }

    /// <summary>
    /// Poisson: exact inversion below a mean of 12, above it the normal quantile with the first Cornish-Fisher correction
    /// (doi:10.2307/1400905).
    /// </summary>
    public long Poisson(double mean)
    {
        if (!(mean > 0))
        {
            return 0;
        }

        if (mean >= 12)
        {
            double z = Normal();
            return (long)Math.Max(0, Math.Floor(mean + (Math.Sqrt(mean) * z) + (((z * z) - 1) / 6) + 0.5));
        }

        double term = Math.Exp(-mean);
        double left = Unit() - term;
        long count = 0;
        while (left > 0 && count < 200)
        {
            count++;
            term *= mean / count;
            left -= term;
        }

        return count;
    }

    /// <summary>Binomial: exact inversion while fewer than 12 successes are expected, above it a clamped normal approximation.</summary>
    /// <param name="trials">Number of trials, 0 or more.</param>
    /// <param name="probability">Probability of success, clamped to [0, 0.9].</param>
    public long Binomial(long trials, double probability)
    {
        double p = Math.Clamp(probability, 0, 0.9);
        double mean = trials * p;
        if (mean <= 0)
        {
            return 0;
        }

        if (mean >= 12)
        {
            double approximate = Math.Floor(mean + (Math.Sqrt(mean * (1 - p)) * Normal()) + 0.5);
            return (long)Math.Clamp(approximate, 0, trials);
        }

        double odds = p / (1 - p);
        double term = Math.Exp(trials * Math.Log(1 - p));
        double left = Unit() - term;
        long count = 0;
        while (left > 0 && count < trials)
        {
            count++;
            term *= odds * (trials - count + 1) / count;
            left -= term;
        }

        return count;
    }

    private static ulong SplitMix64(ref ulong state)
    {
        state += 0x9E3779B97F4A7C15UL;
        ulong z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
