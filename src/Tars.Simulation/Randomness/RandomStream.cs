using System.Numerics;

namespace Tars.Simulation.Randomness;

/// <summary>
/// A named stream of random numbers: xoshiro256** (D. Blackman, S. Vigna, "Scrambled Linear Pseudorandom Number Generators",
/// doi:10.1145/3460772), seeded with SplitMix64 from a seed and a name. Streams of different names do not disturb each other, so that
/// adding a series leaves the others as they were.
/// </summary>
internal sealed class RandomStream
{
    private ulong _a;
    private ulong _b;
    private ulong _c;
    private ulong _d;
    private double _spare = double.NaN;

    /// <summary>Opens the stream <paramref name="name"/> of <paramref name="seed"/>.</summary>
    public RandomStream(ulong seed, string name)
    {
        ulong hash = 14695981039346656037; // FNV-1a, 64 bit
        foreach (char c in name)
        {
            hash = (hash ^ c) * 1099511628211;
        }

        ulong state = seed ^ hash;
        _a = SplitMix(ref state);
        _b = SplitMix(ref state);
        _c = SplitMix(ref state);
        _d = SplitMix(ref state);
    }

    /// <summary>The next 64 bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_b * 5, 7) * 9;
        ulong t = _b << 17;
        _c ^= _a;
        _d ^= _b;
        _b ^= _c;
        _a ^= _d;
        _c ^= t;
        _d = BitOperations.RotateLeft(_d, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1), 53 bits.</summary>
    public double Uniform() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [<paramref name="from"/>, <paramref name="to"/>).</summary>
    public double Uniform(double from, double to) => from + ((to - from) * Uniform());

    /// <summary>A uniform whole number in [0, <paramref name="count"/>); <paramref name="count"/> at least 1 (bias below 2^-40 for counts below 2^24).</summary>
    public int Index(int count) => (int)Math.BigMul(NextBits(), (ulong)count, out _);

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;

    /// <summary>Standard normal, by Marsaglia's polar method.</summary>
    public double Normal()
    {
        if (!double.IsNaN(_spare))
        {
            double kept = _spare;
            _spare = double.NaN;
            return kept;
        }

        while (true)
        {
            double u = (2 * Uniform()) - 1;
            double v = (2 * Uniform()) - 1;
            double s = (u * u) + (v * v);
            if (s is > 0 and < 1)
            {
                double factor = Math.Sqrt(-2 * PortableMath.Log(s) / s);
                _spare = v * factor;
                return u * factor;
            }
        }
    }

    /// <summary>Poisson; above a mean of 40 a rounded normal of the same mean and variance.</summary>
    public long Poisson(double mean)
    {
        if (mean <= 0)
        {
            return 0;
        }

        if (mean > 40)
        {
            return Math.Max(0, (long)Math.Floor(mean + (Math.Sqrt(mean) * Normal()) + 0.5));
        }

        double limit = PortableMath.Exp(-mean);
        double product = Uniform();
        long count = 0;
        while (product > limit)
        {
            product *= Uniform();
            count++;
        }

        return count;
    }

    /// <summary>Binomial; where both expectations exceed 25 a rounded normal of the same mean and variance, else by inversion.</summary>
    public long Binomial(long trials, double probability)
    {
        if (trials <= 0 || probability <= 0)
        {
            return 0;
        }

        if (probability >= 1)
        {
            return trials;
        }

        if (probability > 0.5)
        {
            return trials - Binomial(trials, 1 - probability);
        }

        double mean = trials * probability;
        if (mean > 25)
        {
            double drawn = mean + (Math.Sqrt(mean * (1 - probability)) * Normal());
            return Math.Clamp((long)Math.Floor(drawn + 0.5), 0, trials);
        }

        double odds = probability / (1 - probability);
        double mass = PortableMath.Exp(trials * PortableMath.Log(1 - probability));
        double left = Uniform();
        long k = 0;
        while (left > mass && k < trials)
        {
            left -= mass;
            k++;
            mass *= odds * (trials - k + 1) / k;
        }

        return k;
    }

    private static ulong SplitMix(ref ulong state)
    {
        ulong z = state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
