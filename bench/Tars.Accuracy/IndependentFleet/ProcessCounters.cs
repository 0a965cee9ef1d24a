namespace Tars.Accuracy.IndependentFleet;

/// <summary>The counters of one process, cumulative since its last restart. All arrays have one element per scrape.</summary>
public sealed class ProcessCounters
{
    private ProcessCounters()
    {
        Buckets = new double[LatencyMixture.BucketCount][];
        for (int b = 0; b < Buckets.Length; b++)
        {
            Buckets[b] = new double[FleetClock.Scrapes];
        }
    }

    /// <summary>Requests answered with 200.</summary>
    public double[] Succeeded { get; } = new double[FleetClock.Scrapes];

    /// <summary>Requests answered with 404.</summary>
    public double[] NotFound { get; } = new double[FleetClock.Scrapes];

    /// <summary>Requests answered with 500.</summary>
    public double[] Failed { get; } = new double[FleetClock.Scrapes];

    /// <summary>Requests up to each bound of <see cref="LatencyMixture.BucketLabels"/>; the last is the count of all.</summary>
    public double[][] Buckets { get; }

    /// <summary>Seconds spent answering.</summary>
    public double[] DurationSum { get; } = new double[FleetClock.Scrapes];

    /// <summary>Processor seconds.</summary>
    public double[] Cpu { get; } = new double[FleetClock.Scrapes];

    /// <summary>Runs a process through the fleet's time.</summary>
    /// <param name="profile">The service.</param>
    /// <param name="signals">The region.</param>
    /// <param name="share">Share of the region's traffic that this process serves.</param>
    /// <param name="restarts">The first scrapes of new processes, ascending.</param>
    /// <param name="random">The stream to draw from.</param>
    public static ProcessCounters Run(
        ServiceProfile profile,
        RegionSignals signals,
        double share,
        IReadOnlyList<int> restarts,
        Xoshiro256 random)
    {
        var counters = new ProcessCounters();
        Span<double> probabilities = stackalloc double[LatencyMixture.BucketCount];
        Span<double> means = stackalloc double[LatencyMixture.BucketCount];
        Span<double> inBucket = stackalloc double[LatencyMixture.BucketCount];

        // Scrape 0 is hours to weeks after the start of the process: one long minute.
        double minutesBefore = random.LogUniform(300, 20_000);
        double notFound = 0, failed = 0, sum = 0, cpu = 0;
        int next = 0;
        for (int k = 0; k < FleetClock.Scrapes; k++)
        {
            double minutes = k == 0 ? minutesBefore : 1;
            if (next < restarts.Count && restarts[next] == k)
            {
                next++;
                inBucket.Clear();
                notFound = failed = sum = cpu = 0;
            }

            profile.Latency.Spread(signals.LogLatency[k], signals.ExtraTail[k], probabilities, means);
            double expected = signals.Requests[k] * share * minutes * random.GammaMeanOne(profile.TrafficShape);

            // A Poisson number of requests split by bucket is a Poisson number in each bucket, independently.
            long requests = 0;
            double seconds = 0;
            for (int b = 0; b < inBucket.Length; b++)
            {
                long count = random.Poisson(expected * probabilities[b]);
                requests += count;
                inBucket[b] += count;
                seconds += SecondsOf(count, b, means[b], random);
            }

            long failures = random.Binomial(requests, signals.ErrorShare[k]);
            failed += failures;
            notFound += random.Binomial(requests - failures, signals.NotFoundShare[k]);
            sum += seconds;
            cpu += ((profile.IdleCpu * minutes) + (profile.CpuPerRequest * requests)) * signals.CpuFactor[k] * Math.Exp(0.03 * random.Normal());
            counters.Store(k, inBucket, notFound, failed, sum, cpu);
        }

        return counters;
    }

    // The sum of some latencies in a bucket: their mean, and the scatter of a uniform variate between the bounds.
    private static double SecondsOf(long count, int bucket, double mean, Xoshiro256 random)
    {
        if (count == 0)
        {
            return 0;
        }

        double low = LatencyMixture.LowerBound(bucket);
        double high = LatencyMixture.UpperBound(bucket);
        double scatter = 2 * Math.Min(mean - low, high - mean) / Math.Sqrt(12);
        return Math.Clamp((count * mean) + (Math.Sqrt(count) * scatter * random.Normal()), count * low, count * high);
    }

    private void Store(int k, ReadOnlySpan<double> inBucket, double notFound, double failed, double sum, double cpu)
    {
        double upTo = 0;
        for (int b = 0; b < inBucket.Length; b++)
        {
            upTo += inBucket[b];
            Buckets[b][k] = upTo;
        }

        Succeeded[k] = upTo - notFound - failed;
        NotFound[k] = notFound;
        Failed[k] = failed;
        DurationSum[k] = sum;
        Cpu[k] = Math.Round(cpu, 2);
    }
}
