namespace Tars.Accuracy.IndependentFleet;

/// <summary>What a service is like when nothing is wrong with it.</summary>
public sealed record ServiceProfile
{
    /// <summary>Mean requests per minute in one region.</summary>
    public required double RequestsPerMinute { get; init; }

    /// <summary>Amplitude of the daily season on the logarithmic scale.</summary>
    public required double DailyAmplitude { get; init; }

    /// <summary>Amplitude of the twelve-hour harmonic on the logarithmic scale.</summary>
    public required double HalfDayAmplitude { get; init; }

    /// <summary>Hour of the day, UTC in the first region, of the daily maximum.</summary>
    public required double PeakHour { get; init; }

    /// <summary>Factor on traffic at weekends: below 1 for office work, above it for leisure.</summary>
    public required double WeekendFactor { get; init; }

    /// <summary>Extra share of traffic during a daily job; 0 for none.</summary>
    public required double JobShare { get; init; }

    /// <summary>Minute of the day at which the daily job starts.</summary>
    public required int JobMinute { get; init; }

    /// <summary>Minutes the daily job lasts.</summary>
    public required int JobLength { get; init; }

    /// <summary>Stationary deviation of the slow noise of log traffic.</summary>
    public required double TrafficNoise { get; init; }

    /// <summary>Minutes over which traffic noise is correlated.</summary>
    public required double TrafficMemory { get; init; }

    /// <summary>Shape of the gamma noise of one minute's rate; the larger, the closer to Poisson.</summary>
    public required double TrafficShape { get; init; }

    /// <summary>Latency without load.</summary>
    public required LatencyMixture Latency { get; init; }

    /// <summary>Increase of log latency at a load of 1 (twice the mean traffic gives four times this).</summary>
    public required double LoadOnLatency { get; init; }

    /// <summary>Stationary deviation of the slow noise of log latency.</summary>
    public required double LatencyNoise { get; init; }

    /// <summary>Share of requests that fail on an ordinary day, 0 to 1.</summary>
    public required double ErrorShare { get; init; }

    /// <summary>Shape of the gamma noise of one minute's error share: errors come in clumps.</summary>
    public required double ErrorShape { get; init; }

    /// <summary>Share of requests answered with 404, 0 to 1.</summary>
    public required double NotFoundShare { get; init; }

    /// <summary>Processor seconds per request.</summary>
    public required double CpuPerRequest { get; init; }

    /// <summary>Processor seconds per minute without requests.</summary>
    public required double IdleCpu { get; init; }

    /// <summary>Resident bytes of a warm process just after a collection.</summary>
    public required double BaseMemory { get; init; }

    /// <summary>Height of the garbage sawtooth relative to <see cref="BaseMemory"/>.</summary>
    public required double GarbageShare { get; init; }

    /// <summary>Minutes between two collections at mean load.</summary>
    public required double GarbagePeriod { get; init; }

    /// <summary>Connections in use without load.</summary>
    public required double IdleConnections { get; init; }

    /// <summary>Further connections in use at mean load.</summary>
    public required double ConnectionsAtMeanLoad { get; init; }

    /// <summary>Processes per region, 1 or 2.</summary>
    public required int Instances { get; init; }

    /// <summary>Draws a service.</summary>
    public static ServiceProfile Draw(Xoshiro256 random) => new()
    {
        RequestsPerMinute = random.LogUniform(150, 5000),
        DailyAmplitude = random.Uniform(0.2, 0.75),
        HalfDayAmplitude = random.Uniform(0, 0.2),
        PeakHour = random.Uniform(0, 24),
        WeekendFactor = random.Chance(0.6) ? random.Uniform(0.5, 0.9) : random.Uniform(1, 1.25),
        JobShare = random.Chance(0.3) ? random.Uniform(0.2, 0.45) : 0,
        JobMinute = random.Whole(0, FleetClock.Day - 60),
        JobLength = random.Whole(10, 45),
        TrafficNoise = random.Uniform(0.02, 0.07),
        TrafficMemory = random.LogUniform(5, 60),
        TrafficShape = random.LogUniform(300, 3000),
        Latency = new LatencyMixture(
            random.LogUniform(0.012, 0.11),
            random.Uniform(0.35, 0.65),
            random.Uniform(2.5, 7),
            random.Uniform(0.4, 0.75),
            random.Uniform(0.03, 0.2)),
        LoadOnLatency = random.Uniform(0.01, 0.06),
        LatencyNoise = random.Uniform(0.015, 0.045),
        ErrorShare = random.LogUniform(0.0001, 0.002),
        ErrorShape = random.Uniform(2, 12),
        NotFoundShare = random.LogUniform(0.002, 0.03),
        CpuPerRequest = random.LogUniform(0.002, 0.03),
        IdleCpu = random.Uniform(0.3, 3),
        BaseMemory = random.LogUniform(140e6, 1.6e9),
        GarbageShare = random.Uniform(0.03, 0.12),
        GarbagePeriod = random.LogUniform(6, 70),
        IdleConnections = random.Uniform(3, 8),
        ConnectionsAtMeanLoad = random.LogUniform(8, 60),
        Instances = random.Chance(0.2) ? 2 : 1,
    };
}
