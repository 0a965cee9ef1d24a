namespace Tars.Accuracy.IndependentFleet;

/// <summary>The gauges of one process: resident memory and connections in use.</summary>
public static class ProcessGauges
{
    private const double Page = 4096;

    /// <summary>Resident memory in bytes, whole pages: level, garbage sawtooth, slow noise, warming up after restarts, leak.</summary>
    /// <param name="profile">The service.</param>
    /// <param name="signals">The region.</param>
    /// <param name="restarts">The first scrapes of new processes, ascending.</param>
    /// <param name="random">The stream to draw from.</param>
    /// <returns>One value per scrape.</returns>
    public static double[] Memory(ServiceProfile profile, RegionSignals signals, IReadOnlyList<int> restarts, Xoshiro256 random)
    {
        var values = new double[FleetClock.Scrapes];
        var noise = new AutoregressiveNoise(random, 0.008, 240);
        double level = profile.BaseMemory * random.Uniform(0.97, 1.03);
        double garbage = random.Unit();
        double limit = 1;
        int age = 10_000;
        int next = 0;
        for (int k = 0; k < values.Length; k++)
        {
            age++;
            if (next < restarts.Count && restarts[next] == k)
            {
                next++;
                age = 0;
                garbage = 0;
            }

            garbage += (0.4 + (0.6 * signals.Load[k])) * random.Uniform(0.7, 1.3) / profile.GarbagePeriod;
            if (garbage >= limit)
            {
                garbage = random.Uniform(0, 0.08);
                limit = random.Uniform(0.85, 1.15);
            }

            double relative = 1 + (profile.GarbageShare * garbage) + (0.02 * (signals.Load[k] - 1)) + noise.Next()
                + signals.Leaked[k] - (0.1 * Math.Exp(-age / 7.0));
            values[k] = Math.Round(level * relative / Page) * Page;
        }

        return values;
    }

    /// <summary>Connections in use, whole numbers: requests per minute times the time each holds a connection, after Little's law.</summary>
    /// <param name="profile">The service.</param>
    /// <param name="signals">The region.</param>
    /// <param name="share">Share of the region's traffic that this process serves.</param>
    /// <param name="random">The stream to draw from.</param>
    /// <returns>One value per scrape, at most the size of the pool.</returns>
    public static double[] Connections(ServiceProfile profile, RegionSignals signals, double share, Xoshiro256 random)
    {
        var values = new double[FleetClock.Scrapes];
        double ordinary = profile.ConnectionsAtMeanLoad;
        double pool = Math.Ceiling(8 * (profile.IdleConnections + ordinary));
        double atMeanLoad = signals.Requests[0] / signals.Load[0];
        double coupling = random.Uniform(0.3, 1);
        var noise = new AutoregressiveNoise(random, 0.06, 4);
        for (int k = 0; k < values.Length; k++)
        {
            double load = share * profile.Instances * signals.Requests[k] / atMeanLoad;
            double busy = ordinary * load * Math.Exp(coupling * signals.LogLatency[k]);
            double mean = (profile.IdleConnections + busy) * Math.Exp(noise.Next());
            values[k] = Math.Min(random.Poisson(mean), pool);
        }

        return values;
    }
}
