using Tars.Simulation.Randomness;

namespace Tars.Simulation.Fleets;

/// <summary>What carries the services: two nodes, a Redis and a PostgreSQL per region. No fault is planted in them.</summary>
internal static class InfrastructureTargets
{
    private const int NodesPerRegion = 2;
    private const int CoresPerNode = 2;
    private const double GiB = 1024.0 * 1024 * 1024;

    private static readonly string[] Modes = ["idle", "user", "system", "iowait"];

    /// <summary>Draws the infrastructure of a region; <paramref name="load"/> is its relative traffic per minute.</summary>
    public static IReadOnlyList<SimulatedSeries> Draw(FleetTimeline fleet, string region, double[] load)
    {
        List<SimulatedSeries> series = [];
        for (int node = 0; node < NodesPerRegion; node++)
        {
            series.AddRange(Node(fleet, region, $"node-{region}-{node}:9100", load));
        }

        series.AddRange(Redis(fleet, region, load));
        series.AddRange(Postgres(fleet, region, load));
        return series;
    }

    private static List<SimulatedSeries> Node(FleetTimeline fleet, string region, string instance, double[] load)
    {
        RandomStream random = new(fleet.Seed, instance);
        Target target = new(fleet, random, "node", region, instance);
        for (int core = 0; core < CoresPerNode; core++)
        {
            double[][] modes = [.. Modes.Select(_ => new double[fleet.Minutes])];
            double[] seconds = [.. Modes.Select(_ => Math.Floor(random.Uniform(1e5, 1e6)))];
            Autoregression wander = new(random, 0.9, 0.08);
            for (int k = 0; k < fleet.Minutes; k++)
            {
                double user = Math.Min(45, 60 * 0.22 * load[k] * PortableMath.Exp(wander.Next()));
                double system = user * random.Uniform(0.18, 0.26);
                double waiting = random.Uniform(0.05, 0.4);
                double[] added = [60 - user - system - waiting, user, system, waiting];
                for (int i = 0; i < modes.Length; i++)
                {
                    seconds[i] += added[i];
                    modes[i][k] = Math.Floor(seconds[i] * 100) / 100;
                }
            }

            for (int i = 0; i < modes.Length; i++)
            {
                target.Add("node_cpu_seconds_total", modes[i], ("cpu", FormattableString.Invariant($"{core}")), ("mode", Modes[i]));
            }
        }

        Autoregression used = new(random, 0.995, 0.02);
        double[] available = new double[fleet.Minutes];
        for (int k = 0; k < fleet.Minutes; k++)
        {
            available[k] = Math.Floor(16 * GiB * (0.48 - (0.04 * load[k]) + used.Next() + (0.002 * random.Normal())) / 4096) * 4096;
        }

        target.Add("node_memory_MemAvailable_bytes", available);
        target.Add("node_memory_MemTotal_bytes", Constant(fleet, 16 * GiB));
        return target.Finish();
    }

    private static List<SimulatedSeries> Redis(FleetTimeline fleet, string region, double[] load)
    {
        string instance = $"redis-{region}:9121";
        RandomStream random = new(fleet.Seed, instance);
        Target target = new(fleet, random, "redis", region, instance);
        double[] hits = new double[fleet.Minutes];
        double[] misses = new double[fleet.Minutes];
        double rate = random.Uniform(0.92, 0.97);
        long hit = 40_000_000 + random.Index(10_000_000);
        long miss = (long)(hit * (1 - rate) / rate);
        Autoregression wander = new(random, 0.9, 0.05);
        for (int k = 0; k < fleet.Minutes; k++)
        {
            long looked = random.Poisson(5200 * load[k] * PortableMath.Exp(wander.Next()));
            long missed = random.Binomial(looked, 1 - rate);
            hits[k] = hit += looked - missed;
            misses[k] = miss += missed;
        }

        target.Add("redis_keyspace_hits_total", hits);
        target.Add("redis_keyspace_misses_total", misses);
        return target.Finish();
    }

    private static List<SimulatedSeries> Postgres(FleetTimeline fleet, string region, double[] load)
    {
        string instance = $"postgres-{region}:9187";
        RandomStream random = new(fleet.Seed, instance);
        Target target = new(fleet, random, "postgres", region, instance);
        double[] backends = new double[fleet.Minutes];
        Autoregression wander = new(random, 0.9, 0.08);
        for (int k = 0; k < fleet.Minutes; k++)
        {
            backends[k] = Math.Floor(Math.Min(190, 70 * (0.5 + (0.5 * load[k])) * PortableMath.Exp(wander.Next())) + 0.5);
        }

        target.Add("pg_stat_database_numbackends", backends, ("datname", "shop"));
        target.Add("pg_settings_max_connections", Constant(fleet, 200));
        return target.Finish();
    }

    private static double[] Constant(FleetTimeline fleet, double value)
    {
        double[] samples = new double[fleet.Minutes];
        Array.Fill(samples, value);
        return samples;
    }

    private sealed class Target(FleetTimeline fleet, RandomStream random, string job, string region, string instance)
    {
        private readonly bool[] _missed = fleet.MissedScrapes(random, []);
        private readonly List<SimulatedSeries> _series = [];

        public void Add(string metric, double[] samples, params ReadOnlySpan<(string Name, string Value)> more)
        {
            Dictionary<string, string> labels = Labels();
            foreach ((string name, string value) in more)
            {
                labels.Add(name, value);
            }

            fleet.Hide(samples, _missed);
            _series.Add(new SimulatedSeries(metric, labels, samples));
        }

        public List<SimulatedSeries> Finish()
        {
            _series.Add(new SimulatedSeries("up", Labels(), fleet.Up(_missed)));
            return _series;
        }

        private Dictionary<string, string> Labels() => new() { ["job"] = job, ["region"] = region, ["instance"] = instance };
    }
}
