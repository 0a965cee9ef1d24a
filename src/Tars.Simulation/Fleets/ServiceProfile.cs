namespace Tars.Simulation.Fleets;

/// <summary>What is peculiar to a service of the simulated shop.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Instances">Instances per region.</param>
/// <param name="RequestsPerMinute">Mean requests per minute of one instance.</param>
/// <param name="MedianSeconds">Median latency without load.</param>
/// <param name="DailySwing">Natural logarithm of peak over mean traffic within a day.</param>
/// <param name="Weekend">Factor on traffic on Saturdays and Sundays.</param>
/// <param name="CpuPerRequest">CPU seconds per request.</param>
/// <param name="MemoryBytes">Resident memory before garbage.</param>
/// <param name="UsesPool">Whether its gauge is a database pool; else a worker queue.</param>
/// <param name="GaugeLevel">Mean of that gauge, per instance.</param>
internal sealed record ServiceProfile(
    string Name,
    int Instances,
    double RequestsPerMinute,
    double MedianSeconds,
    double DailySwing,
    double Weekend,
    double CpuPerRequest,
    double MemoryBytes,
    bool UsesPool,
    double GaugeLevel)
{
    /// <summary>Connections a pool has at most.</summary>
    public const int PoolCapacity = 80;

    private const double MiB = 1024 * 1024;

    /// <summary>The services, in the order of their figures.</summary>
    public static IReadOnlyList<ServiceProfile> All { get; } =
    [
        new("frontend", 2, 1500, 0.042, 0.62, 1.10, 0.0032, 540 * MiB, false, 36),
        new("checkout", 2, 320, 0.085, 0.80, 0.85, 0.0090, 760 * MiB, true, 28),
        new("payment", 1, 260, 0.120, 0.75, 0.82, 0.0070, 480 * MiB, true, 24),
        new("catalog", 2, 1100, 0.030, 0.55, 1.20, 0.0026, 620 * MiB, false, 30),
        new("inventory", 1, 700, 0.018, 0.40, 0.70, 0.0020, 380 * MiB, true, 32),
        new("search", 1, 620, 0.065, 0.58, 1.25, 0.0120, 1100 * MiB, false, 42),
    ];

    /// <summary>The regions.</summary>
    public static IReadOnlyList<string> Regions { get; } = ["eu-west-1", "us-east-1"];

    /// <summary>The hour of the day, UTC, at which a region is busiest.</summary>
    public static double PeakHour(string region) => region == "eu-west-1" ? 17.5 : 23;
}
