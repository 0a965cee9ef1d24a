using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>How long requests take: a lognormal body and a lognormal slow tail, drawn straight into buckets.</summary>
internal sealed class LatencyShape
{
    private const double BodyShare = 0.975;
    private const double BodySigma = 0.42;
    private const double TailSigma = 0.6;
    private const double TailFactor = 5;

    /// <summary>Finite upper bounds of the buckets in seconds, ascending; one more bucket has no bound.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [0.005, 0.01, 0.02, 0.035, 0.05, 0.075, 0.1, 0.15, 0.25, 0.4, 0.6, 1, 2.5, 5];

    /// <summary>The text of each bucket's <c>le</c> label.</summary>
    public static IReadOnlyList<string> BoundTexts { get; } =
        [.. Bounds.Select(bound => bound.ToString(System.Globalization.CultureInfo.InvariantCulture)), "+Inf"];

    private static readonly double LogTailFactor = PortableMath.Log(TailFactor);
    private static readonly double[] LogBounds = [.. Bounds.Select(PortableMath.Log)];
    private static readonly double MeanOverMedian =
        (BodyShare * PortableMath.Exp(BodySigma * BodySigma / 2)) + ((1 - BodyShare) * TailFactor * PortableMath.Exp(TailSigma * TailSigma / 2));

    private readonly long[] _drawn = new long[Bounds.Count + 1];

    /// <summary>Draws <paramref name="requests"/> latencies around the median of logarithm <paramref name="logMedian"/> and counts them per bucket.</summary>
    /// <returns>Counts per bucket, not cumulative; valid until the next call.</returns>
    public ReadOnlySpan<long> Draw(RandomStream random, long requests, double logMedian)
    {
        long left = requests;
        double below = 0;
        for (int i = 0; i < LogBounds.Length; i++)
        {
            double share = ShareBelow(LogBounds[i] - logMedian);
            _drawn[i] = random.Binomial(left, below < 1 ? (share - below) / (1 - below) : 1);
            left -= _drawn[i];
            below = share;
        }

        _drawn[^1] = left;
        return _drawn;
    }

    /// <summary>The expected counts instead, for the history before the first scrape.</summary>
    public ReadOnlySpan<long> Expect(long requests, double logMedian)
    {
        long sum = 0;
        for (int i = 0; i < LogBounds.Length; i++)
        {
            long upTo = (long)(requests * ShareBelow(LogBounds[i] - logMedian));
            _drawn[i] = upTo - sum;
            sum = upTo;
        }

        _drawn[^1] = requests - sum;
        return _drawn;
    }

    /// <summary>The total latency of <paramref name="requests"/> requests in whole microseconds.</summary>
    public static long Microseconds(RandomStream random, long requests, double logMedian)
    {
        double mean = PortableMath.Exp(logMedian) * MeanOverMedian;
        double total = requests <= 0 ? 0 : mean * requests * Math.Max(0.2, 1 + (0.9 / Math.Sqrt(requests) * random.Normal()));
        return (long)(total * 1e6);
    }

    private static double ShareBelow(double logRatio) =>
        (BodyShare * PortableMath.NormalCdf(logRatio / BodySigma)) + ((1 - BodyShare) * PortableMath.NormalCdf((logRatio - LogTailFactor) / TailSigma));
}
