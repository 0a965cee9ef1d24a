namespace Tars.Accuracy.IndependentFleet;

/// <summary>A mixture of two lognormal latency distributions, a body and a slow tail, seen through histogram buckets.</summary>
/// <param name="BodyMedian">Median of the body in seconds.</param>
/// <param name="BodySigma">Standard deviation of the logarithm in the body.</param>
/// <param name="TailRatio">Median of the tail as a multiple of that of the body.</param>
/// <param name="TailSigma">Standard deviation of the logarithm in the tail.</param>
/// <param name="TailShare">Share of requests in the tail, 0 to 1, at no load.</param>
public sealed record LatencyMixture(double BodyMedian, double BodySigma, double TailRatio, double TailSigma, double TailShare)
{
    private static readonly double[] Bounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
    private static readonly double[] LogBounds = [.. Bounds.Select(bound => Math.Log(bound))];

    /// <summary>The <c>le</c> label values, ascending, the last being <c>+Inf</c>.</summary>
    public static IReadOnlyList<string> BucketLabels { get; } =
        ["0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10", "+Inf"];

    /// <summary>Number of buckets, that of <c>+Inf</c> included.</summary>
    public static int BucketCount => Bounds.Length + 1;

    /// <summary>Lower bound of a bucket in seconds; 0 for the first.</summary>
    public static double LowerBound(int bucket) => bucket == 0 ? 0 : Bounds[bucket - 1];

    /// <summary>Upper bound of a bucket in seconds; for <c>+Inf</c> a minute, after which clients have hung up.</summary>
    public static double UpperBound(int bucket) => bucket == Bounds.Length ? 60 : Bounds[bucket];

    /// <summary>Fills in, per bucket (not cumulative), the probability of a request falling in it and the mean latency there.</summary>
    /// <param name="logFactor">Logarithm of the factor on all latencies; 0 leaves them as they are.</param>
    /// <param name="extraTail">Added to <see cref="TailShare"/>; the sum is clamped to [0, 1].</param>
    /// <param name="probabilities">Length <see cref="BucketCount"/>; sums to 1.</param>
    /// <param name="means">Length <see cref="BucketCount"/>; seconds, inside the bounds of the bucket.</param>
    public void Spread(double logFactor, double extraTail, Span<double> probabilities, Span<double> means)
    {
        double share = Math.Clamp(TailShare + extraTail, 0, 1);
        double bodyMu = Math.Log(BodyMedian) + logFactor;
        double tailMu = bodyMu + Math.Log(TailRatio);
        probabilities.Clear();
        means.Clear();
        Accumulate(1 - share, bodyMu, BodySigma, probabilities, means);
        Accumulate(share, tailMu, TailSigma, probabilities, means);
        for (int b = 0; b < probabilities.Length; b++)
        {
            double low = LowerBound(b);
            double high = UpperBound(b);
            means[b] = probabilities[b] > 1e-9 ? Math.Clamp(means[b] / probabilities[b], low, high) : Math.Min(0.5 * (low + high), 2 * low);
        }
    }

    // Partial means of a lognormal: E[X; X ≤ b] = exp(μ + σ²/2) Φ((ln b − μ)/σ − σ).
    private static void Accumulate(double weight, double mu, double sigma, Span<double> probabilities, Span<double> partialMeans)
    {
        double scale = 1 / sigma;
        double mean = Math.Exp(mu + (0.5 * sigma * sigma));
        double below = 0;
        double meanBelow = 0;
        for (int b = 0; b < probabilities.Length; b++)
        {
            double z = b < LogBounds.Length ? (LogBounds[b] - mu) * scale : double.MaxValue;
            double upTo = NormalDistributionTable.Cumulative(z);
            double meanUpTo = NormalDistributionTable.Cumulative(z - sigma);
            probabilities[b] += weight * (upTo - below);
            partialMeans[b] += weight * mean * (meanUpTo - meanBelow);
            below = upTo;
            meanBelow = meanUpTo;
        }
    }
}
